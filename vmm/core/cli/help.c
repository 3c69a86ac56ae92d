/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vmm/core/base/version.h"
#include "vmm/core/base/wrapped.h"
#include "vmm/core/cli/help.h"
#include "vmm/core/host/file.h"
#include "vmm/core/host/terminal.h"

#define COLUMNS_PIPED 80

#define INDENT       2
#define NAME_COLUMNS 26 /* of an option with its argument */

/* With fewer columns than this left, the text of an option goes below it. */
#define COLUMNS_BESIDE 60

/* Above characters and the keys of the programs. */
#define USAGE_KEY 0x10000

const struct argp_option help_option[HELP_OPTIONS] = {
    {.name = "help", .key = '?', .doc = "Print this help"},
    {.name = "usage", .key = USAGE_KEY, .doc = "Print the synopsis with all options"},
    {.name = "version", .key = 'V', .doc = "Print the version"},
};

bool help_asked(int key)
{
    for (unsigned i = 0; i < HELP_OPTIONS; i++)
        if (help_option[i].key == key)
            return true;
    return false;
}

void help_fit(void)
{
    wrapped_fit(isatty(STDOUT_FILENO) ? terminal_columns(STDOUT_FILENO) : COLUMNS_PIPED);
}

void help_item(FILE *out, int indent, int columns, const char *name, const char *text)
{
    char label[80];

    snprintf(label, sizeof(label), "%*s%-*s ", indent, "", columns, name);
    if (indent + columns + INDENT <= wrapped_columns() / 2 && (int)strlen(name) <= columns) {
        wrapped_print(out, indent + columns + INDENT, label, text);
        return;
    }
    fprintf(out, "%*s%s\n", indent, "", name);
    wrapped_print(out, indent + (wrapped_columns() < COLUMNS_BESIDE ? INDENT : columns) + INDENT,
                  "", text);
}

/* Break lines before words, but not between an option and its argument if both fit on a line. */
static void print_command(FILE *out, const char *command)
{
    int column = fprintf(out, "%*s", 2 * INDENT, "");
    bool first = true;

    for (int length, both; *command; command += strspn(command, " ")) {
        length = (int)strcspn(command, " ");
        both = length + 1 + (int)strcspn(command + length + (command[length] == ' '), " ");
        if (!strncmp(command, "--", 2) && command[length] && command[length + 1] != '-' &&
            3 * INDENT + both + 2 <= wrapped_columns())
            length = both;
        /* Leave space for a backslash. */
        if (!first && column + 1 + length + 2 > wrapped_columns()) {
            fputs(" \\\n", out);
            column = fprintf(out, "%*s", 3 * INDENT, "");
            first = true;
        }
        column += fprintf(out, "%s%.*s", first ? "" : " ", length, command);
        first = false;
        command += length;
    }
    fputc('\n', out);
}

void help_examples(FILE *out, const struct help_example *example)
{
    fputs("Examples:\n", out);
    for (; example->command; example++) {
        wrapped_print(out, INDENT, "", example->what);
        print_command(out, example->command);
    }
}

/* "-o, --output=FILE", or blanks for a missing letter. */
static void print_option(FILE *out, const struct argp_option *option)
{
    bool letter = option->key > ' ' && option->key <= '~';
    char name[64];

    snprintf(name, sizeof(name), "%c%c%c --%s%s%s", letter ? '-' : ' ', letter ? option->key : ' ',
             letter ? ',' : ' ', option->name, option->arg ? "=" : "",
             option->arg ? option->arg : "");
    help_item(out, INDENT, NAME_COLUMNS, name, option->doc);
}

static void print_help(const struct help *help, FILE *out)
{
    wrapped_note(out, "Usage: %s [OPTION...]%s%s\n", help->program, help->arguments ? " " : "",
                 help->arguments ? help->arguments : "");
    wrapped_note(out, "%s.\n", help->purpose);
    if (help->subjects)
        help->subjects(out);
    fputs("\nOptions, with defaults in parentheses:\n", out);
    for (const struct argp_option *option = help->option; option->name; option++)
        print_option(out, option);
    fputc('\n', out);
    help_examples(out, help->example);
}

static void print_usage(const struct help *help, FILE *out)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *words = open_memstream(&text, &bytes);

    if (!words)
        return;
    fputs(help->program, words);
    for (const struct argp_option *option = help->option; option->name; option++)
        fprintf(words, " [--%s%s%s]", option->name, option->arg ? "=" : "",
                option->arg ? option->arg : "");
    fprintf(words, " %s", help->arguments ? help->arguments : "");
    if (!fclose(words))
        wrapped_print(out, (int)strlen("Usage: "), "Usage:", text);
    free(text);
}

int help_answer(const struct help *help, int key, struct err *err)
{
    help_fit();
    if (key == 'V')
        puts(version_text);
    else if (key == USAGE_KEY)
        print_usage(help, stdout);
    else
        print_help(help, stdout);
    return file_flush(stdout, "standard output", err);
}

void help_list(int columns, const char *name, const char *text)
{
    help_fit();
    if (isatty(STDOUT_FILENO))
        help_item(stdout, 0, columns, name, text);
    else
        printf("%-*s %s\n", columns, name, text);
}
