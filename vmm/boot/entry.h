/* SPDX-License-Identifier: MIT */
/* The initial state of a vCPU: 64-bit mode, ring 0, paging on, interrupts off. */
#ifndef BOOT_ENTRY_H
#define BOOT_ENTRY_H

#include "vmm/boot/layout.h"
#include "vmm/kvm/cpuid.h"

/* entry_sregs(): vCPU `id`'s system registers: flat segments, x2APIC, CR4 and EFER as `caps` allow.
 */
struct kvm_sregs entry_sregs(const struct layout *layout, const struct cpuid_caps *caps,
                             unsigned id);

/* entry_regs(): general registers according to the guest ABI (include/minivmm/abi.h). */
struct kvm_regs entry_regs(const struct layout *layout, gpa_t entry, unsigned id);

#endif
