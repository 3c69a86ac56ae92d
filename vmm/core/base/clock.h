/* SPDX-License-Identifier: MIT */
/*
 * Time. Durations are measured in TSC ticks and converted to ns with the TSC frequency that the
 * host reports. The frequency is compared with CLOCK_MONOTONIC_RAW, and the drift is reported. TSC
 * ticks are not core cycles.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Conversion of ticks to ns: ns = ticks * mult >> 32. */
struct clock_rate {
    uint64_t hz;
    uint64_t mult;
};

/* A point in time on the TSC and on two kernel clocks. */
struct clock_point {
    uint64_t ticks;
    uint64_t raw_ns;  /* CLOCK_MONOTONIC_RAW */
    uint64_t mono_ns; /* CLOCK_MONOTONIC, in which other processes report times */
};

/* clock_ticks(): read the TSC. */
static inline uint64_t clock_ticks(void)
{
    return __builtin_ia32_rdtsc();
}

/* clock_ns(): ticks in ns, rounded down; the error is below 1 ns + 2^-32 ns per tick. */
static inline uint64_t clock_ns(const struct clock_rate *rate, uint64_t ticks)
{
    return (uint64_t)((unsigned __int128)ticks * rate->mult >> 32);
}

/* clock_rate_of(): the conversion for a TSC frequency of `hz` > 0. */
struct clock_rate clock_rate_of(uint64_t hz);

/* clock_now(): read all three clocks, well under 1 us apart. */
struct clock_point clock_now(void);

/* clock_mono_ns(): read CLOCK_MONOTONIC, in ns. */
uint64_t clock_mono_ns(void);

/*
 * clock_measure_hz(): the TSC frequency between two distinct points. Over 20 ms, the error is a few
 * parts per million.
 */
uint64_t clock_measure_hz(const struct clock_point *from, const struct clock_point *to);

#endif
