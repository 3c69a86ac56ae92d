/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vmm/base/wrapped.h"
#include "vmm/cli/help.h"
#include "vmm/host/terminal.h"

/* As argp(3) has it for 80 columns. */
#define COLUMNS_PIPED 79

/* Narrower than this, the text of an option is below it and not beside. */
#define COLUMNS_BESIDE 60

#define INDENT 2

static bool fitted;

void help_fit(void)
{
    char format[64];

    wrapped_fit(isatty(STDOUT_FILENO) ? terminal_columns(STDOUT_FILENO) : COLUMNS_PIPED);
    if (getenv("ARGP_HELP_FMT"))
        return;
    snprintf(format, sizeof(format), "rmargin=%d,opt-doc-col=%d", wrapped_columns(),
             wrapped_columns() < COLUMNS_BESIDE ? 8 : 29);
    fitted = !setenv("ARGP_HELP_FMT", format, 0);
}

void help_unfit(void)
{
    if (fitted)
        unsetenv("ARGP_HELP_FMT");
    fitted = false;
}

void help_item(FILE *out, int indent, int columns, const char *name, const char *text)
{
    char label[80];

    snprintf(label, sizeof(label), "%*s%-*s ", indent, "", columns, name);
    if (indent + columns + 2 <= wrapped_columns() / 2) {
        wrapped_print(out, indent + columns + 2, label, text);
        return;
    }
    fprintf(out, "%*s%s\n", indent, "", name);
    wrapped_print(out, indent + 2 * INDENT, "", text);
}

/* A break may be before each word, but not between an option and its argument. */
static void print_command(FILE *out, const char *command)
{
    int column = fprintf(out, "%*s", 2 * INDENT, "");
    bool first = true;

    for (int length; *command; command += strspn(command, " ")) {
        length = (int)strcspn(command, " ");
        if (!strncmp(command, "--", 2) && command[length] && command[length + 1] != '-')
            length += 1 + (int)strcspn(command + length + 1, " ");
        /* Behind it there is room for a backslash. */
        if (!first && column + 1 + length + 2 > wrapped_columns()) {
            fputs(" \\\n", out);
            column = fprintf(out, "%*s", 4 * INDENT, "");
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

char *help_doc(const char *doc, const struct help_example *example)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);

    if (!out)
        return NULL;
    fprintf(out, "%s\v", doc);
    help_examples(out, example);
    return fclose(out) ? NULL : text;
}

void help_list(int columns, const char *name, const char *text)
{
    if (isatty(STDOUT_FILENO))
        help_item(stdout, 0, columns, name, text);
    else
        printf("%-*s %s\n", columns, name, text);
}
