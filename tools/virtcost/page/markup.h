/* SPDX-License-Identifier: MIT */
/*
 * Text into a page that is HTML and well-formed XML at once. What is written comes from a file that
 * someone sent: only these functions put it into the page.
 */
#ifndef VIRTCOST_PAGE_MARKUP_H
#define VIRTCOST_PAGE_MARKUP_H

#include <stdio.h>

/* The longest text that markup_print() makes; what is more is cut off. */
#define MARKUP_TEXT_MAX 512

/*
 * markup_text(): write text, safe between tags and in a quoted attribute: &, <, >, " and ' become
 * references; what is not UTF-8, control characters, and characters that turn the direction of
 * writing become U+FFFD. NULL is nothing.
 */
void markup_text(FILE *out, const char *text);

/* markup_print(): the same of what printf() would make. */
void markup_print(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * markup_tag(): "<tag>text</tag>" and a newline, with the text as above. `tag` is the program's own
 * and may hold attributes: "td class='name'".
 */
void markup_tag(FILE *out, const char *tag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * markup_columns(): how many characters of UTF-8 a text has. markup_cut(): shorten it to `columns`
 * of them, the last an ellipsis, if it has more. Returns `text`.
 */
unsigned markup_columns(const char *text);
char *markup_cut(char *text, unsigned columns);

#endif
