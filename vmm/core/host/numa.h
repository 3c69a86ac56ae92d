/* SPDX-License-Identifier: MIT */
/* The host's NUMA nodes: which there are, putting memory and threads on one, and looking where
 * memory really is. */
#ifndef HOST_NUMA_H
#define HOST_NUMA_H

#include <stddef.h>
#include <stdint.h>

#include "vmm/core/base/err.h"

/* numa_nodes(): the nodes with memory, ascending, at most `max`. Returns how many: at least 1. */
unsigned numa_nodes(unsigned *nodes, unsigned max);

/* numa_distance(): from one node to another, as firmware has it (10: the same); 0: not known. */
unsigned numa_distance(unsigned from, unsigned to);

/*
 * numa_bind(): pages of a page-aligned range that are touched from here on come from one node, or
 * not at all (mbind(2), MPOL_BIND). Returns 0, or -1.
 */
int numa_bind(void *start, size_t bytes, unsigned node, struct err *err);

/*
 * numa_run_on(): let the calling thread run on a node's CPUs only, those of them that it may use;
 * where that is none, as on a node of memory only, it stays where it is. Returns 0, or -1.
 */
int numa_run_on(unsigned node, struct err *err);

/*
 * numa_resident(): bytes of the mappings that begin in a range that are on `node`, and those that
 * are on others (/proc/self/numa_maps). Returns 0, or -1 where the kernel does not say.
 */
int numa_resident(const void *start, size_t bytes, unsigned node, uint64_t *here,
                  uint64_t *elsewhere);

#endif
