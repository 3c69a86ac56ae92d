/* SPDX-License-Identifier: MIT */
/* --bench and --args of a run, checked before the first block. */
#ifndef VIRTCOST_BENCHES_H
#define VIRTCOST_BENCHES_H

#include <jansson.h>

#include "vmm/core/base/err.h"

/*
 * benches_check(): ask bench-native, which has the benchmarks, whether it has those that --bench
 * names and whether they take the keys of --args. A bench-native that is missing is reported when
 * it is first run. Returns 0; RUN_STOPPED; or -1 with ERR_USAGE.
 */
int benches_check(const json_t *options, int stop_fd, struct err *err);

#endif
