/* SPDX-License-Identifier: MIT */
/*
 * Kinds of cores: a hybrid processor has performance and efficient ones, or compact ones, whose
 * results are not comparable.
 */
#ifndef HOST_CORES_H
#define HOST_CORES_H

#include <stdint.h>

#define CORES_MAX 32

/* CPUs that agree in all that is known of them. */
struct cores_group {
    char type[16];     /* "P-core", "E-core"; empty: not known */
    char cpus[128];    /* "0-3,8"; ends in "..." where it is longer */
    unsigned count;    /* CPUs */
    uint64_t max_khz;  /* their highest frequency; 0: not known */
    unsigned capacity; /* relative to the fastest, which is 1024; 0: not known */
    unsigned kind;     /* groups of about the same speed are of one kind: 0, 1, ... */
};

struct cores {
    unsigned groups; /* 0: not known */
    struct cores_group group[CORES_MAX];
    unsigned kinds;
};

/*
 * cores_read(): the cores of these CPUs, in any order and perhaps several times in the list, from
 * sysfs (cpu_core, cpu_atom, cpufreq, cpu_capacity). `root` goes in front of every path: "", but
 * for tests. `ask`, which may be NULL, gives the type of a CPU that sysfs has no list of types for,
 * as CPUID's leaf 0x1a does, or 0.
 */
void cores_read(const char *root, unsigned (*ask)(unsigned cpu), const unsigned *cpus,
                unsigned count, struct cores *cores);

/*
 * cores_ask(): the core type of CPUID's leaf 0x1a, which only a thread on that CPU sees: the caller
 * moves there and back. 0: no hybrid processor, or the CPU is not for this process.
 */
unsigned cores_ask(unsigned cpu);

/* cores_kind(): a kind's name: "P-core 5.2 GHz". Returns `text`. */
#define CORES_KIND_MAX 48
const char *cores_kind(char text[CORES_KIND_MAX], const struct cores *cores, unsigned kind);

#endif
