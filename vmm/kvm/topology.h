/* SPDX-License-Identifier: MIT */
/* The CPU topology in CPUID, which KVM leaves to user space. */
#ifndef KVM_TOPOLOGY_H
#define KVM_TOPOLOGY_H

#include "vmm/core/config/topology.h"
#include "vmm/kvm/cpuid.h"

/*
 * cpuid_set_topology(): set the topology leaves for vCPU `vcpu`. Does not add leaves that KVM does
 * not support. The last-level cache is shared by a socket, the others by a core.
 * Sources: Intel SDM vol. 2, CPUID, leaves 1, 4, 0xb, 0x1f, and vol. 3, 9.9 (APIC ids); AMD APM
 * vol. 3, leaves 1, 0x80000008, 0x8000001d, 0x8000001e.
 */
void cpuid_set_topology(struct cpuid_table *table, const struct topology *topology, unsigned vcpu);

#endif
