/* SPDX-License-Identifier: MIT */
/*
 * Running an experiment's blocks: each step in each environment once, in random order, over and
 * over.
 */
#ifndef VIRTCOST_BLOCKS_H
#define VIRTCOST_BLOCKS_H

#include "tools/virtcost/experiments/experiment.h"
#include "tools/virtcost/results/results.h"

/*
 * blocks_run(): run all blocks of the last part of *results, and keep every whole run there;
 * progress is shown on a terminal. *random is the state of the order (vmm/core/base/stats.h).
 * Returns 0; RUN_STOPPED if the user wants to stop; or -1 with an error, and in *last the run that
 * failed, if one did.
 */
int blocks_run(struct results *results, const struct plan *plan, const struct site *site,
               uint64_t *random, struct run *last, struct err *err);

/* blocks_notice(): tell the user something at once, on standard error, past the progress. */
void blocks_notice(const char *text);

#endif
