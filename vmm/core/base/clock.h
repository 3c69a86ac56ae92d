/* SPDX-License-Identifier: MIT */
/*
 * Time. Durations are measured in ticks of the TSC and converted with a rate that the host gives;
 * the rate is held against CLOCK_MONOTONIC_RAW, and the drift is reported. Ticks are not cycles.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* A conversion of ticks to ns as one multiplication: ns = ticks * mult >> 32. */
struct clock_rate {
    uint64_t hz;
    uint64_t mult;
};

/* One moment, by the TSC and by two clocks of the kernel. */
struct clock_point {
    uint64_t ticks;
    uint64_t raw_ns;  /* CLOCK_MONOTONIC_RAW */
    uint64_t mono_ns; /* CLOCK_MONOTONIC: what other processes' times are given in */
};

/* clock_ticks(): the TSC now. */
static inline uint64_t clock_ticks(void)
{
    return __builtin_ia32_rdtsc();
}

/* clock_ns(): a duration in ns; less than 1 ns and 2^-32 ns per tick too short (0.7 ns in 1 s). */
static inline uint64_t clock_ns(const struct clock_rate *rate, uint64_t ticks)
{
    return (uint64_t)((unsigned __int128)ticks * rate->mult >> 32);
}

/* clock_rate_of(): the conversion for a TSC of `hz` ticks a second, which must not be 0. */
struct clock_rate clock_rate_of(uint64_t hz);

/* clock_now(): a point in time; the three clocks are read within well under a microsecond. */
struct clock_point clock_now(void);

/* clock_mono_ns(): CLOCK_MONOTONIC in ns. */
uint64_t clock_mono_ns(void);

/*
 * clock_measure_hz(): the TSC's rate between two points, which must not be the same. An interval
 * of 20 ms gives it to a few parts per million.
 */
uint64_t clock_measure_hz(const struct clock_point *from, const struct clock_point *to);

#endif
