/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <string.h>

#include "tests/support/suite.h"
#include "vmm/core/result/exitstat.h"

static struct exitstat *alloc(void)
{
    struct exitstat *stat = exitstat_alloc();

    ck_assert(stat != NULL);
    return stat;
}

START_TEST(counters_start_at_zero)
{
    static const struct exitstat zero;
    struct exitstat *stat = alloc();

    ck_assert(!memcmp(stat, &zero, sizeof(zero)));
    exitstat_free(stat);
    exitstat_free(NULL);
}
END_TEST

START_TEST(an_exit_counts_in_its_slot)
{
    struct exitstat *stat = alloc();
    const struct exit_counter *counter = &stat->slot[EXIT_MMIO_WRITE];

    exitstat_add(stat, EXIT_MMIO_WRITE, 100);
    ck_assert_uint_eq(counter->count, 1);
    ck_assert_uint_eq(counter->min_ns, 100);
    ck_assert_uint_eq(counter->max_ns, 100);
    exitstat_add(stat, EXIT_MMIO_WRITE, 30);
    exitstat_add(stat, EXIT_MMIO_WRITE, 5000);
    ck_assert_uint_eq(counter->count, 3);
    ck_assert_uint_eq(counter->sum_ns, 5130);
    ck_assert_uint_eq(counter->min_ns, 30);
    ck_assert_uint_eq(counter->max_ns, 5000);
    ck_assert_uint_eq(hist_percentile(&counter->hist, 1), 30);
    ck_assert_uint_eq(counter->hist.count[hist_bucket(100)], 1);
    for (unsigned slot = 0; slot < EXITSTAT_SLOTS; slot++)
        ck_assert_uint_eq(stat->slot[slot].count, slot == EXIT_MMIO_WRITE ? 3 : 0);
    exitstat_free(stat);
}
END_TEST

START_TEST(a_zero_time_is_the_minimum)
{
    struct exitstat *stat = alloc();

    exitstat_add(stat, EXIT_OTHER, 7);
    exitstat_add(stat, EXIT_OTHER, 0);
    exitstat_add(stat, EXIT_OTHER, 3);
    ck_assert_uint_eq(stat->slot[EXIT_OTHER].min_ns, 0);
    ck_assert_uint_eq(stat->slot[EXIT_OTHER].count, 3);
    exitstat_free(stat);
}
END_TEST

START_TEST(a_percentile_is_between_min_and_max)
{
    struct exitstat *stat = alloc();
    const struct exit_counter *counter = &stat->slot[EXIT_EOI];

    ck_assert_uint_eq(exitstat_percentile(counter, 50), 0);
    exitstat_add(stat, EXIT_EOI, 1000);
    ck_assert_uint_eq(exitstat_percentile(counter, 50), 1000);
    ck_assert_uint_eq(exitstat_percentile(counter, 99), 1000);
    exitstat_add(stat, EXIT_EOI, 1023);
    exitstat_add(stat, EXIT_EOI, 1);
    ck_assert_uint_eq(exitstat_percentile(counter, 10), 1);
    ck_assert_uint_le(exitstat_percentile(counter, 99), 1023);
    exitstat_free(stat);
}
END_TEST

START_TEST(devices_have_separate_slots)
{
    struct exitstat *stat = alloc();

    ck_assert_uint_eq(exitstat_device(0), EXIT_REASONS);
    ck_assert_uint_lt(exitstat_device(EXITSTAT_DEVICES_MAX - 1), EXITSTAT_SLOTS);
    exitstat_add(stat, exitstat_device(EXITSTAT_DEVICES_MAX - 1), 9);
    ck_assert_uint_eq(stat->slot[EXITSTAT_SLOTS - 1].sum_ns, 9);
    exitstat_free(stat);
}
END_TEST

START_TEST(an_activity_has_a_start)
{
    struct exitstat *stat = alloc();

    exitstat_begin(stat, EXITSTAT_IN_RUN, 1234);
    ck_assert_uint_eq(stat->current_slot, EXITSTAT_IN_RUN);
    ck_assert_uint_eq(stat->since, 1234);
    exitstat_begin(stat, EXIT_PIO_IN, 1300);
    ck_assert_uint_eq(stat->current_slot, EXIT_PIO_IN);
    ck_assert_uint_eq(stat->since, 1300);
    ck_assert(EXITSTAT_IN_RUN >= EXITSTAT_SLOTS && EXITSTAT_STOPPED >= EXITSTAT_SLOTS);
    exitstat_free(stat);
}
END_TEST

START_TEST(every_reason_has_a_name_and_a_line_of_help)
{
    for (unsigned i = 0; i < EXIT_REASONS; i++) {
        ck_assert(exit_reason_info[i].name && *exit_reason_info[i].name);
        ck_assert(exit_reason_info[i].help && *exit_reason_info[i].help);
        for (unsigned j = 0; j < i; j++)
            ck_assert_str_ne(exit_reason_info[i].name, exit_reason_info[j].name);
    }
}
END_TEST

#define WRITES 200000u

/* All 64 bits change at once, so that a torn value would be detected. */
#define STEP 0x100000001ull

struct shared {
    struct exitstat *stat;
    bool done;
};

static void *write_counters(void *arg)
{
    struct shared *shared = arg;

    for (unsigned i = 0; i < WRITES; i++) {
        exitstat_begin(shared->stat, EXIT_PIO_OUT, STEP * i);
        exitstat_add(shared->stat, EXIT_PIO_OUT, STEP);
    }
    __atomic_store_n(&shared->done, true, __ATOMIC_RELEASE);
    return NULL;
}

static uint64_t load(const uint64_t *value)
{
    return __atomic_load_n(value, __ATOMIC_RELAXED);
}

START_TEST(a_reader_sees_untorn_increasing_values)
{
    struct shared shared = {.stat = alloc()};
    const struct exit_counter *counter = &shared.stat->slot[EXIT_PIO_OUT];
    uint64_t last_count = 0, last_sum = 0, last_since = 0;
    pthread_t writer;
    bool done;

    ck_assert_int_eq(pthread_create(&writer, NULL, write_counters, &shared), 0);
    do {
        uint64_t count, sum, since;
        struct hist seen = {0};

        done = __atomic_load_n(&shared.done, __ATOMIC_ACQUIRE);
        count = load(&counter->count);
        sum = load(&counter->sum_ns);
        since = load(&shared.stat->since);
        hist_merge(&seen, &counter->hist);
        ck_assert(count >= last_count && sum >= last_sum && since >= last_since);
        ck_assert_uint_eq(sum % STEP, 0);
        ck_assert_uint_eq(since % STEP, 0);
        /* The count is written first. */
        ck_assert_uint_ge(seen.count[hist_bucket(STEP)] + 1, last_count);
        last_count = count;
        last_sum = sum;
        last_since = since;
    } while (!done);
    pthread_join(writer, NULL);
    ck_assert_uint_eq(counter->count, WRITES);
    ck_assert_uint_eq(counter->sum_ns, STEP * WRITES);
    exitstat_free(shared.stat);
}
END_TEST

SUITE_MAIN("exitstat", counters_start_at_zero, an_exit_counts_in_its_slot,
           a_zero_time_is_the_minimum, a_percentile_is_between_min_and_max,
           devices_have_separate_slots, an_activity_has_a_start,
           every_reason_has_a_name_and_a_line_of_help, a_reader_sees_untorn_increasing_values)
