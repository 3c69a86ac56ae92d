/* SPDX-License-Identifier: MIT */
/* What CPUID says of the topology, which is KVM's user's to decide. */
#ifndef KVM_TOPOLOGY_H
#define KVM_TOPOLOGY_H

#include "vmm/config/topology.h"
#include "vmm/kvm/cpuid.h"

/*
 * cpuid_set_topology(): make the table that of one vCPU, by its number. Leaves that KVM does not
 * offer stay away. The last level of cache is a socket's, the others are a core's.
 * Sources: Intel SDM vol. 2, CPUID, leaves 1, 4, 0xb, 0x1f, and vol. 3, 9.9 (APIC ids); AMD APM
 * vol. 3, leaves 1, 0x80000008, 0x8000001d, 0x8000001e.
 */
void cpuid_set_topology(struct cpuid_table *table, const struct topology *topology, unsigned vcpu);

#endif
