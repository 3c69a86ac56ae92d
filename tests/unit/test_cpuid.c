/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/support/suite.h"
#include "vmm/kvm/topology.h"

#define INDEXED KVM_CPUID_FLAG_SIGNIFCANT_INDEX

static const unsigned counts[] = {1, 2, 3, 16, 300};

#define COUNTS (sizeof(counts) / sizeof(counts[0]))

static struct cpuid_table table;

static void add(struct kvm_cpuid_entry2 entry)
{
    ck_assert_uint_lt(table.nent, CPUID_ENTRIES_MAX);
    table.entry[table.nent++] = entry;
}

/* Leaves with the host's topology: 24 cores of 2 threads, APIC id 37. */
static void add_common(void)
{
    table.nent = 0;
    add((struct kvm_cpuid_entry2){.function = 0, .eax = 0x1f});
    add((struct kvm_cpuid_entry2){.function = 1,
                                  .eax = 0x306a9,
                                  .ebx = 0x25300800,
                                  .ecx = 1u << 21 | 1u << 26,
                                  .edx = 0x178bfbff});
    add((struct kvm_cpuid_entry2){.function = 7, .flags = INDEXED, .ebx = 1u << 0 | 1u << 7});
    add((struct kvm_cpuid_entry2){.function = 0xb,
                                  .index = 0,
                                  .flags = INDEXED,
                                  .eax = 1,
                                  .ebx = 2,
                                  .ecx = 0x100,
                                  .edx = 37});
    add((struct kvm_cpuid_entry2){.function = 0xb,
                                  .index = 1,
                                  .flags = INDEXED,
                                  .eax = 6,
                                  .ebx = 48,
                                  .ecx = 0x201,
                                  .edx = 37});
    add((struct kvm_cpuid_entry2){.function = 0xd, .index = 0, .flags = INDEXED, .eax = 0x2e7});
    add((struct kvm_cpuid_entry2){.function = 0x80000001, .edx = 1u << 20 | 1u << 26});
    add((struct kvm_cpuid_entry2){.function = 0x80000008, .eax = 0x3030, .ecx = 0x102f602f});
}

static void set_up_intel(void)
{
    add_common();
    /* L1d, L1i, L2: shared by 2 ids; L3: by 64 ids; 32 core ids per package. */
    add((struct kvm_cpuid_entry2){.function = 4,
                                  .index = 0,
                                  .flags = INDEXED,
                                  .eax = 0x7c004121,
                                  .ebx = 0x01c0003f,
                                  .ecx = 63});
    add((struct kvm_cpuid_entry2){.function = 4, .index = 1, .flags = INDEXED, .eax = 0x7c004122});
    add((struct kvm_cpuid_entry2){.function = 4, .index = 2, .flags = INDEXED, .eax = 0x7c004143});
    add((struct kvm_cpuid_entry2){.function = 4, .index = 3, .flags = INDEXED, .eax = 0x7c0fc163});
    add((struct kvm_cpuid_entry2){.function = 4, .index = 4, .flags = INDEXED});
    for (unsigned level = 0; level < 6; level++)
        add((struct kvm_cpuid_entry2){.function = 0x1f,
                                      .index = level,
                                      .flags = INDEXED,
                                      .eax = 9,
                                      .ebx = 99,
                                      .ecx = (level + 1) << 8 | level,
                                      .edx = 37});
}

static void set_up_amd(void)
{
    add_common();
    add((struct kvm_cpuid_entry2){
        .function = 0x8000001d, .index = 0, .flags = INDEXED, .eax = 0x4121, .ebx = 0x01c0003f});
    add((struct kvm_cpuid_entry2){
        .function = 0x8000001d, .index = 1, .flags = INDEXED, .eax = 0x4122});
    add((struct kvm_cpuid_entry2){
        .function = 0x8000001d, .index = 2, .flags = INDEXED, .eax = 0x4143});
    add((struct kvm_cpuid_entry2){
        .function = 0x8000001d, .index = 3, .flags = INDEXED, .eax = 0x3c163});
    add((struct kvm_cpuid_entry2){.function = 0x8000001d, .index = 4, .flags = INDEXED});
    add((struct kvm_cpuid_entry2){.function = 0x8000001e, .eax = 37, .ebx = 0x0112, .ecx = 0x0301});
}

static struct kvm_cpuid_entry2 leaf(uint32_t function, uint32_t index)
{
    struct kvm_cpuid_entry2 *found = cpuid_find(&table, function, index);

    ck_assert_msg(found != NULL, "no leaf %#x.%u", function, index);
    return *found;
}

