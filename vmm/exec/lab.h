/* SPDX-License-Identifier: MIT */
/*
 * What the probe needs of KVM: its registers delivered in every way that there is, bare KVM_RUNs
 * and other operations of the host to compare an exit with, and interrupts from a thread.
 */
#ifndef EXEC_LAB_H
#define EXEC_LAB_H

#include "vmm/dev/probe.h"
#include "vmm/exec/coalesced.h"
#include "vmm/exec/injector.h"

struct lab {
    struct probe probe;
    struct injector injector;
    struct coalesced *coalesced;
    int vm;
    unsigned sleeper_cpu; /* of the thread whose waking is timed; CPUS_ANY */
};

/* lab_init(): the probe, which goes on the buses before there is a VM. */
void lab_init(struct lab *lab, struct coalesced *coalesced);

/*
 * lab_begin(): there is a VM now, with these routes. KVM's part in it begins when the guest first
 * asks for it. The thread whose waking is timed runs where the disk's does: on `sleeper_cpu`, or
 * anywhere (CPUS_ANY).
 */
void lab_begin(struct lab *lab, int vm, struct delivery_routes *routes, unsigned sleeper_cpu);

/* lab_end(): end the thread and close the files; before the VM is closed. */
void lab_end(struct lab *lab);

#endif
