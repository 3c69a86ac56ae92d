/* SPDX-License-Identifier: MIT */
/* The command "run": runs the experiments one after the other. */
#ifndef VIRTCOST_RUN_H
#define VIRTCOST_RUN_H

#include "tools/virtcost/options.h"

/*
 * run_experiments(): run all of options->experiment into *results, which the caller zeroes; results
 * measured before a stop or an error are kept. Returns 0; RUN_STOPPED; or -1 with *err set, and the
 * output of the failed run in *last.
 */
int run_experiments(struct results *results, const struct options *options, int stop_fd,
                    struct run *last, struct err *err);

#endif
