/* SPDX-License-Identifier: MIT */
/*
 * Kinds of cores of hybrid processors: results on performance, efficient and compact cores are not
 * comparable.
 */
#ifndef HOST_CORES_H
#define HOST_CORES_H

#include <stdint.h>

#define CORES_MAX 32

/* CPUs with the same core type, maximum frequency and capacity. */
struct cores_group {
    char type[16];     /* "P-core", "E-core"; empty: unknown */
    char cpus[128];    /* "0-3,8"; ends in "..." if truncated */
    unsigned count;    /* number of CPUs */
    uint64_t max_khz;  /* maximum frequency; 0: unknown */
    unsigned capacity; /* relative to the fastest core, 1024; 0: unknown */
    unsigned kind;     /* groups of similar speed have the same kind: 0, 1, ... */
};

struct cores {
    unsigned groups; /* 0: unknown */
    struct cores_group group[CORES_MAX];
    unsigned kinds;
};

/*
 * cores_read(): group the cores of `cpus`, in any order and with duplicates, by sysfs (cpu_core,
 * cpu_atom, cpufreq, cpu_capacity). `root` is prepended to every path; "" except in tests. `ask`,
 * which may be NULL, returns the core type of a CPU as in CPUID leaf 0x1a, or 0; called if sysfs
 * does not list core types.
 */
void cores_read(const char *root, unsigned (*ask)(unsigned cpu), const unsigned *cpus,
                unsigned count, struct cores *cores);

/*
 * cores_ask(): the core type of `cpu` from CPUID leaf 0x1a. The calling thread migrates to that CPU
 * and back. Returns 0 if the processor is not hybrid or the CPU is not usable.
 */
unsigned cores_ask(unsigned cpu);

/* cores_kind(): format the name of a kind: "P-core 5.2 GHz". Returns `text`. */
#define CORES_KIND_MAX 48
const char *cores_kind(char text[CORES_KIND_MAX], const struct cores *cores, unsigned kind);

#endif
