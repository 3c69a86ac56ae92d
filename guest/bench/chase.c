/* SPDX-License-Identifier: MIT */
/* Load latency for working sets from the first-level cache to eight times the last-level cache. */
#include <stdio.h>

#include "guest/bench/table.h"
#include "guest/kernels/chase.h"

#define SMALLEST    ((size_t)16 << 10)
#define CACHE_TIMES 8
#define LLC_UNKNOWN ((size_t)32 << 20)
#define PAGE        ((size_t)4096)
#define SEED        0x9e3779b97f4a7c15ull

static void run_row(struct bench_run *run, void *base, size_t bytes, size_t stride, uint32_t *order)
{
    uint32_t nodes = (uint32_t)(bytes / stride);
    struct chase_node *node = chase_build(base, nodes, stride, order, SEED);
    unsigned samples = run->env->quick ? 5 : 11;
    double seconds = run->env->quick ? 0.004 : 0.02;
    uint64_t steps, start, began, ended;
    char params[CHANNEL_PARAMS_MAX];
    struct row row = {params, 1, "ns", "load", CHANNEL_LOWER};

    snprintf(params, sizeof(params), "kib=%zu", bytes >> 10);
    /* One round warms the caches and measures how long a step takes. */
    start = ticks();
    steps = (nodes + CHASE_UNROLL - 1) / CHASE_UNROLL * CHASE_UNROLL;
    node = chase_walk(node, steps);
    steps = (uint64_t)((double)steps * seconds / bench_seconds(run, ticks() - start));
    steps = (steps / CHASE_UNROLL + 1) * CHASE_UNROLL;

    row_begin(run, &row);
    start = ended = ticks();
    for (unsigned i = 0; i < samples; i++) {
        began = ended;
        node = chase_walk(node, steps);
        ended = ticks();
        row_sample(run, bench_seconds(run, ended - began) * 1e9 / (double)steps);
    }
    row_end(run, steps * samples, ended - start);
    /* Nodes that the cycle misses or repeats. */
    row_check(run, "missed_nodes", (double)chase_length(node, 2ull * nodes) - (double)nodes, 0);
}

static void chase_run(struct bench_run *run, size_t stride)
{
    size_t llc = run->env->llc ? run->env->llc : LLC_UNKNOWN, largest = CACHE_TIMES * llc;
    size_t smallest = SMALLEST * (stride / KERNEL_CACHE_LINE);
    size_t step = run->env->quick || stride == PAGE ? 4 : 2;
    uint32_t *order;
    void *base;

    /* With a node per page, the cache lines of all nodes must fit the last-level cache. */
    if (stride == PAGE)
        largest = llc / 4 * (stride / KERNEL_CACHE_LINE);
    while (largest > smallest && largest + largest / stride * sizeof(*order) > bench_room(run) / 2)
        largest /= 2;
    base = bench_alloc(run, largest);
    order = bench_alloc(run, largest / stride * sizeof(*order));
    if (!base || !order) {
        bench_skip(run, "not enough memory");
        return;
    }
    if (stride == KERNEL_CACHE_LINE && largest < CACHE_TIMES * llc)
        bench_warn(run, "small_arrays",
                   "%s: the largest working set, %zu MiB, is less than %d times the "
                   "last-level cache (%zu MiB); increase --mem",
                   run->name, largest >> 20, CACHE_TIMES, llc >> 20);
    for (size_t bytes = smallest; bytes < largest; bytes *= step)
        run_row(run, base, bytes, stride, order);
    run_row(run, base, largest, stride, order);
}

void chase_line_run(struct bench_run *run)
{
    chase_run(run, KERNEL_CACHE_LINE);
}

void chase_page_run(struct bench_run *run)
{
    chase_run(run, PAGE);
}
