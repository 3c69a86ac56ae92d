/* SPDX-License-Identifier: MIT */
/*
 * The results of virtcost as a page: one file with all of its pictures in it, that needs no script,
 * no network and no font, for screens of any width, light or dark, and for paper. It is HTML and
 * well-formed XML at once.
 */
#ifndef VIRTCOST_PAGE_HTML_H
#define VIRTCOST_PAGE_HTML_H

#include <jansson.h>
#include <stdio.h>

#include "vmm/core/base/err.h"

/* No page is as large as that; what does not fit is counted in it. */
#define HTML_BYTES_MAX (1 << 20)

/*
 * html_write(): write the page on `results`, an object of schema "virtcost/2", which need not be
 * trusted. `claims` is an array of {"claim", "study", "ours", "verdict", "cause"}, all texts; it
 * may be empty or NULL. Returns 0, or -1 with *err: not an object, no memory, or not written.
 */
int html_write(FILE *out, const json_t *results, const json_t *claims, struct err *err);

#endif
