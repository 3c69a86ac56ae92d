/* SPDX-License-Identifier: MIT */
#include <cpuid.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/core/base/units.h"
#include "vmm/core/host/cores.h"
#include "vmm/core/host/file.h"

/* The limit of Linux on x86-64, CONFIG_NR_CPUS. */
#define CPUS_MAX 8192
#define SETS     (CPUS_MAX / CPU_SETSIZE)

/* Cores of one kind may boost to different frequencies: within 1/8. */
#define ALIKE_PART 8

#define CPUID_EDX_HYBRID (1u << 15) /* leaf 7 */

/* Directories of /sys/devices, and core types of CPUID leaf 0x1a, EAX bits 31:24. */
static const struct type {
    const char *folder, *name;
    unsigned number;
} types[] = {
    {"cpu_core", "P-core", 0x40},
    {"cpu_atom", "E-core", 0x20},
    {"cpu_lowpower", "LP E-core", 0},
};

#define TYPES (sizeof(types) / sizeof(types[0]))

/* The core types listed by the kernel. */
struct lists {
    bool any;
    cpu_set_t of[TYPES][SETS];
};

static void read_lists(const char *root, struct lists *lists)
{
    unsigned cpus[CPUS_MAX];
    char path[PATH_MAX], text[4096];

    for (unsigned t = 0; t < TYPES; t++) {
        int count = -1;

        CPU_ZERO_S(sizeof(lists->of[t]), lists->of[t]);
        snprintf(path, sizeof(path), "%s/sys/devices/%s/cpus", root, types[t].folder);
        if (!file_read(path, text, sizeof(text)))
            count = units_parse_list(text, cpus, CPUS_MAX);
        for (int i = 0; i < count; i++)
            if (cpus[i] < CPUS_MAX)
                CPU_SET_S(cpus[i], sizeof(lists->of[t]), lists->of[t]);
        lists->any |= count > 0;
    }
}

static const char *type_of(const struct lists *lists, unsigned (*ask)(unsigned cpu), unsigned cpu)
{
    unsigned number = !lists->any && ask ? ask(cpu) : 0;

    for (unsigned t = 0; t < TYPES; t++)
        if (lists->any ? CPU_ISSET_S(cpu, sizeof(lists->of[t]), lists->of[t])
                       : number && number == types[t].number)
            return types[t].name;
    return "";
}

static uint64_t read_of_cpu(const char *root, unsigned cpu, const char *name)
{
    char path[PATH_MAX];
    uint64_t value;

    snprintf(path, sizeof(path), "%s/sys/devices/system/cpu/cpu%u/%s", root, cpu, name);
    return file_read_u64(path, &value) ? 0 : value;
}

/* A CPU that follows `last`, the last of the group's list, extends the range. */
static void add_cpu(struct cores_group *group, unsigned cpu, unsigned *first, unsigned *last)
{
    size_t used = strlen(group->cpus), begin;
    char *comma = strrchr(group->cpus, ',');

    group->count++;
    if (used >= sizeof(group->cpus) - 32) {
        if (used >= 3 && strcmp(group->cpus + used - 3, "..."))
            strcat(group->cpus, ",...");
        return;
    }
    if (group->count > 1 && cpu == *last + 1) {
        begin = comma ? (size_t)(comma + 1 - group->cpus) : 0;
        snprintf(group->cpus + begin, sizeof(group->cpus) - begin, "%u-%u", *first, cpu);
    } else {
        snprintf(group->cpus + used, sizeof(group->cpus) - used, "%s%u", used ? "," : "", cpu);
        *first = cpu;
    }
    *last = cpu;
}

static bool is_same(const struct cores_group *a, const struct cores_group *b)
{
    return !strcmp(a->type, b->type) && a->max_khz == b->max_khz && a->capacity == b->capacity;
}

/* Unknown values do not distinguish groups. */
static bool is_alike(uint64_t a, uint64_t b)
{
    return !a || !b || (a > b ? a - b : b - a) <= (a > b ? a : b) / ALIKE_PART;
}

