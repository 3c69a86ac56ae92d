/* SPDX-License-Identifier: MIT */
/*
 * What to do when KVM_RUN returns: a table from KVM's exit reason to a handler.
 */
#ifndef EXEC_EXIT_H
#define EXEC_EXIT_H

#include <linux/kvm.h>

#include "vmm/base/err.h"
#include "vmm/bus/bus.h"
#include "vmm/stat/exitstat.h"

/* The handler's times of single exits of one vCPU, in their order. */
struct exit_times {
    uint32_t *ns; /* NULL until they are wanted */
    unsigned count;
    unsigned capacity; /* 0: recording is off */
};

/* Where the exits of one vCPU go. */
struct exit_env {
    const struct bus *mmio, *pio;
    struct exitstat *stat;
    struct exit_times *times;
};

/* How an exit is accounted. */
struct exit_info {
    enum exit_reason reason;
    const struct bus_region *region; /* the device it went to, or NULL */
    uint64_t address;                /* or port; 0: none */
};

/*
 * exit_handle(): serve the exit that `run` describes and say in *info what it was. Returns 0 if
 * the vCPU can go on, or -1 with why the run must end.
 */
int exit_handle(const struct exit_env *env, struct kvm_run *run, struct exit_info *info,
                struct err *err);

/* exit_account(): count an exit that took `ns`; keep that if it is wanted and a device's. */
void exit_account(const struct exit_env *env, const struct exit_info *info, uint64_t ns);

#endif
