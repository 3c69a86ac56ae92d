/* SPDX-License-Identifier: MIT */
/*
 * A strict reader of the page's XML: one root, balanced tags, quoted and unique attributes, known
 * references, no control characters.
 */
#ifndef UNIT_WELLFORMED_H
#define UNIT_WELLFORMED_H

/* wellformed_check(): fail the test, quoting the place, unless `text` is well-formed. */
void wellformed_check(const char *text);

#endif
