/* SPDX-License-Identifier: MIT */
/*
 * The CPUID that a guest sees: what KVM supports, less what --cpu takes away (features.h), with the
 * topology of this VM (topology.h).
 */
#ifndef KVM_CPUID_H
#define KVM_CPUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/kvm/kvm.h"

#define CPUID_ENTRIES_MAX 256

/* The argument of KVM_SET_CPUID2: a struct kvm_cpuid2 with room for its entries. */
struct cpuid_table {
    uint32_t nent; /* entries in use */
    uint32_t padding;
    struct kvm_cpuid_entry2 entry[CPUID_ENTRIES_MAX];
};

_Static_assert(offsetof(struct cpuid_table, entry) == offsetof(struct kvm_cpuid2, entries) &&
                   offsetof(struct cpuid_table, nent) == offsetof(struct kvm_cpuid2, nent),
               "one layout");

/* What of it decides how the vCPUs are set up. */
struct cpuid_caps {
    uint64_t xcr0; /* vector states that can be enabled; 0: no XSAVE */
    bool page_1g, nx, smep, fsgsbase;
};

/*
 * cpuid_supported(): the table that all vCPUs of a VM have in common. It is asked for once, because
 * KVM takes its time for it. Returns 0, or -1.
 */
int cpuid_supported(const struct kvm *kvm, struct cpuid_table *table, struct err *err);

/* cpuid_caps(): what the table says. */
struct cpuid_caps cpuid_caps(const struct cpuid_table *table);

/* cpuid_copy(): the entries in use; the room behind them is left alone. */
void cpuid_copy(struct cpuid_table *to, const struct cpuid_table *from);

/* cpuid_remove(): take a leaf with all its subleaves out of the table. */
void cpuid_remove(struct cpuid_table *table, uint32_t leaf);

/* cpuid_find(): a leaf (and subleaf) of the table, or NULL. */
struct kvm_cpuid_entry2 *cpuid_find(struct cpuid_table *table, uint32_t leaf, uint32_t subleaf);

#endif
