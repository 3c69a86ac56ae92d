/* SPDX-License-Identifier: MIT */
/*
 * The KVM API (Documentation/virt/kvm/api.rst): a checked ioctl whose error names the request, and
 * the calls that need more than that.
 */
#ifndef KVM_KVM_H
#define KVM_KVM_H

#include <linux/kvm.h>
#include <stdint.h>

#include "vmm/core/base/err.h"

/* /dev/kvm, opened and checked. */
struct kvm {
    int fd;
    unsigned run_bytes; /* of a vCPU's kvm_run area */
    unsigned max_vcpus;
    unsigned max_apic_id;
};

/* KVM_IOCTL(): kvm_ioctl() with the request's name. */
#define KVM_IOCTL(fd, request, arg, err) kvm_ioctl(fd, request, (uintptr_t)(arg), #request, err)

/*
 * kvm_ioctl(): ioctl(2), restarted on EINTR. Returns its result, or -1 with *err naming the
 * request.
 */
int kvm_ioctl(int fd, unsigned long request, uintptr_t arg, const char *name, struct err *err);

/*
 * kvm_open(): open /dev/kvm and check its API version and the capabilities that minivmm requires.
 * Returns 0, or -1; with ERR_CANNOT_RUN if it is missing, not permitted or too old.
 */
int kvm_open(struct kvm *kvm, struct err *err);

/* kvm_close(): close /dev/kvm. */
void kvm_close(struct kvm *kvm);

/* kvm_can(): KVM_CHECK_EXTENSION on /dev/kvm or on a VM; 0: not supported. */
int kvm_can(int fd, int capability);

/* kvm_vm_failed(): set *err after KVM_CREATE_VM has failed with errno. Always returns -1. */
int kvm_vm_failed(struct err *err);

/*
 * kvm_create_vm(): create a VM with in-kernel local APICs and no other interrupt controllers (split
 * irqchip), and 32-bit APIC ids if KVM supports them. Returns the VM's file descriptor, or -1 with
 * *err set.
 */
int kvm_create_vm(const struct kvm *kvm, struct err *err);

/* kvm_tsc_hz(): the frequency of the guest's TSC. Returns 0, or -1 with *err set. */
int kvm_tsc_hz(int vm, uint64_t *hz, struct err *err);

/*
 * kvm_tsc_offset(): set the vCPU's TSC offset to 0 if KVM supports that, so that the host's and the
 * guest's TSC are equal; otherwise read it. Called by the vCPU's thread. Returns 0 with *offset
 * set, or -1 with *err set if the offset is unknown.
 */
int kvm_tsc_offset(int vcpu, int64_t *offset, struct err *err);

#endif
