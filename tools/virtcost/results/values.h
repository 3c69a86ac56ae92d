/* SPDX-License-Identifier: MIT */
/* Computes the figures of one experiment from its runs. */
#ifndef VIRTCOST_RESULTS_VALUES_H
#define VIRTCOST_RESULTS_VALUES_H

#include <jansson.h>

/*
 * values_of(): build "values" (tools/virtcost/results/results.h) from the runs of an experiment's
 * first `blocks` blocks, in the order of `steps` and, within a row, of `envs`, both arrays of
 * names. The caller frees it, after values_finish(), which removes what only values_ratios() needs.
 */
json_t *values_of(const json_t *runs, const char *experiment, unsigned blocks, const json_t *steps,
                  const json_t *envs);
void values_finish(json_t *values);

/*
 * values_ratios(): build "ratios": of each environment to `base` in the same step, and of each step
 * to `base_step` (NULL: none) in the same environment, between rows that agree in the first `keys`
 * of name, params and threads. The caller frees it.
 */
#define VALUES_KEYS 3
json_t *values_ratios(const json_t *values, const char *base, const char *base_step, unsigned keys,
                      unsigned blocks);

#endif
