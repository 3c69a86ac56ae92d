/* SPDX-License-Identifier: MIT */
/* Finds results that are missing though their benchmarks were run. */
#ifndef VIRTCOST_RESULTS_GAPS_H
#define VIRTCOST_RESULTS_GAPS_H

#include <stdbool.h>

#include "tools/virtcost/results/results.h"
#include "vmm/core/base/err.h"

/*
 * gaps_warn(): add a warning, with the reason, for each environment that was run in an experiment
 * without a result, and for each that was not run at all. `experiments` is the array of the
 * results.
 */
void gaps_warn(json_t *warnings, const struct results *results, const json_t *experiments);

/*
 * gaps_fail(): fail if a request gave no result: an experiment as a whole; an environment in which
 * the base has results; or a benchmark that the user named and the base has. Returns 0, or -1 with
 * *err set.
 */
int gaps_fail(const struct results *results, const json_t *experiments, struct err *err);

/*
 * gaps_named(): whether a name in --bench has no result in any run; then *err states the name and
 * the reason. `bench` is the option's text, or NULL.
 */
bool gaps_named(const struct results *results, const char *bench, struct err *err);

#endif
