/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "minivmm/hist.h"
#include "tests/support/suite.h"

/* Numbers that are all over the place, the same each time. */
static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 20;
}

START_TEST(small_values_are_exact)
{
    for (uint64_t value = 0; value < 2 * HIST_SUB; value++) {
        struct hist hist = {0};

        hist_add(&hist, value);
        ck_assert_uint_eq(hist_percentile(&hist, 50), value);
    }
}
END_TEST

START_TEST(every_value_has_a_bucket_in_order)
{
    unsigned last = 0;

    for (unsigned bit = 0; bit < HIST_MAX_BITS; bit++) {
        for (uint64_t part = 0; part < 64; part++) {
            uint64_t value = (1ull << bit) + ((1ull << bit) * part >> 6);
            unsigned bucket = hist_bucket(value);

            ck_assert_uint_lt(bucket, HIST_BUCKETS);
            ck_assert_uint_ge(bucket, last);
            ck_assert_uint_le(bucket, last + 1);
            last = bucket;
        }
    }
    ck_assert_uint_eq(last, HIST_BUCKETS - 1);
}
END_TEST

START_TEST(long_durations_share_the_last_bucket)
{
    ck_assert_uint_eq(hist_bucket((1ull << HIST_MAX_BITS) - 1), HIST_BUCKETS - 1);
    ck_assert_uint_eq(hist_bucket(1ull << HIST_MAX_BITS), HIST_BUCKETS - 1);
    ck_assert_uint_eq(hist_bucket(UINT64_MAX), HIST_BUCKETS - 1);
}
END_TEST

START_TEST(a_percentile_is_right_to_a_sixteenth)
{
    uint64_t state = 1;

    for (unsigned i = 0; i < 20000; i++) {
        uint64_t value = next_random(&state) >> (i % 40) & ((1ull << HIST_MAX_BITS) - 1), found;
        struct hist hist;

        memset(&hist, 0, sizeof(hist));
        hist_add(&hist, value);
        found = hist_percentile(&hist, 100);
        ck_assert_uint_le(found > value ? found - value : value - found, value / HIST_SUB);
    }
}
END_TEST

START_TEST(percentiles_count_values)
{
    struct hist hist = {0};

    ck_assert_uint_eq(hist_percentile(&hist, 50), 0);
    for (unsigned value = 1; value <= 10; value++)
        hist_add(&hist, value);
    ck_assert_uint_eq(hist_percentile(&hist, 0), 1);
    ck_assert_uint_eq(hist_percentile(&hist, 10), 1);
    ck_assert_uint_eq(hist_percentile(&hist, 11), 2);
    ck_assert_uint_eq(hist_percentile(&hist, 50), 5);
    ck_assert_uint_eq(hist_percentile(&hist, 90), 9);
    ck_assert_uint_eq(hist_percentile(&hist, 99), 10);
    ck_assert_uint_eq(hist_percentile(&hist, 100), 10);
}
END_TEST

START_TEST(a_rare_long_value_shows_only_at_the_end)
{
    struct hist hist = {0};

    for (unsigned i = 0; i < 999; i++)
        hist_add(&hist, 20);
    hist_add(&hist, 1000000);
    ck_assert_uint_eq(hist_percentile(&hist, 50), 20);
    ck_assert_uint_eq(hist_percentile(&hist, 99.9), 20);
    ck_assert_uint_eq(hist_bucket(hist_percentile(&hist, 100)), hist_bucket(1000000));
}
END_TEST

START_TEST(merging_adds)
{
    struct hist a = {0}, b = {0};

    for (unsigned i = 0; i < 3; i++)
        hist_add(&a, 5);
    hist_add(&b, 5);
    hist_add(&b, 7);
    hist_add(&b, UINT64_MAX);
    hist_merge(&a, &b);
    ck_assert_uint_eq(a.count[5], 4);
    ck_assert_uint_eq(a.count[7], 1);
    ck_assert_uint_eq(a.count[HIST_BUCKETS - 1], 1);
    ck_assert_uint_eq(b.count[5], 1);
}
END_TEST

SUITE_MAIN("hist", small_values_are_exact, every_value_has_a_bucket_in_order,
           long_durations_share_the_last_bucket, a_percentile_is_right_to_a_sixteenth,
           percentiles_count_values, a_rare_long_value_shows_only_at_the_end, merging_adds)
