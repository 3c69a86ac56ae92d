/* SPDX-License-Identifier: MIT */
/* What makes two files hard to compare: hosts, settings and ends that differ. */
#ifndef VIRTCOST_COMPARE_FACTS_H
#define VIRTCOST_COMPARE_FACTS_H

#include <jansson.h>

/* facts_warn(): add a warning to a comparison's "warnings"; what is not printable becomes "?". */
void facts_warn(json_t *comparison, const char *code, const char *text);

/* facts_compare(): add the warnings of two files, of results or of reports as results. */
void facts_compare(json_t *comparison, const json_t *a, const json_t *b);

#endif
