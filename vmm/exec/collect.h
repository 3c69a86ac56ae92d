/* SPDX-License-Identifier: MIT */
/* Collects a machine's counters: a snapshot while it runs, and the run's properties after it. */
#ifndef EXEC_COLLECT_H
#define EXEC_COLLECT_H

#include "vmm/exec/machine.h"

/* machine_snapshot(): the current counters, summed over all vCPUs. `ctx` is the machine. */
void machine_snapshot(void *ctx, struct usage *usage);

/* machine_handlers(): a result_source.handlers(); `origin` is a vCPU. */
unsigned machine_handlers(const void *origin, const uint32_t **ns);

/*
 * machine_collect(): fill in the properties of the run, once; the vCPUs' counters move there. The
 * caller frees them with run_info_free(). Names in them point into *machine, which must outlive
 * them. Returns 0, or -1 with *err set.
 */
int machine_collect(struct machine *machine, struct run_info *info, struct err *err);

#endif
