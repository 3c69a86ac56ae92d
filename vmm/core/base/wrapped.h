/* SPDX-License-Identifier: MIT */
/* Line-wrapped text for a terminal. */
#ifndef BASE_WRAPPED_H
#define BASE_WRAPPED_H

#include <stdio.h>

/* The maximum line width, and the default. */
#define WRAPPED_COLUMNS 100

/* The minimum line width: narrower terminals wrap the lines themselves. */
#define WRAPPED_COLUMNS_MIN 40

/* The longest text of wrapped_note(); more is truncated. */
#define WRAPPED_NOTE_MAX 1024

/*
 * wrapped_fit(): set the line width of this process, clamped to the two limits above.
 * wrapped_columns(): the line width.
 */
void wrapped_fit(int columns);
int wrapped_columns(void);

/*
 * wrapped_print(): print a label and text in lines of at most wrapped_columns(), broken at blanks
 * if possible; continuation lines are indented by `indent`. The label must fit in `indent` - 1
 * columns, and `indent` must be at most half a line.
 */
void wrapped_print(FILE *out, int indent, const char *label, const char *text);

/*
 * wrapped_note(): print lines of text, each ending in a newline: as they are if all fit, otherwise
 * refilled as one paragraph.
 */
void wrapped_note(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
