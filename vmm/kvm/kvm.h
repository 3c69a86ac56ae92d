/* SPDX-License-Identifier: MIT */
/*
 * The KVM API (Documentation/virt/kvm/api.rst): one checked call for every ioctl, whose message
 * names it, and the few that may fail on purpose.
 */
#ifndef KVM_KVM_H
#define KVM_KVM_H

#include <linux/kvm.h>
#include <stdint.h>

#include "vmm/base/err.h"

/* The system's /dev/kvm, opened and found fit. */
struct kvm {
    int fd;
    unsigned run_bytes; /* of the area that a vCPU shares with the kernel */
    unsigned max_vcpus;
    unsigned max_apic_id;
};

/* KVM_IOCTL(): kvm_ioctl() with the request's own name. */
#define KVM_IOCTL(fd, request, arg, err) kvm_ioctl(fd, request, (uintptr_t)(arg), #request, err)

/*
 * kvm_ioctl(): call it, again if a signal interrupts it; on failure the error says which it was.
 * Returns what the ioctl returns, or -1.
 */
int kvm_ioctl(int fd, unsigned long request, uintptr_t arg, const char *name, struct err *err);

/*
 * kvm_open(): open /dev/kvm and check its version and that it can all that minivmm needs. Fails
 * with ERR_CANNOT_RUN if it is missing, not permitted or too old. Returns 0, or -1.
 */
int kvm_open(struct kvm *kvm, struct err *err);

/* kvm_close(): close it. */
void kvm_close(struct kvm *kvm);

/* kvm_can(): the value of a capability of /dev/kvm or of a VM; 0 if it is absent. */
int kvm_can(int fd, int capability);

/* kvm_vm_failed(): the error of a KVM_CREATE_VM that failed with errno. Always returns -1. */
int kvm_vm_failed(struct err *err);

/*
 * kvm_create_vm(): a VM with local APICs in the kernel, the rest of the interrupt controllers
 * absent (split irqchip) and APIC ids of 32 bits where KVM has them. Returns its file, or -1.
 */
int kvm_create_vm(const struct kvm *kvm, struct err *err);

/* kvm_tsc_hz(): the rate of the guest's TSC. Returns 0, or -1. */
int kvm_tsc_hz(int vm, uint64_t *hz, struct err *err);

/*
 * kvm_tsc_offset(): what is added to the host's TSC in this vCPU; it is set to 0, so that host and
 * guest share one time line, where KVM can do that. Called by the vCPU's thread. Returns 0 with
 * *offset, or -1 with an error if it is not known.
 */
int kvm_tsc_offset(int vcpu, int64_t *offset, struct err *err);

#endif
