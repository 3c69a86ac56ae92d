/* SPDX-License-Identifier: MIT */
/*
 * Writes text into a page that is both HTML and well-formed XML. The text is from an untrusted
 * file: only these functions write it.
 */
#ifndef VIRTCOST_PAGE_MARKUP_H
#define VIRTCOST_PAGE_MARKUP_H

#include <stdio.h>

/* Longest text that markup_print() formats; the rest is cut off. */
#define MARKUP_TEXT_MAX 512

/*
 * markup_text(): write text, safe between tags and in a quoted attribute: &, <, >, " and ' become
 * references; invalid UTF-8, control characters and characters that change the writing direction
 * become U+FFFD. NULL writes nothing.
 */
void markup_text(FILE *out, const char *text);

/* markup_print(): the same for printf() output. */
void markup_print(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * markup_tag(): write "<tag>text</tag>" and a newline, with the text as above. `tag` is trusted and
 * may have attributes: "td class='name'".
 */
void markup_tag(FILE *out, const char *tag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * markup_columns(): count the characters of UTF-8 text. markup_cut(): truncate it to `columns` of
 * them, the last an ellipsis, if it is longer. Returns `text`.
 */
unsigned markup_columns(const char *text);
char *markup_cut(char *text, unsigned columns);

#endif
