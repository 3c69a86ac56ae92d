/* SPDX-License-Identifier: MIT */
/* Limits of what a guest may send, and differences of usage. */
#include <stdio.h>
#include <string.h>

#include "tests/support/suite.h"
#include "vmm/core/result/result.h"

static struct run_result result;
static uint64_t log_bytes;

static void snapshot(void *ctx, struct usage *usage)
{
    (void)ctx;
    memset(usage, 0, sizeof(*usage));
}

static void log_text(void *ctx, const char *text)
{
    (void)ctx;
    log_bytes += strlen(text);
}

static void set_up(void)
{
    struct result_source source = {snapshot, NULL, log_text, NULL, NULL, NULL};
    struct err err = {0};

    ck_assert_msg(!result_init(&result, &source, 1, &err), "%s", err.text);
}

static int apply(const struct channel_record *record, struct err *err)
{
    return result_apply(&result, record, NULL, err);
}

static void take(const struct channel_record *record)
{
    struct err err = {0};

    ck_assert_msg(!apply(record, &err), "%s", err.text);
}

static void refuse(const struct channel_record *record, const char *rule)
{
    struct err err = {0};

    ck_assert_int_eq(apply(record, &err), -1);
    ck_assert_msg(strstr(err.text, rule) != NULL, "%s", err.text);
}

static const struct channel_record sample = {.type = CHANNEL_SAMPLES, .samples = {.count = 1}},
                                   end = {.type = CHANNEL_END},
                                   check = {.type = CHANNEL_CHECK,
                                            .check = {.ok = 1, .what = "error"}};

static struct channel_record begin(unsigned i)
{
    struct channel_record record = {.type = CHANNEL_BEGIN,
                                    .begin = {.threads = 1, .unit = "u", .op = "o"}};

    snprintf(record.begin.name, sizeof(record.begin.name), "row%u", i);
    return record;
}

START_TEST(rows_have_a_limit)
{
    struct channel_record record;

    set_up();
    for (unsigned i = 0; i < RESULT_ROWS_MAX; i++) {
        record = begin(i);
        take(&record);
        take(&sample);
        take(&end);
        take(&check);
    }
    record = begin(RESULT_ROWS_MAX);
    refuse(&record, "too many rows");
    ck_assert_uint_eq(result.rows, RESULT_ROWS_MAX);
    ck_assert_str_eq(result.row[RESULT_ROWS_MAX - 1].begin.name, "row1023");
    result_free(&result);
}
END_TEST

START_TEST(samples_have_a_limit)
{
    struct channel_record record = begin(0), samples = {.type = CHANNEL_SAMPLES,
                                                        .samples = {.count = CHANNEL_SAMPLES_MAX}};
    struct err err;

    set_up();
    take(&record);
    while (result.samples + CHANNEL_SAMPLES_MAX <= RESULT_SAMPLES_MAX)
        ck_assert_int_eq(apply(&samples, &err), 0);
    refuse(&samples, "too many samples");
    samples.samples.count = RESULT_SAMPLES_MAX - result.samples;
    if (samples.samples.count)
        take(&samples);
    ck_assert_uint_eq(result.samples, RESULT_SAMPLES_MAX);
    ck_assert_uint_eq(result.row[0].samples, RESULT_SAMPLES_MAX);
    samples.samples.count = 1;
    refuse(&samples, "too many samples");
    result_free(&result);
}
END_TEST

START_TEST(skips_and_warnings_have_a_limit)
{
    const struct channel_record skip = {.type = CHANNEL_SKIP, .skip = {.name = "n", .reason = "r"}},
                                fail = {.type = CHANNEL_FAIL, .skip = {.name = "n", .reason = "r"}},
                                warn = {.type = CHANNEL_WARN, .warn = {.code = "c", .text = "t"}};

    set_up();
    for (unsigned i = 0; i < RESULT_SKIPPED_MAX; i++)
        take(&skip);
    refuse(&skip, "too many skipped");
    for (unsigned i = 0; i < RESULT_FAILED_MAX; i++)
        take(&fail);
    refuse(&fail, "too many failed");
    ck_assert_uint_eq(result.failed, RESULT_FAILED_MAX);
    for (unsigned i = 0; i < RESULT_WARNED_MAX; i++)
        take(&warn);
    refuse(&warn, "too many warnings");
    ck_assert_uint_eq(result.skipped, RESULT_SKIPPED_MAX);
    ck_assert_uint_eq(result.warned, RESULT_WARNED_MAX);
    result_free(&result);
}
END_TEST

