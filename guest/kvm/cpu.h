/* SPDX-License-Identifier: MIT */
/* Verifies that ring 3 sees the CPU that the VMM configured. */
#ifndef KVM_CPU_H
#define KVM_CPU_H

#include "guest/kvm/machine.h"

/*
 * cpu_check(): warn about features that --cpu removed but ring 3 still sees, and about a topology
 * that differs from --topology. Both happen where KVM runs ring 3 natively on a CPU that cannot
 * trap CPUID.
 */
void cpu_check(const struct guest_machine *machine);

#endif
