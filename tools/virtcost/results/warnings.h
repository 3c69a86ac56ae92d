/* SPDX-License-Identifier: MIT */
/*
 * What a reader of the results should know before relying on them: runs that are missing or wrong,
 * and a machine that was disturbed or changed meanwhile.
 */
#ifndef VIRTCOST_RESULTS_WARNINGS_H
#define VIRTCOST_RESULTS_WARNINGS_H

#include "tools/virtcost/results/results.h"

/* warnings_add(): add a warning; takes the text over. */
void warnings_add(json_t *warnings, const char *code, json_t *text);

/* warnings_wrong(): how many rows of all runs have a check that failed. */
unsigned warnings_wrong(const struct results *results);

/*
 * warnings_of(): "warnings" of the results: those of *results, and what its runs and "experiments"
 * show. To be freed by the caller.
 */
json_t *warnings_of(const struct results *results, const json_t *experiments);

#endif
