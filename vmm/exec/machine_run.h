/* SPDX-License-Identifier: MIT */
/* A machine's run, and the callbacks by which its parts report to it. */
#ifndef EXEC_MACHINE_RUN_H
#define EXEC_MACHINE_RUN_H

#include "vmm/exec/machine.h"

/*
 * machine_run(): run the guest until it exits or something stops it; machine_collect() returns
 * which. Returns 0, even if the run was stopped, or -1 with *err set if it could not start.
 */
int machine_run(struct machine *machine, struct err *err);

/* machine_guest_done(): the guest has exited or faulted. `ctx` is the machine. */
void machine_guest_done(void *ctx);

/* machine_window(): a result_source.window(): writes a row's bounds to the --trace file. `origin`
 * is a vCPU. */
void machine_window(void *ctx, void *origin, const struct result_row *row, uint32_t number,
                    bool open);

#endif
