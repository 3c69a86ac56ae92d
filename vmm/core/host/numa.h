/* SPDX-License-Identifier: MIT */
/* The host's NUMA nodes: enumeration, binding of memory and threads, and placement of memory. */
#ifndef HOST_NUMA_H
#define HOST_NUMA_H

#include <stddef.h>
#include <stdint.h>

#include "vmm/core/base/err.h"

/* numa_nodes(): the nodes with memory, ascending, at most `max`. Returns their number, at least 1.
 */
unsigned numa_nodes(unsigned *nodes, unsigned max);

/* numa_distance(): the ACPI SLIT distance between two nodes (10: same node); 0: unknown. */
unsigned numa_distance(unsigned from, unsigned to);

/*
 * numa_bind(): allocate pages of a page-aligned range from one node only (mbind(2), MPOL_BIND).
 * Pages that are already resident stay. Returns 0, or -1 with *err set.
 */
int numa_bind(void *start, size_t bytes, unsigned node, struct err *err);

/*
 * numa_run_on(): restrict the calling thread to the usable CPUs of a node; if there are none, as on
 * a node without CPUs, its affinity stays unchanged. Returns 0, or -1 with *err set.
 */
int numa_run_on(unsigned node, struct err *err);

/*
 * numa_resident(): resident bytes, on `node` and on other nodes, of the mappings that start within
 * a range (/proc/self/numa_maps). Returns 0, or -1 if unknown.
 */
int numa_resident(const void *start, size_t bytes, unsigned node, uint64_t *here,
                  uint64_t *elsewhere);

#endif
