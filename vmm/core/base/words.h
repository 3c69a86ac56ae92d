/* SPDX-License-Identifier: MIT */
/* Lists of words separated by commas. */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stdbool.h>

/* words_have(): whether a list has a word. Nothing is trimmed; an empty list has no word. */
bool words_have(const char *list, const char *word);

#endif
