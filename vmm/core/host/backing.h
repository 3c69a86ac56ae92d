/* SPDX-License-Identifier: MIT */
/*
 * Host memory that backs the guest's RAM or, in a native run, the benchmarks' arena, so that both
 * run on the same kind of pages.
 */
#ifndef MEM_BACKING_H
#define MEM_BACKING_H

#include <stddef.h>
#include <stdint.h>

#include "vmm/core/base/err.h"
#include "vmm/core/config/config.h"
#include "vmm/core/host/watch.h"

struct backing {
    uint8_t *base; /* aligned to 1 GiB, so that host and guest pages of every size align */
    size_t bytes;
    int fd; /* the memfd of hugetlb memory, or -1 */
    size_t hugepage_bytes;
    unsigned nodes; /* NUMA nodes it is split over, in equal parts; 0: unbound */
    unsigned host_node[CONFIG_NODES_MAX]; /* of each part */
};

/*
 * backing_alloc(): map config->mem_bytes of zeroed memory with the configured pages and NUMA nodes,
 * and populate it with --prefault. `watch`, which may be NULL, can stop that. Returns 0, or -1 with
 * *err and a hint if memory, pages or nodes are missing, or the wait was stopped.
 */
int backing_alloc(struct backing *backing, const struct config *config, const struct watch *watch,
                  struct err *err);

/*
 * backing_discard(): return a page-aligned range to the host; it reads as zeros afterwards. Returns
 * 0 or an errno: EOPNOTSUPP for hugetlb pages, since another process could allocate a returned page
 * and the next access, even the VMM's own, would raise SIGBUS.
 */
int backing_discard(const struct backing *backing, size_t offset, size_t bytes);

/* backing_free(): unmap it. */
void backing_free(struct backing *backing);

#endif
