/* SPDX-License-Identifier: MIT */
/*
 * What the parts of a machine call while it runs; machine.c hands these out.
 */
#ifndef EXEC_MACHINE_RUN_H
#define EXEC_MACHINE_RUN_H

#include "vmm/stat/result.h"

/* machine_guest_done(): the guest said that it is done, or has faulted. `ctx` is the machine. */
void machine_guest_done(void *ctx);

/* machine_snapshot(): the counters of all vCPUs now, added up. `ctx` is the machine. */
void machine_snapshot(void *ctx, struct usage *usage);

/* machine_handlers(): struct result_source's handlers(). */
unsigned machine_handlers(const uint32_t **ns);

/* machine_window(): struct result_source's window(): an event of --trace. */
void machine_window(void *ctx, const struct result_row *row, uint32_t number, bool open);

#endif
