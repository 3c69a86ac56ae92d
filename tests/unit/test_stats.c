/* SPDX-License-Identifier: MIT */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "tests/support/suite.h"
#include "vmm/core/base/stats.h"

#define COUNT_MAX 60

START_TEST(sorting_ascends)
{
    double values[] = {3, -1, 2.5, -1, 1e300, 0, -1e300};
    const double sorted[] = {-1e300, -1, -1, 0, 2.5, 3, 1e300};

    stats_sort(values, 7);
    for (unsigned i = 0; i < 7; i++)
        ck_assert_double_eq(values[i], sorted[i]);
}
END_TEST

START_TEST(the_median_is_the_middle_value)
{
    const double values[] = {1, 2, 4, 8, 16};

    ck_assert_double_eq(stats_median(values, 1), 1);
    ck_assert_double_eq(stats_median(values, 2), 1.5);
    ck_assert_double_eq(stats_median(values, 3), 2);
    ck_assert_double_eq(stats_median(values, 4), 3);
    ck_assert_double_eq(stats_median(values, 5), 4);
}
END_TEST

START_TEST(the_median_of_finite_values_is_finite)
{
    const double large[] = {DBL_MAX, DBL_MAX}, apart[] = {-DBL_MAX, DBL_MAX};

    ck_assert_double_eq(stats_median(large, 2), DBL_MAX);
    ck_assert_double_eq(stats_median(apart, 2), 0);
}
END_TEST

/* P(Binomial(n, 1/2) <= k) in integers: precise enough for n <= COUNT_MAX. */
static double tail(unsigned n, unsigned k)
{
    uint64_t choose = 1, sum = 0;

    for (unsigned i = 0; i <= k; i++) {
        sum += choose;
        choose = (uint64_t)((unsigned __int128)choose * (n - i) / (i + 1));
    }
    return ldexp((double)sum, -(int)n);
}

START_TEST(the_interval_is_the_narrowest_that_holds_95_percent)
{
    double values[COUNT_MAX];

    for (unsigned i = 0; i < COUNT_MAX; i++)
        values[i] = i;
    for (unsigned n = 6; n <= COUNT_MAX; n++) {
        double confidence;
        struct stats_interval interval = stats_median_ci95(values, n, &confidence);
        unsigned k = (unsigned)interval.low;

        ck_assert_double_eq(interval.low + interval.high, n - 1);
        ck_assert_double_eq_tol(confidence, 1 - 2 * tail(n, k), 1e-9);
        ck_assert_msg(confidence >= 0.95, "%u: %g", n, confidence);
        ck_assert_msg(1 - 2 * tail(n, k + 1) < 0.95, "%u: rank %u would do as well", n, k + 1);
    }
}
END_TEST

START_TEST(the_interval_agrees_with_published_tables)
{
    /* Ranks start at 1, as in tables of the sign test. */
    static const struct {
        size_t count;
        double low, high;
    } table[] = {{6, 1, 6},   {8, 1, 8},   {9, 2, 8},    {10, 2, 9},  {15, 4, 12},
                 {20, 6, 15}, {25, 8, 18}, {50, 18, 33}, {60, 22, 39}};
    double values[COUNT_MAX];

    for (unsigned i = 0; i < COUNT_MAX; i++)
        values[i] = i + 1;
    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct stats_interval interval = stats_median_ci95(values, table[i].count, NULL);

        ck_assert_double_eq(interval.low, table[i].low);
        ck_assert_double_eq(interval.high, table[i].high);
    }
}
END_TEST

START_TEST(few_values_give_the_whole_range)
{
    const double values[] = {1, 2, 3, 4, 5};
    static const double worth[] = {0, 0, 0.5, 0.75, 0.875, 0.9375};

    for (size_t n = 1; n <= 5; n++) {
        double confidence;
        struct stats_interval interval = stats_median_ci95(values, n, &confidence);

        ck_assert_double_eq(interval.low, 1);
        ck_assert_double_eq(interval.high, (double)n);
        ck_assert_double_eq_tol(confidence, worth[n], 1e-9);
    }
}
END_TEST

START_TEST(many_values_do_not_underflow)
{
    const size_t n = 1 << 20;
    double *values = malloc(n * sizeof(*values)), confidence;
    struct stats_interval interval;

    ck_assert(values != NULL);
    for (size_t i = 0; i < n; i++)
        values[i] = (double)i;
    interval = stats_median_ci95(values, n, &confidence);
    /* The normal approximation: 0.98 sqrt(n) to each side. */
    ck_assert_double_eq_tol(interval.low, (double)n / 2 - 0.98 * 1024, 3);
    ck_assert_double_eq(interval.low + interval.high, (double)n - 1);
    ck_assert_double_ge(confidence, 0.95);
    free(values);
}
END_TEST