START_TEST(text_has_a_limit)
{
    struct channel_record record = {.type = CHANNEL_LOG};
    struct err err;

    set_up();
    memset(record.log.text, 'x', 128);
    while (log_bytes + 128 <= RESULT_LOG_MAX)
        ck_assert_int_eq(apply(&record, &err), 0);
    ck_assert_uint_eq(log_bytes, RESULT_LOG_MAX);
    record.log.text[1] = '\0';
    refuse(&record, "log too long");
    ck_assert_uint_eq(log_bytes, RESULT_LOG_MAX);
    result_free(&result);
}
END_TEST

START_TEST(result_free_unmaps_all_tables)
{
    set_up();
    result_free(&result);
    ck_assert(!result.row && !result.sample && !result.skip && !result.warn);
    result_free(&result);
}
END_TEST

START_TEST(usage_is_the_difference_of_two_snapshots)
{
    static struct usage before, after;

    before.count[0] = 5;
    after.count[0] = 8;
    before.count[EXITSTAT_SLOTS - 1] = 1;
    after.count[EXITSTAT_SLOTS - 1] = 1;
    after.handler_ns[3] = 70;
    before.handler_ns[3] = 30;
    before.in_run_ns = 100;
    after.in_run_ns = 1100;
    before.time.runqueue_ns = 7;
    before.time.on_cpu_ns = 3;
    after.time.runqueue_ns = 9;
    after.time.on_cpu_ns = 8;
    after.kvm[RESULT_KVM_MAX - 1] = 4;
    usage_subtract(&after, &before);
    ck_assert_uint_eq(after.count[0], 3);
    ck_assert_uint_eq(after.count[EXITSTAT_SLOTS - 1], 0);
    ck_assert_uint_eq(after.handler_ns[3], 40);
    ck_assert_uint_eq(after.in_run_ns, 1000);
    ck_assert_uint_eq(after.time.runqueue_ns, 2);
    ck_assert_uint_eq(after.time.on_cpu_ns, 5);
    ck_assert_uint_eq(after.kvm[RESULT_KVM_MAX - 1], 4);
}
END_TEST

/*
 * The time of a thread that has ended reads as 0, and a time that is being updated may be counted
 * twice: durations must not become negative.
 */
START_TEST(no_duration_is_negative)
{
    static struct usage before = {.in_run_ns = 10, .time = {.on_cpu_ns = 15, .runqueue_ns = 20}},
                        after;

    before.handler_ns[2] = 30;
    before.kvm[1] = 40;
    usage_subtract(&after, &before);
    ck_assert_uint_eq(after.in_run_ns, 0);
    ck_assert_uint_eq(after.time.runqueue_ns, 0);
    ck_assert_uint_eq(after.time.on_cpu_ns, 0);
    ck_assert_uint_eq(after.handler_ns[2], 0);
    ck_assert_uint_eq(after.kvm[1], 0);
}
END_TEST

START_TEST(an_unknown_time_makes_the_difference_unknown)
{
    static struct usage before = {.time = {.on_cpu_ns = CPUS_UNKNOWN, .runqueue_ns = 20}},
                        after = {.time = {.on_cpu_ns = 15, .runqueue_ns = CPUS_UNKNOWN}};

    before.kvm_partial = true;
    usage_subtract(&after, &before);
    ck_assert_uint_eq(after.time.on_cpu_ns, CPUS_UNKNOWN);
    ck_assert_uint_eq(after.time.runqueue_ns, CPUS_UNKNOWN);
    ck_assert(after.kvm_partial);
}
END_TEST

SUITE_MAIN("limits", rows_have_a_limit, samples_have_a_limit, skips_and_warnings_have_a_limit,
           text_has_a_limit, result_free_unmaps_all_tables,
           usage_is_the_difference_of_two_snapshots, no_duration_is_negative,
           an_unknown_time_makes_the_difference_unknown)
