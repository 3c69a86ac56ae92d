/* SPDX-License-Identifier: MIT */
/* Names of --bench that no environment gave a result for. */
#ifndef VIRTCOST_RESULTS_MISSING_H
#define VIRTCOST_RESULTS_MISSING_H

#include "tools/virtcost/results/results.h"

/*
 * missing_explain(): whether a name of --bench is without a result in all runs; then *err says
 * which, and why. `bench` is the option's text, or NULL.
 */
bool missing_explain(const struct results *results, const char *bench, struct err *err);

#endif
