/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <string.h>

#include "vmm/core/base/wrapped.h"

static int width = WRAPPED_COLUMNS;

void wrapped_fit(int columns)
{
    width = columns < WRAPPED_COLUMNS_MIN ? WRAPPED_COLUMNS_MIN
            : columns > WRAPPED_COLUMNS   ? WRAPPED_COLUMNS
                                          : columns;
}

int wrapped_columns(void)
{
    return width;
}

/* Print words from the current column `column` on; continuation lines are indented. */
static void fill(FILE *out, int column, int indent, const char *text)
{
    const char *gap = "";

    text += strspn(text, " \n");
    while (*text) {
        int word = (int)strcspn(text, " \n");

        if (word > width - indent)
            word = width - indent;
        if (column > indent && column + (int)strlen(gap) + word > width) {
            column = fprintf(out, "\n%*s", indent, "") - 1;
            gap = "";
        }
        column += fprintf(out, "%s%.*s", gap, word, text);
        gap = " ";
        text += word;
        text += strspn(text, " \n");
    }
    fputc('\n', out);
}

void wrapped_print(FILE *out, int indent, const char *label, const char *text)
{
    fill(out, fprintf(out, "%-*s ", indent - 1, label), indent, text);
}

static int fits(const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");

        if (length > (size_t)width)
            return 0;
        text += length + (text[length] == '\n');
    }
    return 1;
}

void wrapped_note(FILE *out, const char *format, ...)
{
    char text[WRAPPED_NOTE_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (fits(text))
        fputs(text, out);
    else
        fill(out, 0, 0, text);
}
