/* SPDX-License-Identifier: MIT */
#include "vmm/kvm/topology.h"

#define LEAF_BASIC        0x1u
#define LEAF_CACHES       0x4u
#define LEAF_TOPOLOGY     0xbu
#define LEAF_TOPOLOGY_V2  0x1fu
#define LEAF_ADDRESSES    0x80000008u
#define LEAF_AMD_CACHES   0x8000001du
#define LEAF_AMD_TOPOLOGY 0x8000001eu

#define BASIC_EDX_HTT (1u << 28)

/* Level types in leaves 0xb and 0x1f, ECX bits 8-15. */
#define LEVEL_THREAD (1u << 8)
#define LEVEL_CORE   (2u << 8)

static unsigned at_most(unsigned value, unsigned limit)
{
    return value < limit ? value : limit;
}

static unsigned per_socket(const struct topology *topology)
{
    return topology->cores * topology->threads;
}

/*
 * A count of logical CPUs that software rounds up to a power of two to get the number of APIC ids
 * must not round to less than the ids in use: 5 cores of 3 threads use 32 ids, but 15 rounds to 16.
 */
static unsigned as_ids(unsigned count, unsigned bits)
{
    unsigned least = bits ? (1u << (bits - 1)) + 1 : 1;

    return count > least ? count : least;
}

/* With leaf 4, on Intel processors, the count of logical CPUs is a count of APIC ids. */
static void set_basic(struct cpuid_table *table, const struct topology *topology, unsigned id)
{
    struct kvm_cpuid_entry2 *entry = cpuid_find(table, LEAF_BASIC, 0);
    unsigned count = per_socket(topology);

    if (!entry)
        return;
    entry->edx = count > 1 ? entry->edx | BASIC_EDX_HTT : entry->edx & ~BASIC_EDX_HTT;
    if (cpuid_find(table, LEAF_CACHES, 0))
        count = as_ids(count, topology_socket_shift(topology));
    entry->ebx = (entry->ebx & 0xffff) | at_most(count, 255) << 16 | (id & 0xff) << 24;
}

/*
 * Leaves 4 (Intel) and 0x8000001d (AMD), a subleaf per cache: EAX bits 14-25 are the number of APIC
 * ids that share the cache, minus 1. In leaf 4, bits 26-31 are the number of core ids, minus 1.
 */
static void set_cache_sharing(struct cpuid_table *table, uint32_t leaf,
                              const struct topology *topology)
{
    unsigned of_socket = as_ids(per_socket(topology), topology_socket_shift(topology));

    for (unsigned i = 0; i < table->nent; i++) {
        struct kvm_cpuid_entry2 *entry = &table->entry[i];
        unsigned level = entry->eax >> 5 & 7, sharing = level >= 3 ? of_socket : topology->threads;

        if (entry->function != leaf || !(entry->eax & 0x1f))
            continue;
        entry->eax = (entry->eax & ~(0xfffu << 14)) | at_most(sharing - 1, 0xfff) << 14;
        if (leaf == LEAF_CACHES)
            entry->eax = (entry->eax & ~(0x3fu << 26)) | at_most(topology->cores - 1, 0x3f) << 26;
    }
}

static void add_level(struct cpuid_table *table, struct kvm_cpuid_entry2 entry)
{
    entry.flags = KVM_CPUID_FLAG_SIGNIFCANT_INDEX;
    if (table->nent < CPUID_ENTRIES_MAX)
        table->entry[table->nent++] = entry;
}

/* Leaves 0xb and 0x1f: the thread level, the core level, and the terminating level. */
static void set_levels(struct cpuid_table *table, uint32_t leaf, const struct topology *topology,
                       unsigned id)
{
    const struct kvm_cpuid_entry2 thread = {
        .function = leaf,
        .index = 0,
        .eax = topology_thread_bits(topology),
        .ebx = topology->threads,
        .ecx = LEVEL_THREAD,
        .edx = id,
    };
    const struct kvm_cpuid_entry2 core = {
        .function = leaf,
        .index = 1,
        .eax = topology_socket_shift(topology),
        .ebx = per_socket(topology),
        .ecx = LEVEL_CORE | 1,
        .edx = id,
    };
    const struct kvm_cpuid_entry2 end = {.function = leaf, .index = 2, .ecx = 2, .edx = id};

    if (!cpuid_find(table, leaf, 0))
        return;
    cpuid_remove(table, leaf);
    add_level(table, thread);
    add_level(table, core);
    add_level(table, end);
}

/* AMD: the size of an APIC id, and the ids of core and node; a socket is a node. */
static void set_amd(struct cpuid_table *table, const struct topology *topology, unsigned id)
{
    unsigned shift = topology_socket_shift(topology), in_socket = id & ((1u << shift) - 1);
    struct kvm_cpuid_entry2 *sizes = cpuid_find(table, LEAF_ADDRESSES, 0);
    struct kvm_cpuid_entry2 *ids = cpuid_find(table, LEAF_AMD_TOPOLOGY, 0);

    if (sizes)
        sizes->ecx =
            (sizes->ecx & ~0xf0ffu) | at_most(per_socket(topology) - 1, 0xff) | shift << 12;
    if (ids) {
        ids->eax = id;
        ids->ebx = (in_socket >> topology_thread_bits(topology) & 0xff) |
                   at_most(topology->threads - 1, 0xff) << 8;
        ids->ecx = id >> shift & 0xff;
    }
}

void cpuid_set_topology(struct cpuid_table *table, const struct topology *topology, unsigned vcpu)
{
    unsigned id = topology_apic_id(topology, vcpu);

    set_basic(table, topology, id);
    set_cache_sharing(table, LEAF_CACHES, topology);
    set_cache_sharing(table, LEAF_AMD_CACHES, topology);
    set_levels(table, LEAF_TOPOLOGY, topology, id);
    set_levels(table, LEAF_TOPOLOGY_V2, topology, id);
    set_amd(table, topology, id);
}
