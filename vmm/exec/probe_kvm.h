/* SPDX-License-Identifier: MIT */
/*
 * The probe's host side on KVM: delivery of its registers by ioeventfd and coalescing, bare KVM_RUN
 * calls and other host operations to compare exits with, and interrupts from another thread.
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
    unsigned sleeper_cpu; /* of the thread whose wake-up is timed; or CPUS_ANY */
};

/* probe_kvm_init(): initialise the probe; before the VM is created. */
void probe_kvm_init(struct probe_kvm *probe, struct coalesced *coalesced);

/*
 * probe_kvm_begin(): attach the probe to a VM and its interrupt routes, which must outlive it. KVM
 * delivers nothing before the guest first reads CONTROL_WAYS. The thread whose wake-up is timed
 * runs on `sleeper_cpu`, as the disk's thread, or anywhere (CPUS_ANY).
 */
void probe_kvm_begin(struct probe_kvm *probe, int vm, struct delivery_routes *routes,
                     unsigned sleeper_cpu);

/* probe_kvm_end(): join the thread and close the eventfds; before the VM is closed. */
void probe_kvm_end(struct probe_kvm *probe);

#endif
