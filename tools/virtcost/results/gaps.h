/* SPDX-License-Identifier: MIT */
/* Results that are not there, though something was run for them. */
#ifndef VIRTCOST_RESULTS_GAPS_H
#define VIRTCOST_RESULTS_GAPS_H

#include <stdbool.h>

#include "tools/virtcost/results/results.h"
#include "vmm/core/base/err.h"

/*
 * gaps_warn(): add a warning, with the reason, for each environment that was run in an
 * experiment and has no result there, and for each that was run in none. `experiments` is that of
 * the results.
 */
void gaps_warn(json_t *warnings, const struct results *results, const json_t *experiments);

/*
 * gaps_fail(): whether what was asked for gave nothing: an experiment as a whole; an
 * environment in one where the base has results; of benchmarks that the user named, one that the
 * base has. Returns 0, or -1 with what is missing.
 */
int gaps_fail(const struct results *results, const json_t *experiments, struct err *err);

/*
 * gaps_named(): whether a name of --bench is without a result in all runs; then *err says which,
 * and why. `bench` is the option's text, or NULL.
 */
bool gaps_named(const struct results *results, const char *bench, struct err *err);

#endif
