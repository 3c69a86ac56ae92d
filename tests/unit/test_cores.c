/* SPDX-License-Identifier: MIT */
/* Kinds of cores in artificial /sys trees, modelled on real processors. */
#include <stdio.h>
#include <string.h>

#include "tests/support/suite.h"
#include "tests/unit/fixture.h"
#include "vmm/core/host/cores.h"
#include "vmm/core/host/cpus.h"

static char root[FIXTURE_PATH_MAX];
static struct cores cores;

static void add_cpu(unsigned cpu, unsigned long long khz, unsigned capacity)
{
    char path[128];

    snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/cpufreq/cpuinfo_max_freq", cpu);
    if (khz)
        fixture_add(root, path, "%llu\n", khz);
    snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/cpu_capacity", cpu);
    if (capacity)
        fixture_add(root, path, "%u\n", capacity);
}

/* Four P-cores, two with a slightly higher maximum frequency, and four E-cores. */
static void make_hybrid(void)
{
    fixture_tree(root);
    fixture_add(root, "/sys/devices/cpu_core/cpus", "0-3\n");
    fixture_add(root, "/sys/devices/cpu_atom/cpus", "4-7\n");
    for (unsigned cpu = 0; cpu < 8; cpu++)
        add_cpu(cpu, cpu >= 4 ? 3900000 : cpu % 2 ? 5200000 : 5400000, cpu < 4 ? 1024 : 560);
}

static void check_group(unsigned i, const char *type, const char *cpus, uint64_t khz,
                        unsigned capacity, unsigned kind)
{
    const struct cores_group *group = &cores.group[i];

    ck_assert_str_eq(group->type, type);
    ck_assert_str_eq(group->cpus, cpus);
    ck_assert_uint_eq(group->max_khz, khz);
    ck_assert_uint_eq(group->capacity, capacity);
    ck_assert_uint_eq(group->kind, kind);
}

static void check_kind(unsigned kind, const char *expected)
{
    char text[CORES_KIND_MAX];

    ck_assert_str_eq(cores_kind(text, &cores, kind), expected);
}

#define READ(ask, ...)                               \
    cores_read(root, ask, (unsigned[]){__VA_ARGS__}, \
               sizeof((unsigned[]){__VA_ARGS__}) / sizeof(unsigned), &cores)

START_TEST(kinds_of_a_hybrid_processor_are_distinguished)
{
    make_hybrid();
    READ(NULL, 7, 6, 5, 4, 3, 2, 1, 0, 0);
    ck_assert_uint_eq(cores.groups, 3);
    check_group(0, "P-core", "0,2", 5400000, 1024, 0);
    check_group(1, "P-core", "1,3", 5200000, 1024, 0);
    check_group(2, "E-core", "4-7", 3900000, 560, 1);
    ck_assert_uint_eq(cores.group[2].count, 4);
    ck_assert_uint_eq(cores.kinds, 2);
    check_kind(0, "P-core 5.4 GHz");
    check_kind(1, "E-core 3.9 GHz");
    READ(NULL, 4, 5);
    ck_assert_uint_eq(cores.kinds, 1);
    check_group(0, "E-core", "4-5", 3900000, 560, 0);
    READ(NULL, 3, 4);
    ck_assert_uint_eq(cores.kinds, 2);
    fixture_remove(root);
}
END_TEST

/* Compact cores of the same type; a kernel with capacities only. */
START_TEST(speed_alone_distinguishes_kinds)
{
    fixture_tree(root);
    add_cpu(0, 5100000, 0);
    add_cpu(1, 3500000, 0);
    READ(NULL, 0, 1);
    ck_assert_uint_eq(cores.kinds, 2);
    check_kind(0, "5.1 GHz");
    check_kind(1, "3.5 GHz");
    fixture_remove(root);
    fixture_tree(root);
    add_cpu(0, 0, 1024);
    add_cpu(1, 0, 700);
    add_cpu(2, 0, 1000);
    READ(NULL, 0, 1, 2);
    ck_assert_uint_eq(cores.kinds, 2);
    check_kind(1, "capacity 700");
    check_group(2, "", "2", 0, 1000, 0);
    fixture_remove(root);
}
END_TEST

static unsigned ask(unsigned cpu)
{
    return cpu < 2 ? 0x40 : cpu < 4 ? 0x20 : 0;
}

START_TEST(cpuid_is_used_without_a_list_in_sysfs)
{
    fixture_tree(root);
    READ(ask, 0, 1, 2, 3);
    ck_assert_uint_eq(cores.groups, 2);
    check_group(0, "P-core", "0-1", 0, 0, 0);
    check_group(1, "E-core", "2-3", 0, 0, 1);
    check_kind(1, "E-core");
    fixture_remove(root);
    /* sysfs has priority over CPUID, which a hypervisor may emulate. */
    make_hybrid();
    READ(ask, 2, 3);
    ck_assert_uint_eq(cores.kinds, 1);
    ck_assert_str_eq(cores.group[0].type, "P-core");
    fixture_remove(root);
}
END_TEST

START_TEST(unknown_cores_are_one_kind)
{
    fixture_tree(root);
    READ(NULL, 0, 1, 2, 4);
    ck_assert_uint_eq(cores.groups, 1);
    ck_assert_uint_eq(cores.kinds, 1);
    check_group(0, "", "0-2,4", 0, 0, 0);
    check_kind(0, "unknown");
    cores_read(root, NULL, NULL, 0, &cores);
    ck_assert_uint_eq(cores.groups, 0);
    ck_assert_uint_eq(cores.kinds, 0);
    fixture_remove(root);
}
END_TEST

START_TEST(long_lists_are_truncated)
{
    unsigned cpus[4096];

    fixture_tree(root);
    fixture_add(root, "/sys/devices/cpu_core/cpus", "nonsense\n");
    for (unsigned i = 0; i < 4096; i++)
        cpus[i] = 2 * i;
    cores_read(root, NULL, cpus, 4096, &cores);
    ck_assert_uint_eq(cores.groups, 1);
    ck_assert_uint_eq(cores.group[0].count, 4096);
    ck_assert(!strncmp(cores.group[0].cpus, "0,2,4,", 6));
    ck_assert_str_eq(cores.group[0].cpus + strlen(cores.group[0].cpus) - 4, ",...");
    READ(NULL, UINT32_MAX, 8192);
    ck_assert_uint_eq(cores.groups, 0);
    /* More than CORES_MAX groups count as unknown. */
    for (unsigned i = 0; i <= CORES_MAX; i++)
        add_cpu(i, 1000000 + i, 0);
    cores_read(root, NULL, cpus, CORES_MAX, &cores);
    ck_assert_uint_gt(cores.groups, 0);
    for (unsigned i = 0; i <= CORES_MAX; i++)
        cpus[i] = i;
    cores_read(root, NULL, cpus, CORES_MAX + 1, &cores);
    ck_assert_uint_eq(cores.groups, 0);
    fixture_remove(root);
}
END_TEST

/* On any machine, cores_ask() restores the affinity of the thread. */
START_TEST(cores_ask_restores_the_affinity)
{
    unsigned usable = cpus_allowed();

    cores_ask(0);
    cores_ask(UINT32_MAX);
    ck_assert_uint_eq(cpus_allowed(), usable);
}
END_TEST

SUITE_MAIN("cores", kinds_of_a_hybrid_processor_are_distinguished, speed_alone_distinguishes_kinds,
           cpuid_is_used_without_a_list_in_sysfs, unknown_cores_are_one_kind,
           long_lists_are_truncated, cores_ask_restores_the_affinity)
