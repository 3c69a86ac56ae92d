/* SPDX-License-Identifier: MIT */
#include "guest/kernels/chase.h"

#define PAGE 4096u

/* xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators", 2016) */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1dull;
}

static struct chase_node *node_at(void *base, size_t stride, uint32_t i)
{
    size_t line = stride < PAGE ? 0 : i % (PAGE / KERNEL_CACHE_LINE);

    return (struct chase_node *)((uint8_t *)base + i * stride + line * KERNEL_CACHE_LINE);
}

struct chase_node *chase_build(void *base, uint32_t nodes, size_t stride, uint32_t *order,
                               uint64_t seed)
{
    for (uint32_t i = 0; i < nodes; i++)
        order[i] = i;
    /* Sattolo: swapping each element only with a lower index leaves a single cycle. */
    for (uint32_t i = nodes - 1; i > 0; i--) {
        uint32_t j = (uint32_t)((next_random(&seed) >> 32) * i >> 32), swapped = order[i];

        order[i] = order[j];
        order[j] = swapped;
    }
    for (uint32_t i = 0; i < nodes; i++)
        node_at(base, stride, i)->next = node_at(base, stride, order[i]);
    return node_at(base, stride, 0);
}

struct chase_node *chase_walk(struct chase_node *node, uint64_t steps)
{
    for (uint64_t i = 0; i < steps; i += CHASE_UNROLL) {
#pragma GCC unroll 16
        for (unsigned j = 0; j < CHASE_UNROLL; j++) {
            node = node->next;
            /* Keep the compiler from merging the loads. */
            __asm__ volatile("" : "+r"(node));
        }
    }
    return node;
}

uint64_t chase_length(const struct chase_node *node, uint64_t limit)
{
    const struct chase_node *at = node->next;
    uint64_t steps = 1;

    for (; at != node && steps <= limit; steps++)
        at = at->next;
    return steps;
}
