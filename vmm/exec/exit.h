/* SPDX-License-Identifier: MIT */
/* Exit handling: a table of handlers by KVM exit reason. */
#ifndef EXEC_EXIT_H
#define EXEC_EXIT_H

#include <linux/kvm.h>

#include "vmm/bus/bus.h"
#include "vmm/core/base/err.h"
#include "vmm/core/result/exitstat.h"

/* The handler's time of each exit of a vCPU, in order, while recording is on. */
struct exit_times {
    uint32_t *ns; /* NULL until the guest requests recording */
    unsigned count;
    unsigned capacity; /* 0: recording is off */
};

/* A vCPU, which the devices receive, with its buses and counters. */
struct exit_env {
    struct vcpu *vcpu;
    const struct bus *mmio, *pio;
    struct exitstat *stat;
    struct exit_times *times;
};

/* How an exit is accounted. */
struct exit_info {
    enum exit_reason reason;
    const struct bus_region *region; /* the device, or NULL */
    uint64_t address;                /* MMIO address or port; 0: none */
};

/*
 * exit_handle(): handle the exit in `run` and set *info. Returns 0 if the vCPU can continue, or -1
 * with *err set if the run must end.
 */
int exit_handle(const struct exit_env *env, struct kvm_run *run, struct exit_info *info,
                struct err *err);

/* exit_account(): count an exit that took `ns`, and record that if it was a device's. */
void exit_account(const struct exit_env *env, const struct exit_info *info, uint64_t ns);

#endif
