/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "tools/virtcost/page/markup.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define ELLIPSIS    "\xe2\x80\xa6" /* U+2026 */

static const struct range {
    uint32_t from, to;
} unfit[] = {
    {0x00, 0x08},     {0x0b, 0x0c},     {0x0e, 0x1f},     {0x7f, 0x9f},     {0x200e, 0x200f},
    {0x2028, 0x202e}, {0x2066, 0x2069}, {0xd800, 0xdfff}, {0xfdd0, 0xfdef}, {0xfffe, 0xffff},
};

static int is_fit(uint32_t character)
{
    for (unsigned i = 0; i < sizeof(unfit) / sizeof(unfit[0]); i++)
        if (character >= unfit[i].from && character <= unfit[i].to)
            return 0;
    return 1;
}

/*
 * Decode one character: its code point and length. A byte that begins no character, or an overlong
 * form (RFC 3629, section 3), is one invalid byte.
 */
static unsigned decode(const unsigned char *text, uint32_t *character)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned bytes = *text < 0x80 ? 1 : *text < 0xc0 ? 0 : *text < 0xe0 ? 2 : *text < 0xf0 ? 3 : 4;

    *character = bytes < 2 ? *text : *text & (0x7fu >> bytes);
    for (unsigned i = 1; i < bytes; i++) {
        if ((text[i] & 0xc0) != 0x80) {
            bytes = 0;
            break;
        }
        *character = *character << 6 | (text[i] & 0x3f);
    }
    if (bytes && *character >= least[bytes] && *character <= 0x10ffff)
        return bytes;
    *character = 0xfffe;
    return 1;
}

static const char *reference_of(uint32_t character)
{
    static const struct reference {
        uint32_t character;
        const char *text;
    } references[] = {
        {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

    for (unsigned i = 0; i < sizeof(references) / sizeof(references[0]); i++)
        if (references[i].character == character)
            return references[i].text;
    return is_fit(character) ? NULL : REPLACEMENT;
}

void markup_text(FILE *out, const char *text)
{
    while (text && *text) {
        uint32_t character;
        unsigned bytes = decode((const unsigned char *)text, &character);
        const char *reference = reference_of(character);

        if (reference)
            fputs(reference, out);
        else
            fwrite(text, 1, bytes, out);
        text += bytes;
    }
}

static void print_text(FILE *out, const char *format, va_list args)
{
    char text[MARKUP_TEXT_MAX];

    /* The buffer may end within a character: remove it. */
    if (vsnprintf(text, sizeof(text), format, args) >= MARKUP_TEXT_MAX)
        markup_cut(text, markup_columns(text) - 1);
    markup_text(out, text);
}

void markup_print(FILE *out, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_text(out, format, args);
    va_end(args);
}

void markup_tag(FILE *out, const char *tag, const char *format, ...)
{
    va_list args;

    fprintf(out, "<%s>", tag);
    va_start(args, format);
    print_text(out, format, args);
    va_end(args);
    fprintf(out, "</%.*s>\n", (int)strcspn(tag, " "), tag);
}

unsigned markup_columns(const char *text)
{
    unsigned columns = 0;
    uint32_t character;

    for (; *text; columns++)
        text += decode((const unsigned char *)text, &character);
    return columns;
}

char *markup_cut(char *text, unsigned columns)
{
    char *at = text, *keep = text;
    uint32_t character;

    for (unsigned i = 0; *at; i++) {
        if (i + 1 == columns)
            keep = at;
        if (i >= columns) {
            strcpy(keep, strlen(keep) >= strlen(ELLIPSIS) ? ELLIPSIS : ".");
            return text;
        }
        at += decode((unsigned char *)at, &character);
    }
    return text;
}
