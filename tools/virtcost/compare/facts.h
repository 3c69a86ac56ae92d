/* SPDX-License-Identifier: MIT */
/* Warns of differences between two files that affect a comparison: hosts, settings, early ends. */
#ifndef VIRTCOST_COMPARE_FACTS_H
#define VIRTCOST_COMPARE_FACTS_H

#include <jansson.h>

/*
 * facts_warn(): add a warning to a comparison's "warnings", with "?" for all but printable ASCII.
 */
void facts_warn(json_t *comparison, const char *code, const char *text);

/*
 * facts_compare(): add the warnings for two results files, or two reports in the shape of results.
 */
void facts_compare(json_t *comparison, const json_t *a, const json_t *b);

#endif
