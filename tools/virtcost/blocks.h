/* SPDX-License-Identifier: MIT */
/*
 * Runs an experiment's blocks. A block is one run of each step in each environment, in random
 * order.
 */
#ifndef VIRTCOST_BLOCKS_H
#define VIRTCOST_BLOCKS_H

#include "tools/virtcost/experiments/experiment.h"
#include "tools/virtcost/results/results.h"

/*
 * blocks_run(): run all blocks of the last part of *results and add every complete run to it; shows
 * progress on a terminal. *random is the state of the random order (vmm/core/base/stats.h). Returns
 * 0; RUN_STOPPED if the user stops it; or -1 with *err set, and the failed run, if any, in *last.
 */
int blocks_run(struct results *results, const struct plan *plan, const struct site *site,
               uint64_t *random, struct run *last, struct err *err);

/* blocks_notice(): clear the progress line and print a message on standard error at once. */
void blocks_notice(const char *text);

#endif
