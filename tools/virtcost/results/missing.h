/* SPDX-License-Identifier: MIT */
/* Results that are not there, though something was run for them. */
#ifndef VIRTCOST_RESULTS_MISSING_H
#define VIRTCOST_RESULTS_MISSING_H

#include "tools/virtcost/results/results.h"
#include "vmm/base/err.h"

/*
 * missing_warn(): add a warning, with the reason, for each environment that was run in an
 * experiment and has no result there, and for each that was run in none. `experiments` is that of
 * the results.
 */
void missing_warn(json_t *warnings, const struct results *results, const json_t *experiments);

/*
 * missing_fails(): whether what was asked for gave nothing: an experiment as a whole; an
 * environment in one where the base has results; of benchmarks that the user named, one that the
 * base has. Returns 0, or -1 with what is missing.
 */
int missing_fails(const struct results *results, const json_t *experiments, struct err *err);

#endif
