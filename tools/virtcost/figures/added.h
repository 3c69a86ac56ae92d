/* SPDX-License-Identifier: MIT */
/*
 * What a VM adds to an operation of block I/O, and why: measured, as the difference of the times
 * per operation, and predicted, as the sum of what leaves or enters the guest, each as often as it
 * happened and at what the same runs' exits benchmarks found it to cost.
 */
#ifndef VIRTCOST_FIGURES_ADDED_H
#define VIRTCOST_FIGURES_ADDED_H

#include <jansson.h>
#include <stdio.h>

/*
 * added_rows(): an object for each row of block I/O in the VM's reports of an experiment: name,
 * params, base_ns, env_ns, added_ns (medians of the blocks), and, if the exits were measured too,
 * parts (an array of
 * {"what", "per_io", "ns"}), predicted_ns and residual_ns. An array, to be freed by the caller.
 */
json_t *added_rows(const json_t *runs, const char *experiment, const json_t *ratios);

/* added_print(): a grid of ratios by block size and depth, and a line on each row's added time. */
void added_print(FILE *out, const json_t *added, const json_t *ratios);

#endif
