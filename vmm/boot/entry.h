/* SPDX-License-Identifier: MIT */
/*
 * The state in which a vCPU enters the guest: 64-bit mode, ring 0, paging on, interrupts off.
 */
#ifndef BOOT_ENTRY_H
#define BOOT_ENTRY_H

#include "vmm/boot/layout.h"
#include "vmm/kvm/cpuid.h"

/* entry_sregs(): system registers of vCPU `id`: flat segments, x2APIC, and what CPUID allows. */
struct kvm_sregs entry_sregs(const struct layout *layout, const struct cpuid_caps *caps,
                             unsigned id);

/* entry_regs(): general registers as the guest ABI has them. */
struct kvm_regs entry_regs(const struct layout *layout, gpa_t entry, unsigned id);

#endif
