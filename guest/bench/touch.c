/* SPDX-License-Identifier: MIT */
/* First touch of memory that was given back to the host just before. */
#include <errno.h>

#include "guest/bench/table.h"
#include "guest/kernels/touch.h"

/* In a VM, a first touch is an exit if the hardware translates, and perhaps several if KVM does. */
static void send_cost(const struct bench_run *run)
{
    struct channel_record record = {
        .type = CHANNEL_COST,
        .cost = {.answer = CHANNEL_BY_MACHINE, .ring = 3, .exit = "page_fault"},
    };

    if (run->env->exits)
        run->env->send(&record, 1);
}

static void touch_run(struct bench_run *run, size_t stride, size_t bytes)
{
    unsigned samples = run->env->quick ? 3 : 10;
    uint64_t touches, start;
    struct row row = {"", 1, "ns", "touch", CHANNEL_LOWER};
    uint8_t *base;
    double missed = 0;
    int error;

    while (bytes > bench_room(run))
        bytes /= 2;
    base = bytes < stride ? NULL : bench_alloc(run, bytes);
    if (!base) {
        bench_skip(run, "not enough memory");
        return;
    }
    error = run->env->discard(base, bytes);
    if (error) {
        bench_skip(run, "%s",
                   error == EOPNOTSUPP ? "pages of hugetlbfs (--hugepages) are not given back to "
                                         "the host"
                                       : "the host does not take memory back");
        return;
    }
    touches = bytes / stride;
    row_begin(run, &row);
    start = ticks();
    for (unsigned i = 0; i < samples; i++) {
        uint64_t began = ticks(), took;

        touch_pages(base, bytes, stride);
        took = ticks() - began;
        row_sample(run, bench_seconds(run, took) * 1e9 / (double)touches);
        /* In the window, but in no sample. */
        missed += (double)(touches - touch_count(base, bytes, stride));
        run->env->discard(base, bytes);
    }
    row_end(run, touches * samples, ticks() - start);
    send_cost(run);
    row_check(run, "missed_touches", missed, 0);
}

void touch_4k_run(struct bench_run *run)
{
    touch_run(run, (size_t)4 << 10, (size_t)32 << 20);
}

void touch_2m_run(struct bench_run *run)
{
    touch_run(run, (size_t)2 << 20, (size_t)256 << 20);
}
