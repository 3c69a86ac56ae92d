/* SPDX-License-Identifier: MIT */
/* The command "run": the experiments, one after the other. */
#ifndef VIRTCOST_RUN_H
#define VIRTCOST_RUN_H

#include "tools/virtcost/options.h"

/*
 * run_experiments(): run all of options->experiment into *results, which is zero at first; what was
 * measured until a stop or an error is there. Returns 0; RUN_STOPPED; or -1 with an error, and in
 * *last what the run that failed has said.
 */
int run_experiments(struct results *results, const struct options *options, int stop_fd,
                    struct run *last, struct err *err);

#endif
