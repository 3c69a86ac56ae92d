/* SPDX-License-Identifier: MIT */
/*
 * Pointer chase: loads of which each needs the last one's result, around one cycle through all
 * nodes in random order (Sattolo's algorithm), so that no prefetcher can guess the next. The time
 * per load is the latency of wherever the working set lies.
 */
#ifndef KERNELS_CHASE_H
#define KERNELS_CHASE_H

#include "guest/kernels/kernel.h"

struct chase_node {
    struct chase_node *next;
};

/*
 * chase_build(): link `nodes` nodes, `stride` bytes apart, into one cycle. With a stride of a page
 * each node lies on another line of its page, lest all of them compete for a few sets of the
 * caches. `order` is room for `nodes` numbers. Returns a node of the cycle.
 */
struct chase_node *chase_build(void *base, uint32_t nodes, size_t stride, uint32_t *order,
                               uint64_t seed);

/* A walk goes in units of this many loads. */
#define CHASE_UNROLL 16

/* chase_walk(): follow `steps` pointers, a multiple of CHASE_UNROLL. Returns where that leads. */
struct chase_node *chase_walk(struct chase_node *node, uint64_t steps);

/*
 * chase_length(): loads until `node` is reached again; more than `limit`: gives up there. A cycle
 * through all nodes has as many as there are nodes.
 */
uint64_t chase_length(const struct chase_node *node, uint64_t limit);

#endif