static void set_flat(unsigned id, unsigned count)
{
    const struct topology topology = {1, count, 1};

    cpuid_set_topology(&table, &topology, id);
}

/* The first and the last of `count` vCPUs, and one between. */
static void for_each_id(unsigned count, void (*set_up)(void), void (*check)(unsigned, unsigned))
{
    const unsigned ids[] = {0, count / 2, count - 1};

    for (unsigned i = 0; i < 3; i++) {
        set_up();
        set_flat(ids[i], count);
        check(ids[i], count);
    }
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* The bits of an id that numbers `count` items. */
static unsigned bits(unsigned count)
{
    unsigned result = 0;

    while (1u << result < count)
        result++;
    return result;
}

static void check_leaf_1(unsigned id, unsigned count)
{
    struct kvm_cpuid_entry2 entry = leaf(1, 0);

    ck_assert_uint_eq(entry.ebx >> 24, id & 0xff);
    ck_assert_uint_eq(entry.ebx >> 16 & 0xff, least(count, 255));
    ck_assert_uint_eq(entry.ebx & 0xffff, 0x0800);
    ck_assert_uint_eq(entry.edx >> 28 & 1, count > 1);
    ck_assert_uint_eq(entry.edx & ~(1u << 28), 0x078bfbff);
    ck_assert_uint_eq(entry.eax, 0x306a9);
    ck_assert_uint_eq(entry.ecx, 1u << 21 | 1u << 26);
}

START_TEST(leaf_1_has_apic_id_and_count)
{
    for (unsigned i = 0; i < COUNTS; i++) {
        for_each_id(counts[i], set_up_intel, check_leaf_1);
        for_each_id(counts[i], set_up_amd, check_leaf_1);
    }
}
END_TEST

static void check_levels(uint32_t function, unsigned id, unsigned count)
{
    struct kvm_cpuid_entry2 thread = leaf(function, 0), core = leaf(function, 1);
    struct kvm_cpuid_entry2 end = leaf(function, 2);

    /* One thread per core, all cores in one package. */
    ck_assert_uint_eq(thread.eax, 0);
    ck_assert_uint_eq(thread.ebx, 1);
    ck_assert_uint_eq(thread.ecx, 1u << 8 | 0);
    ck_assert_uint_eq(core.eax, bits(count));
    ck_assert_uint_eq(core.ebx, count);
    ck_assert_uint_eq(core.ecx, 2u << 8 | 1);
    ck_assert_uint_eq(end.ebx, 0);
    ck_assert_uint_eq(end.ecx >> 8, 0);
    ck_assert(thread.edx == id && core.edx == id && end.edx == id);
    /* All vCPUs have the same package id, the rest of the APIC id. */
    ck_assert_uint_eq(id >> core.eax, 0);
    ck_assert_ptr_null(cpuid_find(&table, function, 3));
}

static void check_leaf_b(unsigned id, unsigned count)
{
    check_levels(0xb, id, count);
}

static void check_leaf_1f(unsigned id, unsigned count)
{
    check_levels(0x1f, id, count);
}

static void check_no_leaf_1f(unsigned id, unsigned count)
{
    (void)id, (void)count;
    ck_assert_ptr_null(cpuid_find(&table, 0x1f, 0));
}

START_TEST(topology_leaves_have_thread_and_core_levels)
{
    for (unsigned i = 0; i < COUNTS; i++) {
        for_each_id(counts[i], set_up_intel, check_leaf_b);
        for_each_id(counts[i], set_up_intel, check_leaf_1f);
        for_each_id(counts[i], set_up_amd, check_leaf_b);
        for_each_id(counts[i], set_up_amd, check_no_leaf_1f);
    }
}
END_TEST

static void check_caches(uint32_t function, unsigned count)
{
    static const uint32_t kind[] = {0x121, 0x122, 0x143, 0x163};

    for (unsigned cache = 0; cache < 4; cache++) {
        struct kvm_cpuid_entry2 entry = leaf(function, cache);

        ck_assert_uint_eq(entry.eax >> 14 & 0xfff, cache < 3 ? 0 : count - 1);
        ck_assert_uint_eq(entry.eax >> 26, function == 4 ? least(count - 1, 63) : 0);
        ck_assert_uint_eq(entry.eax & 0x3fff, kind[cache]);
    }
    ck_assert_uint_eq(leaf(function, 0).ebx, 0x01c0003f);
    /* The terminating subleaf is unchanged. */
    ck_assert_uint_eq(leaf(function, 4).eax, 0);
}

static void check_leaf_4(unsigned id, unsigned count)
{
    (void)id;
    check_caches(4, count);
}

static void check_leaf_1d(unsigned id, unsigned count)
{
    (void)id;
    check_caches(0x8000001d, count);
}

START_TEST(only_the_last_level_cache_is_shared)
{
    for (unsigned i = 0; i < COUNTS; i++) {
        for_each_id(counts[i], set_up_intel, check_leaf_4);
        for_each_id(counts[i], set_up_amd, check_leaf_1d);
    }
}
END_TEST

static void check_amd(unsigned id, unsigned count)
{
    struct kvm_cpuid_entry2 sizes = leaf(0x80000008, 0), ids = leaf(0x8000001e, 0);

    ck_assert_uint_eq(sizes.ecx & 0xff, least(count - 1, 255));
    ck_assert_uint_eq(sizes.ecx >> 12 & 0xf, bits(count));
    ck_assert_uint_eq(sizes.ecx & 0xffff0f00, 0x102f0000);
    ck_assert_uint_eq(sizes.eax, 0x3030);
    ck_assert_uint_eq(ids.eax, id);
    ck_assert_uint_eq(ids.ebx & 0xff, id & 0xff);
    ck_assert_uint_eq(ids.ebx >> 8 & 0xff, 0); /* one thread per core */
    ck_assert_uint_eq(ids.ecx, 0);             /* one node */
}

START_TEST(amd_leaves_agree_with_the_topology)
{
    for (unsigned i = 0; i < COUNTS; i++)
        for_each_id(counts[i], set_up_amd, check_amd);
}
END_TEST

/* Topologies, and the expected values of Intel's and AMD's leaves for the last vCPU. */
static const struct grouping {
    struct topology topology;
    unsigned id;          /* the last vCPU's APIC id */
    unsigned thread_bits; /* of the id */
    unsigned shift;       /* of the socket in the id */
    unsigned core;        /* in its socket */
    unsigned intel_count; /* leaf 1: rounds up to the number of ids of a socket */
} groupings[] = {
    {{1, 1, 1}, 0, 0, 0, 0, 1},         {{2, 1, 1}, 1, 0, 0, 0, 1},
    {{1, 1, 2}, 1, 1, 1, 0, 2},         {{2, 2, 2}, 7, 1, 2, 1, 4},
    {{1, 3, 1}, 2, 0, 2, 2, 3},         {{2, 3, 1}, 6, 0, 2, 2, 3},
    {{3, 3, 3}, 42, 2, 4, 2, 9},        {{2, 5, 3}, 50, 2, 5, 4, 17},
    {{5, 1, 2}, 9, 1, 1, 0, 2},         {{1, 24, 2}, 47, 1, 6, 23, 48},
    {{2, 128, 2}, 511, 1, 8, 127, 256}, {{1366, 3, 1}, 5462, 0, 2, 2, 3},
};

static void check_grouping(const struct grouping *grouping)
{
    const struct topology *topology = &grouping->topology;
    unsigned per_socket = topology->cores * topology->threads;
    unsigned last = topology_count(topology) - 1, id = grouping->id;

    set_up_intel();
    cpuid_set_topology(&table, topology, last);
    ck_assert_uint_eq(leaf(1, 0).ebx >> 24, id & 0xff);
    ck_assert_uint_eq(leaf(1, 0).ebx >> 16 & 0xff, least(grouping->intel_count, 255));
    ck_assert_uint_eq(leaf(1, 0).edx >> 28 & 1, per_socket > 1);
    ck_assert_uint_eq(bits(grouping->intel_count), grouping->shift);
    for (unsigned i = 0; i < 2; i++) {
        uint32_t function = i ? 0x1f : 0xb;

        ck_assert_uint_eq(leaf(function, 0).eax, grouping->thread_bits);
        ck_assert_uint_eq(leaf(function, 0).ebx, topology->threads);
        ck_assert_uint_eq(leaf(function, 1).eax, grouping->shift);
        ck_assert_uint_eq(leaf(function, 1).ebx, per_socket);
        ck_assert_uint_eq(leaf(function, 0).edx, id);
        ck_assert_uint_eq(leaf(function, 1).edx, id);
    }
    ck_assert_uint_eq(bits((leaf(4, 0).eax >> 14 & 0xfff) + 1), grouping->thread_bits);
    ck_assert_uint_eq(leaf(4, 2).eax >> 14 & 0xfff, topology->threads - 1);
    ck_assert_uint_eq(leaf(4, 3).eax >> 14 & 0xfff, grouping->intel_count - 1);
    ck_assert_uint_eq(leaf(4, 3).eax >> 26, least(topology->cores - 1, 63));

    set_up_amd();
    cpuid_set_topology(&table, topology, last);
    ck_assert_uint_eq(leaf(1, 0).ebx >> 16 & 0xff, least(per_socket, 255));
    ck_assert_uint_eq(leaf(0x80000008, 0).ecx & 0xff, least(per_socket - 1, 255));
    ck_assert_uint_eq(leaf(0x80000008, 0).ecx >> 12 & 0xf, grouping->shift);
    ck_assert_uint_eq(leaf(0x8000001e, 0).eax, id);
    ck_assert_uint_eq(leaf(0x8000001e, 0).ebx, grouping->core | (topology->threads - 1) << 8);
    ck_assert_uint_eq(leaf(0x8000001e, 0).ecx, (topology->sockets - 1) & 0xff);
    ck_assert_uint_eq(leaf(0x8000001d, 0).eax >> 14 & 0xfff, topology->threads - 1);
    ck_assert_uint_eq(bits((leaf(0x8000001d, 3).eax >> 14 & 0xfff) + 1), grouping->shift);
}

START_TEST(leaves_match_each_topology)
{
    for (unsigned i = 0; i < sizeof(groupings) / sizeof(groupings[0]); i++)
        check_grouping(&groupings[i]);
}
END_TEST

START_TEST(missing_leaves_are_not_added)
{
    table.nent = 0;
    add((struct kvm_cpuid_entry2){.function = 0, .eax = 1});
    set_flat(1, 2);
    ck_assert_uint_eq(table.nent, 1);
    ck_assert_ptr_null(cpuid_find(&table, 0xb, 0));
    ck_assert_uint_eq(table.entry[0].eax, 1);
}
END_TEST

START_TEST(setting_the_topology_is_idempotent)
{
    static struct cpuid_table once;

    set_up_intel();
    set_flat(5, 16);
    once = table;
    set_flat(9, 300);
    set_flat(5, 16);
    ck_assert_uint_eq(table.nent, once.nent);
    for (unsigned i = 0; i < once.nent; i++) {
        const struct kvm_cpuid_entry2 *entry = &once.entry[i];
        struct kvm_cpuid_entry2 now = leaf(entry->function, entry->index);

        ck_assert(now.eax == entry->eax && now.ebx == entry->ebx && now.ecx == entry->ecx &&
                  now.edx == entry->edx);
    }
}
END_TEST

START_TEST(subleaf_matters_only_if_significant)
{
    set_up_intel();
    ck_assert_ptr_eq(cpuid_find(&table, 1, 0), cpuid_find(&table, 1, 7));
    ck_assert_ptr_ne(cpuid_find(&table, 4, 0), cpuid_find(&table, 4, 1));
    ck_assert_ptr_null(cpuid_find(&table, 4, 9));
    ck_assert_ptr_null(cpuid_find(&table, 0x40000000, 0));
}
END_TEST

START_TEST(caps_come_from_the_table)
{
    struct cpuid_caps caps;

    set_up_intel();
    caps = cpuid_caps(&table);
    ck_assert_uint_eq(caps.xcr0, 0xe7);
    ck_assert(caps.page_1g && caps.nx && caps.smep && caps.fsgsbase);
    /* Without XSAVE, leaf 0xd does not count. */
    cpuid_find(&table, 1, 0)->ecx &= ~(1u << 26);
    ck_assert_uint_eq(cpuid_caps(&table).xcr0, 0);
    cpuid_find(&table, 1, 0)->ecx |= 1u << 26;
    cpuid_find(&table, 0xd, 0)->eax = 0x7;
    ck_assert_uint_eq(cpuid_caps(&table).xcr0, 0x7);
    cpuid_find(&table, 0x80000001, 0)->edx = 0;
    cpuid_find(&table, 7, 0)->ebx = 0;
    caps = cpuid_caps(&table);
    ck_assert(!caps.page_1g && !caps.nx && !caps.smep && !caps.fsgsbase);
    table.nent = 0;
    caps = cpuid_caps(&table);
    ck_assert(!caps.xcr0 && !caps.page_1g && !caps.nx && !caps.smep && !caps.fsgsbase);
}
END_TEST

SUITE_MAIN("cpuid", leaf_1_has_apic_id_and_count, topology_leaves_have_thread_and_core_levels,
           only_the_last_level_cache_is_shared, amd_leaves_agree_with_the_topology,
           leaves_match_each_topology, missing_leaves_are_not_added,
           setting_the_topology_is_idempotent, subleaf_matters_only_if_significant,
           caps_come_from_the_table)
