/* SPDX-License-Identifier: MIT */
/*
 * The guest's CPUID: what KVM supports, without the features that --cpu removes (features.h), with
 * the topology of this VM (topology.h).
 */
#ifndef KVM_CPUID_H
#define KVM_CPUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/kvm/kvm.h"

#define CPUID_ENTRIES_MAX 256

/* The argument of KVM_SET_CPUID2: a struct kvm_cpuid2 with a fixed capacity. */
struct cpuid_table {
    uint32_t nent; /* entries in use */
    uint32_t padding;
    struct kvm_cpuid_entry2 entry[CPUID_ENTRIES_MAX];
};

_Static_assert(offsetof(struct cpuid_table, entry) == offsetof(struct kvm_cpuid2, entries) &&
                   offsetof(struct cpuid_table, nent) == offsetof(struct kvm_cpuid2, nent),
               "cpuid_table is laid out like kvm_cpuid2");

/* The capabilities in a table that decide the vCPUs' initial state. */
struct cpuid_caps {
    uint64_t xcr0; /* state components to enable; 0: no XSAVE */
    bool page_1g, nx, smep, fsgsbase;
};

/*
 * cpuid_supported(): KVM's supported CPUID, as far as it is common to all vCPUs. Call it once per
 * VM: the ioctl is slow. Returns 0, or -1 with *err set.
 */
int cpuid_supported(const struct kvm *kvm, struct cpuid_table *table, struct err *err);

/* cpuid_caps(): the capabilities in a table. */
struct cpuid_caps cpuid_caps(const struct cpuid_table *table);

/* cpuid_copy(): copy the entries in use; leaves the rest of *to uninitialised. */
void cpuid_copy(struct cpuid_table *to, const struct cpuid_table *from);

/* cpuid_remove(): remove a leaf and all its subleaves. */
void cpuid_remove(struct cpuid_table *table, uint32_t leaf);

/* cpuid_find(): the entry of a leaf and subleaf, or NULL. */
struct kvm_cpuid_entry2 *cpuid_find(struct cpuid_table *table, uint32_t leaf, uint32_t subleaf);

#endif
