/* SPDX-License-Identifier: MIT */
#include "tests/support/suite.h"
#include "vmm/core/base/clock.h"

static const uint64_t rates[] = {1000000000, 1999999999, 2596000000, 3700000001, 5500000000};

START_TEST(a_second_of_ticks_is_a_second)
{
    for (unsigned i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        struct clock_rate rate = clock_rate_of(rates[i]);

        ck_assert_uint_eq(rate.hz, rates[i]);
        ck_assert_uint_eq(clock_ns(&rate, 0), 0);
        ck_assert_uint_le(clock_ns(&rate, rates[i]), 1000000000);
        ck_assert_uint_ge(clock_ns(&rate, rates[i]), 999999997);
    }
}
END_TEST

START_TEST(conversion_error_is_below_2_to_minus_32_ns_per_tick)
{
    for (unsigned i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        struct clock_rate rate = clock_rate_of(rates[i]);

        for (uint64_t ticks = 1; ticks < rates[i] * 86400; ticks = ticks * 3 + 1) {
            uint64_t right = (uint64_t)((unsigned __int128)ticks * 1000000000 / rates[i]);

            ck_assert_uint_le(clock_ns(&rate, ticks), right);
            ck_assert_uint_le(right - clock_ns(&rate, ticks), (ticks >> 32) + 1);
        }
    }
}
END_TEST

START_TEST(a_long_duration_does_not_overflow)
{
    struct clock_rate rate = clock_rate_of(1000000000);

    ck_assert_uint_eq(clock_ns(&rate, UINT64_MAX), UINT64_MAX);
}
END_TEST

START_TEST(the_rate_is_ticks_over_raw_time)
{
    struct clock_point from = {.ticks = 1000, .raw_ns = 5, .mono_ns = 77};
    struct clock_point to = {.ticks = 1000 + 2596000000, .raw_ns = 1000000005, .mono_ns = 78};
    struct clock_point late = {.ticks = 1000 + 2596000000ull * 86400 * 365,
                               .raw_ns = 5 + 1000000000ull * 86400 * 365};

    ck_assert_uint_eq(clock_measure_hz(&from, &to), 2596000000);
    ck_assert_uint_eq(clock_measure_hz(&from, &late), 2596000000);
}
END_TEST

START_TEST(points_increase_on_all_clocks)
{
    struct clock_point last = clock_now();

    for (unsigned i = 0; i < 100; i++) {
        uint64_t before = clock_mono_ns(), after;
        struct clock_point point = clock_now();

        after = clock_mono_ns();
        ck_assert_uint_ge(point.mono_ns, before);
        ck_assert_uint_le(point.mono_ns, after);
        ck_assert_uint_gt(point.ticks, last.ticks);
        ck_assert_uint_ge(point.raw_ns, last.raw_ns);
        last = point;
    }
}
END_TEST

SUITE_MAIN("clock", a_second_of_ticks_is_a_second,
           conversion_error_is_below_2_to_minus_32_ns_per_tick, a_long_duration_does_not_overflow,
           the_rate_is_ticks_over_raw_time, points_increase_on_all_clocks)
