/* SPDX-License-Identifier: MIT */
/*
 * Running the blocks: one run of each environment, in random order, over and over.
 */
#ifndef VIRTCOST_BLOCKS_H
#define VIRTCOST_BLOCKS_H

#include "tools/virtcost/options.h"
#include "tools/virtcost/results.h"

/*
 * blocks_run(): run all blocks, and keep every whole run in *results; progress is shown on a
 * terminal. Returns 0; RUN_STOPPED if `stop_fd` became readable; or -1 with an error, and in *last
 * the run that failed, if one did.
 */
int blocks_run(struct results *results, const struct options *options, int stop_fd,
               struct run *last, struct err *err);

#endif
