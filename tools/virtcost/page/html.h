/* SPDX-License-Identifier: MIT */
/*
 * Writes virtcost's results as a page: one file with all of its pictures, without scripts, network
 * access or fonts, for screens of any width, light or dark, and for paper. It is both HTML and
 * well-formed XML.
 */
#ifndef VIRTCOST_PAGE_HTML_H
#define VIRTCOST_PAGE_HTML_H

#include <jansson.h>
#include <stdio.h>

#include "vmm/core/base/err.h"

/* Size limit of the page, which counts what is left out. */
#define HTML_BYTES_MAX (1 << 20)

/*
 * html_write(): write the page for `results`, an untrusted object of schema "virtcost/2". `claims`
 * is an array of {"claim", "study", "ours", "verdict", "cause"}, all texts; it may be empty or
 * NULL. Returns 0, or -1 with *err set: not an object, no memory, or a write error.
 */
int html_write(FILE *out, const json_t *results, const json_t *claims, struct err *err);

#endif