START_TEST(bootstrap_agrees_with_order_statistics)
{
    enum { COUNT = 101 };
    double values[COUNT], *scratch = malloc((COUNT + STATS_RESAMPLES) * sizeof(*scratch));
    struct stats_interval exact, resampled, again;

    ck_assert(scratch != NULL);
    for (unsigned i = 0; i < COUNT; i++)
        values[i] = i;
    exact = stats_median_ci95(values, COUNT, NULL);
    resampled = stats_bootstrap_ci95(values, COUNT, 1, scratch);
    /* The two methods agree to a rank or two. */
    ck_assert_double_eq_tol(resampled.low, exact.low, 2);
    ck_assert_double_eq_tol(resampled.high, exact.high, 2);
    again = stats_bootstrap_ci95(values, COUNT, 1, scratch);
    ck_assert(again.low == resampled.low && again.high == resampled.high);
    for (unsigned i = 0; i < COUNT; i++)
        ck_assert_double_eq(values[i], i);
    again = stats_bootstrap_ci95(values + 7, 1, 1, scratch);
    ck_assert(again.low == 7 && again.high == 7);
    free(scratch);
}
END_TEST

/* The resamples of two values have medians 1, 2 and, twice as often, 1.5. */
START_TEST(bootstrap_handles_even_counts)
{
    const double pair[] = {2, 1}, same[] = {3, 3, 3, 3};
    double *scratch = malloc((4 + STATS_RESAMPLES) * sizeof(*scratch));
    unsigned seen[3] = {0};
    struct stats_interval interval;

    ck_assert(scratch != NULL);
    stats_bootstrap_ci95(pair, 2, 5, scratch);
    for (unsigned i = 0; i < STATS_RESAMPLES; i++)
        for (unsigned k = 0; k < 3; k++)
            seen[k] += scratch[2 + i] == 1 + k / 2.0;
    ck_assert_uint_eq(seen[0] + seen[1] + seen[2], STATS_RESAMPLES);
    for (unsigned k = 0; k < 3; k++)
        ck_assert_double_eq_tol(seen[k], STATS_RESAMPLES / (k == 1 ? 2 : 4), 300);
    interval = stats_bootstrap_ci95(same, 4, 5, scratch);
    ck_assert(interval.low == 3 && interval.high == 3);
    free(scratch);
}
END_TEST

/* median(b) / median(a), resampled independently: the lengths may differ. */
START_TEST(the_ratio_of_two_medians_has_an_interval)
{
    enum { A = 41, B = 101 };
    double a[A], b[B], *scratch = malloc((B + STATS_RESAMPLES) * sizeof(*scratch));
    const double one = 2, other = 5;
    struct stats_interval of_b, ratio, again;

    ck_assert(scratch != NULL);
    for (unsigned i = 0; i < A; i++)
        a[i] = 10;
    for (unsigned i = 0; i < B; i++)
        b[i] = 100 + i;
    /* If a is constant, the interval is that of b, scaled. */
    of_b = stats_median_ci95(b, B, NULL);
    ratio = stats_bootstrap_ratio_ci95(a, A, b, B, 1, scratch);
    ck_assert_double_eq_tol(ratio.low, of_b.low / 10, 0.2);
    ck_assert_double_eq_tol(ratio.high, of_b.high / 10, 0.2);
    again = stats_bootstrap_ratio_ci95(a, A, b, B, 1, scratch);
    ck_assert(again.low == ratio.low && again.high == ratio.high);
    /* The inverse ratio has the inverse interval. */
    again = stats_bootstrap_ratio_ci95(b, B, a, A, 1, scratch);
    ck_assert_double_eq_tol(again.low, 1 / ratio.high, 0.002);
    ck_assert_double_eq_tol(again.high, 1 / ratio.low, 0.002);
    /* If both vary, the interval is wider. */
    for (unsigned i = 0; i < A; i++)
        a[i] = 8 + i / 10.0;
    again = stats_bootstrap_ratio_ci95(a, A, b, B, 1, scratch);
    ck_assert(again.low < ratio.low && again.high > ratio.high);
    again = stats_bootstrap_ratio_ci95(&one, 1, &other, 1, 1, scratch);
    ck_assert(again.low == 2.5 && again.high == 2.5);
    free(scratch);
}
END_TEST

START_TEST(random_numbers_are_splitmix64s)
{
    /* From the reference implementation, seeded with 1234567. */
    static const uint64_t expected[] = {6457827717110365317u, 3203168211198807973u,
                                        9817491932198370423u, 4593380528125082431u,
                                        16408922859458223821u};
    uint64_t state = 1234567;

    for (unsigned i = 0; i < 5; i++)
        ck_assert_uint_eq(stats_random(&state), expected[i]);
}
END_TEST

SUITE_MAIN("stats", sorting_ascends, the_median_is_the_middle_value,
           the_median_of_finite_values_is_finite,
           the_interval_is_the_narrowest_that_holds_95_percent,
           the_interval_agrees_with_published_tables, few_values_give_the_whole_range,
           many_values_do_not_underflow, bootstrap_agrees_with_order_statistics,
           bootstrap_handles_even_counts, the_ratio_of_two_medians_has_an_interval,
           random_numbers_are_splitmix64s)
