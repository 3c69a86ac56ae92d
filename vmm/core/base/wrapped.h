/* SPDX-License-Identifier: MIT */
/* Prose for a terminal. */
#ifndef BASE_WRAPPED_H
#define BASE_WRAPPED_H

#include <stdio.h>

/* The widest line of any text, and its width unless wrapped_fit() has set another. */
#define WRAPPED_COLUMNS 100

/* Narrower than this, nothing is legible: a terminal that is folds the lines itself. */
#define WRAPPED_COLUMNS_MIN 40

/* The longest text that wrapped_note() takes; what is more is cut off. */
#define WRAPPED_NOTE_MAX 1024

/*
 * wrapped_fit(): from now on all text of this process for a person has lines of at most so many
 * columns, within the two limits above. wrapped_columns(): how many these are.
 */
void wrapped_fit(int columns);
int wrapped_columns(void);

/*
 * wrapped_print(): text behind a label, in lines of at most wrapped_columns(), broken at blanks
 * where there are any, the later ones indented to where the text began. The label fits in
 * `indent` - 1 columns, and indent in half a line.
 */
void wrapped_print(FILE *out, int indent, const char *label, const char *text);

/*
 * wrapped_note(): one or more lines of prose, each ended by a newline: printed as they are if each
 * of them fits, or else filled anew as one paragraph.
 */
void wrapped_note(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