static void number_kinds(struct cores *cores)
{
    for (unsigned i = 0; i < cores->groups; i++) {
        struct cores_group *group = &cores->group[i];

        group->kind = cores->kinds;
        for (unsigned j = 0; j < i && group->kind == cores->kinds; j++) {
            const struct cores_group *other = &cores->group[j];

            if (!strcmp(group->type, other->type) && is_alike(group->max_khz, other->max_khz) &&
                is_alike(group->capacity, other->capacity))
                group->kind = other->kind;
        }
        cores->kinds += group->kind == cores->kinds;
    }
}

void cores_read(const char *root, unsigned (*ask)(unsigned cpu), const unsigned *cpus,
                unsigned count, struct cores *cores)
{
    unsigned first[CORES_MAX], last[CORES_MAX];
    struct lists lists = {0};
    cpu_set_t wanted[SETS];

    *cores = (struct cores){0};
    CPU_ZERO_S(sizeof(wanted), wanted);
    for (unsigned i = 0; i < count; i++)
        if (cpus[i] < CPUS_MAX)
            CPU_SET_S(cpus[i], sizeof(wanted), wanted);
    read_lists(root, &lists);
    for (unsigned cpu = 0; cpu < CPUS_MAX; cpu++) {
        struct cores_group group = {0};
        unsigned i = 0;

        if (!CPU_ISSET_S(cpu, sizeof(wanted), wanted))
            continue;
        snprintf(group.type, sizeof(group.type), "%s", type_of(&lists, ask, cpu));
        group.max_khz = read_of_cpu(root, cpu, "cpufreq/cpuinfo_max_freq");
        group.capacity = (unsigned)read_of_cpu(root, cpu, "cpu_capacity");
        while (i < cores->groups && !is_same(&cores->group[i], &group))
            i++;
        if (i == CORES_MAX) {
            cores->groups = 0; /* too many groups to be useful */
            return;
        }
        if (i == cores->groups)
            cores->group[cores->groups++] = group;
        add_cpu(&cores->group[i], cpu, &first[i], &last[i]);
    }
    number_kinds(cores);
}

/* Cached: in a VM, each CPUID is an exit. */
static bool is_hybrid(void)
{
    static int known = -1;
    unsigned a, b, c, d;

    if (known < 0)
        known = __get_cpuid_count(7, 0, &a, &b, &c, &d) && d & CPUID_EDX_HYBRID;
    return known;
}

unsigned cores_ask(unsigned cpu)
{
    cpu_set_t before[SETS], there[SETS];
    unsigned a, b, c, d, type = 0;

    if (!is_hybrid() || cpu >= CPUS_MAX || sched_getaffinity(0, sizeof(before), before))
        return 0;
    CPU_ZERO_S(sizeof(there), there);
    CPU_SET_S(cpu, sizeof(there), there);
    if (sched_setaffinity(0, sizeof(there), there))
        return 0;
    if (__get_cpuid_count(0x1a, 0, &a, &b, &c, &d))
        type = a >> 24;
    sched_setaffinity(0, sizeof(before), before);
    return type;
}

const char *cores_kind(char text[CORES_KIND_MAX], const struct cores *cores, unsigned kind)
{
    const struct cores_group *of = NULL;
    unsigned capacity = 0;
    uint64_t khz = 0;

    for (unsigned i = 0; i < cores->groups; i++) {
        const struct cores_group *group = &cores->group[i];

        if (group->kind != kind)
            continue;
        of = of ? of : group;
        khz = group->max_khz > khz ? group->max_khz : khz;
        capacity = group->capacity > capacity ? group->capacity : capacity;
    }
    strcpy(text, of ? of->type : "");
    if (khz)
        snprintf(text + strlen(text), CORES_KIND_MAX - strlen(text), "%s%.1f GHz", *text ? " " : "",
                 (double)khz / 1e6);
    else if (capacity)
        snprintf(text + strlen(text), CORES_KIND_MAX - strlen(text), "%scapacity %u",
                 *text ? " " : "", capacity);
    if (!*text)
        strcpy(text, "unknown");
    return text;
}
