/* SPDX-License-Identifier: MIT */
/*
 * Warnings about the results: missing or wrong runs, and a machine that was disturbed or changed.
 */
#ifndef VIRTCOST_RESULTS_WARNINGS_H
#define VIRTCOST_RESULTS_WARNINGS_H

#include "tools/virtcost/results/results.h"

/* warnings_add(): add a warning; takes the reference to the text. */
void warnings_add(json_t *warnings, const char *code, json_t *text);

/* warnings_wrong(): count the rows of all runs whose check failed. */
unsigned warnings_wrong(const struct results *results);

/*
 * warnings_of(): build "warnings" of the results: those in *results, and those derived from its
 * runs and from "experiments". The caller frees it.
 */
json_t *warnings_of(const struct results *results, const json_t *experiments);

#endif
