/* SPDX-License-Identifier: MIT */
/* Binding of guest NUMA nodes to host nodes, and the actual placement of their pages. */
#ifndef MEM_PLACEMENT_H
#define MEM_PLACEMENT_H

#include "vmm/core/host/backing.h"

/* The placement of a guest node. */
struct placement_node {
    unsigned host;            /* the host node that it is bound to */
    uint64_t here, elsewhere; /* resident bytes on that node, and on other nodes */
};

/*
 * placement_bind(): bind each guest node, an equal part of the memory, to a host node; before any
 * of it is touched. Returns 0, or -1 with *err and a hint if the host has too few nodes, or a node
 * too few huge pages.
 */
int placement_bind(struct backing *backing, const struct config *config, struct err *err);

/* placement_query(): the current placement of backing->nodes nodes. Returns 0, or -1: unknown. */
int placement_query(const struct backing *backing, struct placement_node *node);

#endif
