/* SPDX-License-Identifier: MIT */
/* Axes of pictures, and their quantities. */
#include <math.h>

#include "tests/support/suite.h"
#include "tools/virtcost/figures/measure.h"
#include "tools/virtcost/page/axis.h"

static struct axis fit(bool log, double low, double high)
{
    struct axis axis = {.log = log, .from = 0, .to = 100};

    axis_fit(&axis, low, high);
    return axis;
}

static void check_ticks(struct axis axis, unsigned count, const double *expected)
{
    double ticks[AXIS_TICKS_MAX];

    ck_assert_uint_eq(axis_ticks(&axis, ticks), count);
    for (unsigned i = 0; i < count; i++)
        ck_assert_double_eq_tol(ticks[i], expected[i], 1e-9 * fmax(1, fabs(expected[i])));
}

START_TEST(ends_and_ticks_are_round)
{
    check_ticks(fit(false, 0, 1.03), 7, (const double[]){0, 0.2, 0.4, 0.6, 0.8, 1, 1.2});
    check_ticks(fit(false, 0, 29.5), 7, (const double[]){0, 5, 10, 15, 20, 25, 30});
    check_ticks(fit(false, -7, 20), 7, (const double[]){-10, -5, 0, 5, 10, 15, 20});
    check_ticks(fit(true, 0.9, 95), 8, (const double[]){0.5, 1, 2, 5, 10, 20, 50, 100});
    check_ticks(fit(true, 1, 1000000), 7, (const double[]){1, 10, 100, 1e3, 1e4, 1e5, 1e6});
}
END_TEST

START_TEST(values_have_their_positions)
{
    struct axis linear = fit(false, 0, 10), log = fit(true, 1, 100);

    ck_assert_double_eq_tol(axis_at(&linear, 2.5), 25, 1e-9);
    ck_assert_double_eq_tol(axis_at(&log, 10), 50, 1e-9);
    /* A value beyond the end is at the end. */
    ck_assert_double_eq(axis_at(&linear, -1), 0);
    ck_assert_double_eq(axis_at(&linear, 1e20), 100);
    ck_assert_double_eq(axis_at(&log, 0), 0);
    ck_assert_double_eq(axis_at(&log, -5), 0);
}
END_TEST

START_TEST(no_range_is_too_narrow_or_too_wide)
{
    static const double values[] = {-1e21, -1, -1e-21, 0, 1e-21, 1e-9, 0.3, 1, 1e9, 1e21};
    const unsigned count = sizeof(values) / sizeof(values[0]);

    for (unsigned low = 0; low < count; low++)
        for (unsigned high = low; high < count; high++)
            for (int log = 0; log < 2; log++) {
                struct axis axis = fit(log, values[low], values[high]);
                double hair = 1e-5 * fmax(fabs(values[low]), fabs(values[high]));
                double ticks[AXIS_TICKS_MAX], middle = axis_at(&axis, values[high]);
                unsigned ticked = axis_ticks(&axis, ticks);

                ck_assert_msg(axis.low < axis.high && middle >= 0 && middle <= 100,
                              "%g to %g: %g to %g", values[low], values[high], axis.low, axis.high);
                ck_assert_uint_ge(ticked, 1);
                ck_assert_uint_le(ticked, AXIS_TICKS_MAX);
                if (log)
                    continue;
                ck_assert_double_le(axis.low, values[low] + hair);
                ck_assert_double_ge(axis.high, values[high] - hair);
            }
}
END_TEST

START_TEST(a_quantity_has_the_unit_that_suits_it)
{
    static const struct quantity {
        const char *unit;
        double value;
        const char *text;
    } quantities[] = {
        {"ns", 850, "850.0 ns"},
        {"ns", 25100, "25.10 \xc2\xb5s"},
        {"ns", 1.5e6, "1.500 ms"},
        {"ns", -2e9, "-2.000 s"},
        {"s", 0.31, "310.0 ms"},
        {"s", 74, "74.00 s"},
        {"KiB", 128, "128.0 KiB"},
        {"KiB", 3 << 20, "3.000 GiB"},
        {"IOPS", 7417, "7417 IOPS"},
        {"IOPS", 84023, "84.02 k IOPS"},
        {"GUPS", 0.0458, "0.04580 GUPS"},
        {"GFLOP/s", 109.84, "109.8 GFLOP/s"},
        {"GB/s", 0, "0 GB/s"},
        {"", 1e15, "1e+15 "},
        {"unit", 1e-7, "1e-07 unit"},
    };

    for (unsigned i = 0; i < sizeof(quantities) / sizeof(quantities[0]); i++) {
        struct measure measure = measure_of(quantities[i].unit, quantities[i].value);
        char text[MEASURE_TEXT_MAX];

        ck_assert_str_eq(measure_text(text, &measure, quantities[i].value), quantities[i].text);
    }
}
END_TEST

START_TEST(some_units_change_with_the_value)
{
    ck_assert(measure_changes("ns"));
    ck_assert(measure_changes("IOPS"));
    ck_assert(!measure_changes("GFLOP/s"));
    ck_assert(!measure_changes(""));
}
END_TEST

START_TEST(sizes_are_written_as_fio_does)
{
    char text[MEASURE_TEXT_MAX];

    ck_assert_str_eq(measure_size(text, 512), "512");
    ck_assert_str_eq(measure_size(text, 4096), "4K");
    ck_assert_str_eq(measure_size(text, 4097), "4097");
    ck_assert_str_eq(measure_size(text, 1 << 20), "1M");
    ck_assert_str_eq(measure_size(text, 0), "0");
}
END_TEST

SUITE_MAIN("axis", ends_and_ticks_are_round, values_have_their_positions,
           no_range_is_too_narrow_or_too_wide, a_quantity_has_the_unit_that_suits_it,
           some_units_change_with_the_value, sizes_are_written_as_fio_does)
