/* SPDX-License-Identifier: MIT */
/*
 * A strict reader of the XML that a page is: one root, balanced tags, quoted attributes that occur
 * once, known references, no control characters.
 */
#ifndef UNIT_WELLFORMED_H
#define UNIT_WELLFORMED_H

/* wellformed_check(): fails the test, with what is around, where `text` is not. */
void wellformed_check(const char *text);

#endif
