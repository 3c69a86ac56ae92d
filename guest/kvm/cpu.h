/* SPDX-License-Identifier: MIT */
/* Whether the CPU that ring 3 sees is the one that the VMM has made. */
#ifndef KVM_CPU_H
#define KVM_CPU_H

#include "guest/kvm/machine.h"

/*
 * cpu_check(): warn of features that were removed and are there all the same, and of a topology
 * that is not the one asked for. A KVM that runs ring 3 natively, on a processor that cannot trap
 * CPUID, can change nothing there.
 */
void cpu_check(const struct guest_machine *machine);

#endif
