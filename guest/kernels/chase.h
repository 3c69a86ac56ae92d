/* SPDX-License-Identifier: MIT */
/*
 * Pointer chase: dependent loads along one cycle through all nodes in random order (Sattolo's
 * algorithm), which no prefetcher can predict. The time per load is the latency of the cache level
 * or memory that holds the working set.
 */
#ifndef KERNELS_CHASE_H
#define KERNELS_CHASE_H

#include "guest/kernels/kernel.h"

struct chase_node {
    struct chase_node *next;
};

/*
 * chase_build(): link `nodes` nodes, `stride` bytes apart, into one cycle. With a stride of a page
 * or more, successive nodes use different cache lines of their pages, so that they do not compete
 * for a few cache sets. `order` is scratch space for `nodes` numbers. Returns a node of the cycle.
 */
struct chase_node *chase_build(void *base, uint32_t nodes, size_t stride, uint32_t *order,
                               uint64_t seed);

/* Walks are a multiple of this many loads long. */
#define CHASE_UNROLL 16

/* chase_walk(): follow `steps` pointers, a multiple of CHASE_UNROLL. Returns the node reached. */
struct chase_node *chase_walk(struct chase_node *node, uint64_t steps);

/*
 * chase_length(): number of loads until `node` is reached again, or a number above `limit` if it
 * is not reached within `limit` loads. A complete cycle has one load per node.
 */
uint64_t chase_length(const struct chase_node *node, uint64_t limit);

#endif
