/* SPDX-License-Identifier: MIT */
/* Which host node stands behind each of the guest's, and whether its memory really is there. */
#ifndef MEM_PLACEMENT_H
#define MEM_PLACEMENT_H

#include "vmm/mem/backing.h"

/* What is known of one of the guest's nodes. */
struct placement_node {
    unsigned host;            /* the host's node that it is bound to */
    uint64_t here, elsewhere; /* bytes touched that are on that, and on others */
};

/*
 * placement_bind(): bind each of the guest's nodes, an equal part of the memory, to a node of the
 * host; to be done before any of it is touched. Fails with what to do if the host has fewer nodes,
 * or too few huge pages on one. Returns 0, or -1.
 */
int placement_bind(struct backing *backing, const struct config *config, struct err *err);

/* placement_query(): where it is now; a node per backing->nodes. Returns 0, or -1: not known. */
int placement_query(const struct backing *backing, struct placement_node *node);

#endif
