/* SPDX-License-Identifier: MIT */
#include <linux/mempolicy.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vmm/core/base/units.h"
#include "vmm/core/host/file.h"
#include "vmm/core/host/numa.h"

#define NODE "/sys/devices/system/node/"

/* The limits of Linux on x86-64: CONFIG_NODES_SHIFT 10, CONFIG_NR_CPUS 8192. */
#define NODES_MAX 1024u
#define CPUS_MAX  8192

#define WORD_BITS (8 * sizeof(unsigned long))

/* Number of cpu_set_t of CPU_SETSIZE CPUs each. */
#define SETS (CPUS_MAX / CPU_SETSIZE)

unsigned numa_nodes(unsigned *nodes, unsigned max)
{
    unsigned all[NODES_MAX];
    char text[1024];
    int count = 0;

    if (!file_read(NODE "has_memory", text, sizeof(text)))
        count = units_parse_list(text, all, NODES_MAX);
    if (count <= 0) {
        all[0] = 0; /* a kernel without NUMA has one node and no such file */
        count = 1;
    }
    if ((unsigned)count > max)
        count = (int)max;
    memcpy(nodes, all, (unsigned)count * sizeof(*nodes));
    return (unsigned)count;
}

unsigned numa_distance(unsigned from, unsigned to)
{
    unsigned online[NODES_MAX];
    char path[64], text[4096], *at = text;
    int count;

    /* One line: the distances to the online nodes, in ascending order. */
    snprintf(path, sizeof(path), NODE "node%u/distance", from);
    if (file_read(NODE "online", text, sizeof(text)))
        return 0;
    count = units_parse_list(text, online, NODES_MAX);
    if (file_read(path, text, sizeof(text)))
        return 0;
    for (int i = 0; i < count; i++) {
        unsigned long distance = strtoul(at, &at, 10);

        if (online[i] == to)
            return (unsigned)distance;
    }
    return 0;
}

int numa_bind(void *start, size_t bytes, unsigned node, struct err *err)
{
    unsigned long mask[NODES_MAX / WORD_BITS] = {0};

    if (node >= NODES_MAX)
        return err_set(err, ERR_FAILED, "host node %u: only nodes below %u are supported", node,
                       NODES_MAX);
    mask[node / WORD_BITS] = 1ul << node % WORD_BITS;
    /* The kernel uses maxnode - 1 bits. */
    if (syscall(SYS_mbind, start, bytes, MPOL_BIND, mask, NODES_MAX + 1, 0)) {
        err_sys(err, ERR_FAILED, "cannot bind memory to host node %u", node);
        return err_hint(err, "--numa N,unbound, or a cpuset that contains this node");
    }
    return 0;
}

int numa_run_on(unsigned node, struct err *err)
{
    unsigned cpus[CPUS_MAX];
    cpu_set_t may[SETS], set[SETS];
    char path[64], text[4096];
    int count = -1;

    snprintf(path, sizeof(path), NODE "node%u/cpulist", node);
    if (!file_read(path, text, sizeof(text)))
        count = units_parse_list(text, cpus, CPUS_MAX);
    if (count <= 0)
        return 0;
    if (sched_getaffinity(0, sizeof(may), may))
        return err_sys(err, ERR_FAILED, "sched_getaffinity");
    CPU_ZERO_S(sizeof(set), set);
    for (int i = 0; i < count; i++)
        if (CPU_ISSET_S(cpus[i], sizeof(may), may))
            CPU_SET_S(cpus[i], sizeof(set), set);
    if (CPU_COUNT_S(sizeof(set), set) && sched_setaffinity(0, sizeof(set), set))
        return err_sys(err, ERR_FAILED, "--numa: the CPUs of host node %u", node);
    return 0;
}

/*
 * Parse a line "start policy word... N0=pages N1=pages kernelpagesize_kB=size", where the page size
 * comes last.
 */
static void add_line(char *line, unsigned node, uint64_t *here, uint64_t *elsewhere)
{
    uint64_t kb = 0, here_pages = 0, other_pages = 0;
    char *word;

    while ((word = strsep(&line, " \n"))) {
        unsigned long long value;
        unsigned where;

        if (sscanf(word, "N%u=%llu", &where, &value) == 2)
            *(where == node ? &here_pages : &other_pages) += value;
        else if (sscanf(word, "kernelpagesize_kB=%llu", &value) == 1)
            kb = value;
    }
    *here += here_pages * kb << 10;
    *elsewhere += other_pages * kb << 10;
}

int numa_resident(const void *start, size_t bytes, unsigned node, uint64_t *here,
                  uint64_t *elsewhere)
{
    FILE *file = fopen("/proc/self/numa_maps", "re");
    char *line = NULL;
    size_t room = 0;

    *here = *elsewhere = 0;
    if (!file)
        return -1;
    while (getline(&line, &room, file) > 0)
        if (strtoull(line, NULL, 16) - (uintptr_t)start < bytes)
            add_line(line, node, here, elsewhere);
    free(line);
    fclose(file);
    return 0;
}
