/* SPDX-License-Identifier: MIT */
/* Checks --bench and --args before the first block of a run. */
#ifndef VIRTCOST_BENCHES_H
#define VIRTCOST_BENCHES_H

#include <jansson.h>

#include "vmm/core/base/err.h"

/*
 * benches_check(): run bench-native --list to check that it has the benchmarks of --bench and that
 * they take the keys of --args. A missing bench-native is no error here: its first run reports it.
 * Returns 0; RUN_STOPPED; or -1 with ERR_USAGE.
 */
int benches_check(const json_t *options, int stop_fd, struct err *err);

#endif
