/* SPDX-License-Identifier: MIT */
/* Warns of differences between two files that affect a comparison: hosts, settings, early ends. */
#ifndef VIRTCOST_COMPARE_DIFFERENCES_H
#define VIRTCOST_COMPARE_DIFFERENCES_H

#include <jansson.h>

/*
 * differences_warn(): add a warning to a comparison's "warnings", with "?" for all but printable
 * ASCII.
 */
void differences_warn(json_t *comparison, const char *code, const char *text);

/*
 * differences_compare(): add the warnings for two results files, or two reports in the shape of
 * results.
 */
void differences_compare(json_t *comparison, const json_t *a, const json_t *b);

#endif
