/* SPDX-License-Identifier: MIT */
/*
 * Host memory that stands behind a guest's RAM, and behind a native run's arena alike, so that
 * both run on the same pages.
 */
#ifndef MEM_BACKING_H
#define MEM_BACKING_H

#include <stddef.h>
#include <stdint.h>

#include "vmm/base/err.h"
#include "vmm/config/config.h"
#include "vmm/host/watch.h"

struct backing {
    uint8_t *base; /* aligned to 1 GiB, so that pages of every size line up with the guest's */
    size_t bytes;
    int fd; /* the memfd of hugetlb memory, or -1 */
    size_t hugepage_bytes;
    unsigned nodes;                       /* in as many parts, each on a host node; 0: anywhere */
    unsigned host_node[CONFIG_NODES_MAX]; /* of each part */
};

/*
 * backing_alloc(): config->mem_bytes of zeroed memory in the pages that the configuration asks
 * for, populated if it says so. Fails with what to do if there is less than that, or if the pages
 * asked for, or the NUMA nodes, cannot be had. Populating it ends with an error as soon as `watch`
 * says so, which may be NULL. Returns 0, or -1.
 */
int backing_alloc(struct backing *backing, const struct config *config, const struct watch *watch,
                  struct err *err);

/*
 * backing_discard(): give a page-aligned part of it back to the host; it reads as zeros then.
 * Returns 0, or the errno: EOPNOTSUPP for pages of hugetlbfs, since another process could take one
 * that was given back, and the next access, be it the VMM's, would be fatal.
 */
int backing_discard(const struct backing *backing, size_t offset, size_t bytes);

/* backing_free(): unmap it. */
void backing_free(struct backing *backing);

#endif
