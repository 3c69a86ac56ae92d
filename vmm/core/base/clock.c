/* SPDX-License-Identifier: MIT */
#include <time.h>

#include "vmm/core/base/clock.h"

#define NS_PER_S 1000000000ull

static uint64_t read_clock(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

struct clock_rate clock_rate_of(uint64_t hz)
{
    return (struct clock_rate){.hz = hz, .mult = (NS_PER_S << 32) / hz};
}

uint64_t clock_mono_ns(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

struct clock_point clock_now(void)
{
    struct clock_point best = {0};
    uint64_t best_width = UINT64_MAX;

    /* An interrupt between two reads shows as a wide gap: take the narrowest of a few. */
    for (int i = 0; i < 5; i++) {
        uint64_t before = clock_ticks(), raw = read_clock(CLOCK_MONOTONIC_RAW), after;
        uint64_t mono = read_clock(CLOCK_MONOTONIC);

        after = clock_ticks();
        if (after - before < best_width) {
            best_width = after - before;
            best = (struct clock_point){before + (after - before) / 2, raw, mono};
        }
    }
    return best;
}

uint64_t clock_measure_hz(const struct clock_point *from, const struct clock_point *to)
{
    double ticks = (double)(to->ticks - from->ticks), ns = (double)(to->raw_ns - from->raw_ns);

    return (uint64_t)(ticks / ns * (double)NS_PER_S + 0.5);
}
