/* SPDX-License-Identifier: MIT */
/*
 * What the probe needs of KVM: its registers delivered in every way that there is, bare KVM_RUNs
 * and other operations of the host to compare an exit with, and interrupts from a thread.
 */
#ifndef EXEC_PROBE_KVM_H
#define EXEC_PROBE_KVM_H

#include "vmm/dev/probe.h"
#include "vmm/exec/coalesced.h"
#include "vmm/exec/injector.h"

struct probe_kvm {
    struct probe device;
    struct injector injector;
    struct coalesced *coalesced;
    int vm;
    unsigned sleeper_cpu; /* of the thread whose waking is timed; CPUS_ANY */
};

/* probe_kvm_init(): the probe, which goes on the buses before there is a VM. */
void probe_kvm_init(struct probe_kvm *probe, struct coalesced *coalesced);

/*
 * probe_kvm_begin(): there is a VM now, with these routes. KVM's part in it begins when the guest
 * first asks for it. The thread whose waking is timed runs where the disk's does: on `sleeper_cpu`,
 * or anywhere (CPUS_ANY).
 */
void probe_kvm_begin(struct probe_kvm *probe, int vm, struct delivery_routes *routes,
                     unsigned sleeper_cpu);

/* probe_kvm_end(): end the thread and close the files; before the VM is closed. */
void probe_kvm_end(struct probe_kvm *probe);

#endif
