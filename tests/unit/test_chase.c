/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "guest/kernels/chase.h"
#include "tests/support/suite.h"

#define PAGE 4096u

static const uint32_t sizes[] = {1, 2, 3, 4, 5, 16, 17, 63, 64, 65, 100, 1000, 4096};
static const size_t strides[] = {KERNEL_CACHE_LINE, 2 * KERNEL_CACHE_LINE, PAGE, 2 * PAGE};

#define SIZES   (sizeof(sizes) / sizeof(sizes[0]))
#define STRIDES (sizeof(strides) / sizeof(strides[0]))

static uint8_t *base;
static uint32_t order[4096];

static struct chase_node *build(uint32_t nodes, size_t stride, uint64_t seed)
{
    base = aligned_alloc(PAGE, (nodes * stride + PAGE - 1) / PAGE * PAGE);
    ck_assert(base != NULL);
    memset(base, 0, nodes * stride);
    return chase_build(base, nodes, stride, order, seed);
}

START_TEST(all_nodes_lie_on_one_cycle)
{
    for (unsigned i = 0; i < SIZES; i++) {
        for (unsigned j = 0; j < STRIDES; j++) {
            struct chase_node *first = build(sizes[i], strides[j], 12345);

            ck_assert_uint_eq(chase_length(first, 2ull * sizes[i]), sizes[i]);
            free(base);
        }
    }
}
END_TEST

START_TEST(any_seed_gives_one_cycle)
{
    for (uint64_t seed = 1; seed < 200; seed++) {
        ck_assert_uint_eq(chase_length(build(37, KERNEL_CACHE_LINE, seed), 100), 37);
        free(base);
    }
}
END_TEST

START_TEST(every_node_has_its_own_address)
{
    static bool seen[4096];

    for (unsigned j = 0; j < STRIDES; j++) {
        const size_t stride = strides[j];
        const struct chase_node *first = build(1000, stride, 7), *at = first;

        memset(seen, 0, sizeof(seen));
        for (unsigned i = 0; i < 1000; i++, at = at->next) {
            size_t offset = (size_t)((const uint8_t *)at - base), node = offset / stride;

            ck_assert_uint_lt(node, 1000);
            ck_assert(!seen[node]);
            seen[node] = true;
            /* With a stride of pages, successive nodes are on different lines of their pages. */
            ck_assert_uint_eq(offset % stride, stride < PAGE ? 0 : node % 64 * KERNEL_CACHE_LINE);
        }
        ck_assert_ptr_eq(at, first);
        free(base);
    }
}
END_TEST

START_TEST(walk_follows_the_given_number_of_pointers)
{
    for (unsigned i = 0; i < SIZES; i++) {
        struct chase_node *first = build(sizes[i], KERNEL_CACHE_LINE, 99);

        for (uint64_t steps = 0; steps <= 20 * CHASE_UNROLL; steps += CHASE_UNROLL) {
            struct chase_node *expected = first;

            for (uint64_t step = 0; step < steps; step++)
                expected = expected->next;
            ck_assert_ptr_eq(chase_walk(first, steps), expected);
        }
        free(base);
    }
}
END_TEST

START_TEST(order_depends_on_the_seed_only)
{
    const uint32_t nodes = 1000;
    uint8_t *first, *again, *other;
    size_t forward = 0;

    build(nodes, KERNEL_CACHE_LINE, 5);
    first = base;
    build(nodes, KERNEL_CACHE_LINE, 5);
    again = base;
    build(nodes, KERNEL_CACHE_LINE, 6);
    other = base;
    for (uint32_t i = 0, same = 0; i < nodes; i++) {
        size_t at = i * KERNEL_CACHE_LINE;
        uint8_t *next = (uint8_t *)((struct chase_node *)(first + at))->next;

        ck_assert_uint_eq((size_t)(next - first),
                          (size_t)((uint8_t *)((struct chase_node *)(again + at))->next - again));
        same += next - first == (uint8_t *)((struct chase_node *)(other + at))->next - other;
        ck_assert_uint_lt(same, nodes / 10);
        forward += next == first + at + KERNEL_CACHE_LINE;
    }
    /* Not sequential, so that no prefetcher can predict it. */
    ck_assert_uint_lt(forward, nodes / 10);
    free(first);
    free(again);
    free(other);
}
END_TEST

START_TEST(broken_cycle_is_detected)
{
    struct chase_node *first = build(100, KERNEL_CACHE_LINE, 3), *third = first->next->next;
    struct chase_node *rest = third->next;

    /* A short cycle is too short; a cycle without the first node never returns to it. */
    third->next = first;
    ck_assert_uint_eq(chase_length(first, 200), 3);
    third->next = third;
    ck_assert_uint_gt(chase_length(first, 200), 200);
    third->next = rest;
    ck_assert_uint_eq(chase_length(first, 200), 100);
    ck_assert_uint_eq(chase_length(first, 100), 100);
    ck_assert_uint_gt(chase_length(first, 98), 98);
    free(base);
}
END_TEST

SUITE_MAIN("chase", all_nodes_lie_on_one_cycle, any_seed_gives_one_cycle,
           every_node_has_its_own_address, walk_follows_the_given_number_of_pointers,
           order_depends_on_the_seed_only, broken_cycle_is_detected)
