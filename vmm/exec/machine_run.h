/* SPDX-License-Identifier: MIT */
/* Callbacks of a running machine, which machine.c passes to its parts. */
#ifndef EXEC_MACHINE_RUN_H
#define EXEC_MACHINE_RUN_H

#include "vmm/core/result/result.h"

/* machine_guest_done(): the guest has exited or faulted. `ctx` is the machine. */
void machine_guest_done(void *ctx);

/* machine_snapshot(): the current counters, summed over all vCPUs. `ctx` is the machine. */
void machine_snapshot(void *ctx, struct usage *usage);

/* machine_handlers(): a result_source.handlers(); `origin` is a vCPU. */
unsigned machine_handlers(const void *origin, const uint32_t **ns);

/* machine_window(): a result_source.window(): writes a row's bounds to the --trace file. `origin`
 * is a vCPU. */
void machine_window(void *ctx, void *origin, const struct result_row *row, uint32_t number,
                    bool open);

#endif
