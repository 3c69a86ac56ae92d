/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "vmm/base/wrapped.h"

void wrapped_print(FILE *out, int indent, const char *label, const char *text)
{
    int column = fprintf(out, "%-*s", indent - 1, label);

    text += strspn(text, " ");
    while (*text) {
        int word = (int)strcspn(text, " ");

        if (word > WRAPPED_COLUMNS - indent)
            word = WRAPPED_COLUMNS - indent;
        if (column + 1 + word > WRAPPED_COLUMNS)
            column = fprintf(out, "\n%*s", indent - 1, "") - 1;
        column += fprintf(out, " %.*s", word, text);
        text += word;
        text += strspn(text, " ");
    }
    fputc('\n', out);
}
