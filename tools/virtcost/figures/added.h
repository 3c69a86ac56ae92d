/* SPDX-License-Identifier: MIT */
/*
 * The time a VM adds to an operation of block I/O: measured, as the difference of the times per
 * operation, and predicted, as the sum over exits, kicks, wake-ups and interrupts of their count
 * times the cost that the "exits" benchmarks of the same runs measured.
 */
#ifndef VIRTCOST_FIGURES_ADDED_H
#define VIRTCOST_FIGURES_ADDED_H

#include <jansson.h>
#include <stdio.h>

/*
 * added_rows(): an object for each row of block I/O in the VM's reports of an experiment: name,
 * params, base_ns, env_ns, added_ns (medians of the blocks), and, if the exits were measured too,
 * parts (an array of {"what", "per_io", "ns"}), predicted_ns and residual_ns. The caller frees the
 * array.
 */
json_t *added_rows(const json_t *runs, const char *experiment, const json_t *ratios);

/* added_print(): print a grid of ratios by block size and depth, and each row's added time. */
void added_print(FILE *out, const json_t *added, const json_t *ratios);

#endif
