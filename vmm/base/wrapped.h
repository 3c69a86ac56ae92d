/* SPDX-License-Identifier: MIT */
/* Prose for a terminal. */
#ifndef BASE_WRAPPED_H
#define BASE_WRAPPED_H

#include <stdio.h>

#define WRAPPED_COLUMNS 100

/*
 * wrapped_print(): text behind a label, in lines of at most WRAPPED_COLUMNS, broken at blanks where
 * there are any, the later ones indented to where the text began. The label fits in `indent` - 1
 * columns, and indent in half a line.
 */
void wrapped_print(FILE *out, int indent, const char *label, const char *text);

#endif
