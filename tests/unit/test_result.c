/* SPDX-License-Identifier: MIT */
/* The channel protocol; see tests/guests/bad_record.c for violations in a VM. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "minivmm/abi.h"
#include "tests/support/suite.h"
#include "vmm/core/base/clock.h"
#include "vmm/core/result/result.h"

#define THREADS 4

static struct run_result result;
static uint64_t moments; /* snapshots taken */
static char logged[1024];
static const uint32_t *kept; /* recorded handler times */
static unsigned kept_count;
static int sender;
static void *const origin = &sender; /* of all records */

/* Each snapshot has one more exit and 10 ns more than the last. */
static void snapshot(void *ctx, struct usage *usage)
{
    ck_assert_ptr_eq(ctx, &moments);
    *usage = (struct usage){.in_run_ns = 10 * ++moments};
    usage->count[EXIT_PIO_IN] = moments;
    usage->kvm[RESULT_KVM_MAX - 1] = 5 * moments;
}

static void log_text(void *ctx, const char *text)
{
    ck_assert_ptr_eq(ctx, logged);
    strcat(logged, text);
}

static unsigned handlers(const void *from, const uint32_t **ns)
{
    ck_assert_ptr_eq(from, origin);
    *ns = kept;
    return kept_count;
}

static char windows[256]; /* log of window callbacks */

static void window(void *ctx, void *from, const struct result_row *row, uint32_t number, bool open)
{
    char text[64];

    ck_assert_ptr_eq(ctx, &moments);
    ck_assert_ptr_eq(from, origin);
    ck_assert_int_eq(row->ended, 0);
    snprintf(text, sizeof(text), "%s %u %s;", row->begin.name, number, open ? "open" : "closed");
    if (strlen(windows) + strlen(text) < sizeof(windows))
        strcat(windows, text);
}

static void set_up(void)
{
    struct result_source source = {snapshot, &moments, log_text, logged, handlers, window};
    struct err err = {0};

    ck_assert_msg(!result_init(&result, &source, THREADS, &err), "%s", err.text);
}

static struct channel_record begin(const char *name, const char *params)
{
    struct channel_record record = {
        .type = CHANNEL_BEGIN,
        .begin = {.bench = 2, .threads = 1, .unit = "GB/s", .op = "pass"},
    };

    strcpy(record.begin.name, name);
    strcpy(record.begin.params, params);
    return record;
}

static struct channel_record plain(enum channel_type type)
{
    struct channel_record record = {.type = type};

    switch (type) {
    case CHANNEL_BEGIN:
        return begin("row", "");
    case CHANNEL_SAMPLES:
        record.samples = (struct channel_samples){.count = 2, .value = {1.5, 2.5}};
        break;
    case CHANNEL_END:
        record.end = (struct channel_end){.ops = 100, .window_ticks = 7000};
        break;
    case CHANNEL_COST:
        record.cost = (struct channel_cost){.answer = CHANNEL_BY_KVM, .ring = 3, .exit = "cpuid"};
        break;
    case CHANNEL_TIMES:
        record.times = (struct channel_times){.count = 2, .total = 4, .ticks = {100, 200}};
        break;
    case CHANNEL_CHECK:
        record.check = (struct channel_check){.ok = 1, .what = "error", .value = 0.5, .limit = 1};
        break;
    case CHANNEL_SKIP:
    case CHANNEL_FAIL:
        record.skip = (struct channel_skip){.name = "skipped", .reason = "no memory"};
        break;
    case CHANNEL_WARN:
        record.warn = (struct channel_warn){.code = "code", .text = "some text"};
        break;
    case CHANNEL_LOG:
        strcpy(record.log.text, "tab\tand line\n");
        break;
    default:
        break;
    }
    return record;
}

static void take(struct channel_record record)
{
    struct err err = {0};

    ck_assert_msg(!result_apply(&result, &record, origin, &err), "%s", err.text);
}

static void refuse(struct channel_record record, const char *rule)
{
    uint32_t rows = result.rows, samples = result.samples, skipped = result.skipped;
    uint32_t failed = result.failed, warned = result.warned, state = result.state,
             times = result.times;
    uint64_t log_bytes = result.log_bytes;
    struct err err = {0};

    ck_assert_msg(result_apply(&result, &record, origin, &err) == -1, "taken, though: %s", rule);
    ck_assert_int_eq(err.code, ERR_FAILED);
    ck_assert_msg(strstr(err.text, rule) != NULL, "%s", err.text);
    /* The result is unchanged. */
    ck_assert(rows == result.rows && samples == result.samples && skipped == result.skipped &&
              failed == result.failed && warned == result.warned && state == result.state &&
              times == result.times && log_bytes == result.log_bytes);
}

static void take_row(const char *name, const char *params)
{
    take(begin(name, params));
    take(plain(CHANNEL_SAMPLES));
    take(plain(CHANNEL_END));
    take(plain(CHANNEL_CHECK));
}

START_TEST(a_row_keeps_its_records)
{
    const struct result_row *row;

    set_up();
    take((struct channel_record){.type = CHANNEL_PLAN, .plan = {3}});
    take_row("stream.copy", "store=nt");
    ck_assert_uint_eq(result.planned, 3);
    ck_assert_uint_eq(result.current, 2);
    ck_assert_uint_eq(result.rows, 1);
    row = &result.row[0];
    ck_assert_str_eq(row->begin.name, "stream.copy");
    ck_assert_str_eq(row->begin.params, "store=nt");
    ck_assert_uint_eq(row->samples, 2);
    ck_assert_double_eq(result.sample[row->first_sample + 1], 2.5);
    ck_assert(row->ended);
    ck_assert_uint_eq(row->ops, 100);
    ck_assert_uint_eq(row->window_ticks, 7000);
    ck_assert_int_eq(row->check, RESULT_OK);
    ck_assert_double_eq(row->checked.value, 0.5);
    result_free(&result);
}
END_TEST

START_TEST(usage_is_counted_within_the_window)
{
    set_up();
    take_row("a", "");
    take_row("b", "");
    ck_assert_uint_eq(moments, 4);
    for (unsigned i = 0; i < 2; i++) {
        ck_assert_uint_eq(result.row[i].usage.count[EXIT_PIO_IN], 1);
        ck_assert_uint_eq(result.row[i].usage.in_run_ns, 10);
        ck_assert_uint_eq(result.row[i].usage.kvm[RESULT_KVM_MAX - 1], 5);
        ck_assert_uint_eq(result.row[i].usage.count[EXIT_PIO_OUT], 0);
    }
    result_free(&result);
}
END_TEST

START_TEST(samples_may_come_in_parts_before_and_after_the_end)
{
    set_up();
    take_row("a", "");
    take(begin("b", ""));
    take(plain(CHANNEL_SAMPLES));
    take(plain(CHANNEL_SAMPLES));
    take(plain(CHANNEL_END));
    take(plain(CHANNEL_SAMPLES));
    take(plain(CHANNEL_CHECK));
    ck_assert_uint_eq(result.row[1].first_sample, 2);
    ck_assert_uint_eq(result.row[1].samples, 6);
    ck_assert_uint_eq(result.samples, 8);
    result_free(&result);
}
END_TEST

/* The callback is called for each window, and each row has its window on the host's clock. */
START_TEST(windows_are_reported)
{
    uint64_t began = clock_mono_ns();

    set_up();
    windows[0] = '\0';
    take_row("a", "");
    take(begin("b", ""));
    ck_assert_str_eq(windows, "a 0 open;a 0 closed;b 1 open;");
    ck_assert_uint_ge(result.row[0].began_ns, began);
    ck_assert_uint_ge(result.row[0].ended_ns, result.row[0].began_ns);
    ck_assert_uint_ge(result.row[1].began_ns, result.row[0].ended_ns);
    ck_assert_uint_eq(result.row[1].ended_ns, 0);
    result_free(&result);
}
END_TEST

/* The state machine: the records that each state accepts. */
START_TEST(every_state_takes_its_records_only)
{
    static const struct {
        unsigned lead; /* records of a row to apply first */
        bool taken[CHANNEL_TYPE_COUNT];
    } state[] = {
        {0, {[CHANNEL_PLAN] = 1, [CHANNEL_BEGIN] = 1, [CHANNEL_SKIP] = 1}},
        {1, {[CHANNEL_SAMPLES] = 1, [CHANNEL_END] = 1}},
        {2, {[CHANNEL_SAMPLES] = 1, [CHANNEL_END] = 1}},
        {3, {[CHANNEL_SAMPLES] = 1, [CHANNEL_CHECK] = 1}},
    };
    static const enum channel_type row[] = {CHANNEL_BEGIN, CHANNEL_SAMPLES, CHANNEL_END};

    for (unsigned i = 0; i < sizeof(state) / sizeof(state[0]); i++) {
        for (enum channel_type type = CHANNEL_PLAN; type < CHANNEL_WARN; type++) {
            set_up();
            for (unsigned lead = 0; lead < state[i].lead; lead++)
                take(plain(row[lead]));
            if (state[i].taken[type])
                take(plain(type));
            else
                refuse(plain(type), "");
            if (state[i].taken[CHANNEL_SKIP] && type == CHANNEL_SKIP)
                take(plain(CHANNEL_FAIL));
            if (!state[i].taken[CHANNEL_SKIP] && !state[i].taken[type])
                refuse(plain(CHANNEL_FAIL), "FAIL while a row is open");
            /* Accepted in any state. */
            take(plain(CHANNEL_WARN));
            take(plain(CHANNEL_LOG));
            take(plain(i % 2 ? CHANNEL_FAULT : CHANNEL_EXIT));
            result_free(&result);
        }
    }
}
END_TEST

START_TEST(a_plan_is_accepted_only_once_before_rows)
{
    set_up();
    take(plain(CHANNEL_PLAN));
    refuse(plain(CHANNEL_PLAN), "PLAN after a PLAN");
    result_free(&result);
    set_up();
    take_row("a", "");
    refuse(plain(CHANNEL_PLAN), "PLAN after a PLAN, BEGIN or SKIP");
    result_free(&result);
    set_up();
    take(plain(CHANNEL_SKIP));
    refuse(plain(CHANNEL_PLAN), "PLAN after a PLAN, BEGIN or SKIP");
    result_free(&result);
}
END_TEST

START_TEST(nothing_comes_after_the_end)
{
    for (unsigned fault = 0; fault < 2; fault++) {
        set_up();
        take((struct channel_record){.type = fault ? CHANNEL_FAULT : CHANNEL_EXIT,
                                     .exit = {.status = 3}});
        ck_assert_int_eq(result.exited, !fault);
        ck_assert_int_eq(result.has_fault, fault);
        ck_assert_uint_eq(fault ? result.fault.vector : result.exit_status, 3);
        for (enum channel_type type = CHANNEL_PLAN; type < CHANNEL_TYPE_COUNT; type++)
            refuse(plain(type), "record after EXIT or FAULT");
        result_free(&result);
    }
}
END_TEST

START_TEST(unknown_types_are_refused)
{
    set_up();
    refuse((struct channel_record){.type = 0}, "unknown record type");
    refuse((struct channel_record){.type = CHANNEL_TYPE_COUNT}, "unknown record type");
    refuse((struct channel_record){.type = UINT32_MAX}, "unknown record type");
    result_free(&result);
}
END_TEST

START_TEST(numbers_are_checked)
{
    static const double no_numbers[] = {NAN, INFINITY, -INFINITY};
    struct channel_record record;

    set_up();
    for (unsigned threads = 0; threads <= THREADS + 1; threads += THREADS + 1) {
        record = plain(CHANNEL_BEGIN);
        record.begin.threads = threads;
        refuse(record, "BEGIN: invalid thread count");
    }
    record = plain(CHANNEL_BEGIN);
    record.begin.better = CHANNEL_LOWER + 1;
    refuse(record, "BEGIN: invalid better");
    record.begin.better = CHANNEL_LOWER;
    record.begin.flags = MINIVMM_BENCH_FLAGS + 1;
    refuse(record, "BEGIN: unknown flags");
    record.begin.flags = MINIVMM_BENCH_ADDED_WORK;
    record.begin.threads = THREADS;
    take(record);
    for (unsigned count = 0; count <= CHANNEL_SAMPLES_MAX + 1; count += CHANNEL_SAMPLES_MAX + 1) {
        record = plain(CHANNEL_SAMPLES);
        record.samples.count = count;
        refuse(record, "SAMPLES: invalid count");
    }
    for (unsigned i = 0; i < 3; i++) {
        record = plain(CHANNEL_SAMPLES);
        record.samples.value[1] = no_numbers[i];
        refuse(record, "value is not finite");
        /* Values beyond the count are ignored. */
        record.samples.count = 1;
        take(record);
    }
    take(plain(CHANNEL_END));
    record = plain(CHANNEL_CHECK);
    record.check.ok = 2;
    refuse(record, "CHECK: invalid field ok");
    result_free(&result);
}
END_TEST

START_TEST(numbers_beyond_63_bits_are_refused)
{
    struct channel_record record = plain(CHANNEL_END);

    set_up();
    take(plain(CHANNEL_BEGIN));
    record.end.ops = (uint64_t)INT64_MAX + 1;
    refuse(record, "END: ops out of range");
    record.end = (struct channel_end){.ops = 1, .window_ticks = UINT64_MAX};
    refuse(record, "END: window_ticks out of range");
    record.end = (struct channel_end){.ops = INT64_MAX, .window_ticks = INT64_MAX};
    take(record);
    result_free(&result);
}
END_TEST

START_TEST(a_row_without_samples_is_not_complete)
{
    set_up();
    take(plain(CHANNEL_BEGIN));
    take(plain(CHANNEL_END));
    refuse(plain(CHANNEL_CHECK), "CHECK for a row without samples");
    take(plain(CHANNEL_SAMPLES));
    take(plain(CHANNEL_CHECK));
    result_free(&result);
}
END_TEST

START_TEST(a_check_without_a_number_has_failed)
{
    static const struct {
        uint32_t ok;
        double value;
        enum result_check check;
    } checks[] = {{1, 0, RESULT_OK},           {0, 0, RESULT_WRONG},         {1, NAN, RESULT_WRONG},
                  {1, INFINITY, RESULT_WRONG}, {1, -INFINITY, RESULT_WRONG}, {1, 1e300, RESULT_OK}};

    for (unsigned i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        struct channel_record record = plain(CHANNEL_CHECK);

        set_up();
        take(plain(CHANNEL_BEGIN));
        take(plain(CHANNEL_END));
        take(plain(CHANNEL_SAMPLES));
        record.check.ok = checks[i].ok;
        record.check.value = checks[i].value;
        take(record);
        ck_assert_int_eq(result.row[0].check, checks[i].check);
        result_free(&result);
    }
}
END_TEST

START_TEST(duplicate_rows_are_refused)
{
    struct channel_record record;

    set_up();
    take_row("a", "bs=1");
    take_row("a", "bs=2");
    take_row("b", "bs=1");
    refuse(begin("a", "bs=1"), "duplicate row");
    record = begin("a", "bs=1");
    record.begin.threads = 2;
    take(record);
    result_free(&result);
}
END_TEST

START_TEST(parameters_are_keys_with_values)
{
    static const char *const good[] = {"", "a=1", "bs=4096,store=nt", "path=/dev/null",
                                       "a=1,b=-2.5"};
    static const char *const bad[] = {"a",     "a=",   "=1",       "a=1,",    ",a=1",  "a=1,,b=2",
                                      "a=b=c", "a=1 ", "a=1\tb=2", "a=\"x\"", "a=1,b", "\x7f=1"};

    set_up();
    for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        take_row("good", good[i]);
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        refuse(begin("bad", bad[i]), "BEGIN: invalid params");
    result_free(&result);
}
END_TEST

/* One character in each string of a record. */
static void check_character(char c, bool in_word, bool in_line, bool in_lines)
{
    struct channel_record records[] = {
        plain(CHANNEL_BEGIN), plain(CHANNEL_BEGIN), plain(CHANNEL_BEGIN), plain(CHANNEL_SKIP),
        plain(CHANNEL_SKIP),  plain(CHANNEL_WARN),  plain(CHANNEL_WARN),  plain(CHANNEL_LOG)};
    char *const place[] = {records[0].begin.name, records[1].begin.unit,  records[2].begin.op,
                           records[3].skip.name,  records[4].skip.reason, records[5].warn.code,
                           records[6].warn.text,  records[7].log.text};
    const bool good[] = {in_word, in_word, in_word, in_word, in_line, in_word, in_line, in_lines};

    for (unsigned i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
        struct err err;

        set_up();
        logged[0] = '\0';
        place[i][1] = c;
        ck_assert_msg(result_apply(&result, &records[i], origin, &err) == (good[i] ? 0 : -1),
                      "character %d in place %u", c, i);
        result_free(&result);
    }
}

START_TEST(texts_are_printable)
{
    check_character('x', true, true, true);
    check_character('~', true, true, true);
    check_character(' ', false, true, true);
    check_character('"', false, true, true);
    check_character('\\', false, true, true);
    check_character('\n', false, false, true);
    check_character('\t', false, false, true);
    check_character('\r', false, false, false);
    check_character('\033', false, false, false);
    check_character('\x7f', false, false, false);
    check_character('\x80', false, false, false);
    check_character('\xff', false, false, false);
    check_character('\x9b', false, false, false);
}
END_TEST

START_TEST(texts_are_terminated_and_names_not_empty)
{
    struct channel_record record;

    set_up();
    refuse(begin("", ""), "BEGIN: invalid name");
    record = plain(CHANNEL_BEGIN);
    memset(record.begin.name, 'x', sizeof(record.begin.name));
    refuse(record, "BEGIN: invalid name");
    record = plain(CHANNEL_BEGIN);
    memset(record.begin.unit, 'x', sizeof(record.begin.unit));
    refuse(record, "BEGIN: invalid unit");
    record = plain(CHANNEL_BEGIN);
    memset(record.begin.params, 'x', sizeof(record.begin.params));
    refuse(record, "BEGIN: invalid params");
    record = plain(CHANNEL_SKIP);
    memset(record.skip.reason, 'x', sizeof(record.skip.reason));
    refuse(record, "SKIP: invalid reason");
    record = plain(CHANNEL_FAIL);
    strcpy(record.skip.name, "two words");
    refuse(record, "FAIL: invalid name");
    record = plain(CHANNEL_WARN);
    memset(record.warn.code, 'x', sizeof(record.warn.code));
    refuse(record, "WARN: invalid code");
    record = plain(CHANNEL_LOG);
    memset(record.log.text, 'x', sizeof(record.log.text));
    refuse(record, "LOG: invalid text");
    record.log.text[0] = '\0';
    take(record);
    result_free(&result);
}
END_TEST

START_TEST(log_text_reaches_the_callback)
{
    set_up();
    take(plain(CHANNEL_LOG));
    take(plain(CHANNEL_LOG));
    ck_assert_str_eq(logged, "tab\tand line\ntab\tand line\n");
    result_free(&result);
}
END_TEST

START_TEST(a_cost_comes_once_for_an_open_row)
{
    set_up();
    refuse(plain(CHANNEL_COST), "COST outside a row");
    take(plain(CHANNEL_BEGIN));
    take(plain(CHANNEL_COST));
    refuse(plain(CHANNEL_COST), "second COST");
    take(plain(CHANNEL_SAMPLES));
    take(plain(CHANNEL_END));
    refuse(plain(CHANNEL_COST), "second COST");
    take(plain(CHANNEL_CHECK));
    refuse(plain(CHANNEL_COST), "COST outside a row");
    ck_assert(result.row[0].has_cost);
    ck_assert_str_eq(result.row[0].cost.exit, "cpuid");
    /* Accepted after END, too. */
    take(begin("next", ""));
    ck_assert(!result.row[1].has_cost);
    take(plain(CHANNEL_END));
    take(plain(CHANNEL_COST));
    ck_assert(result.row[1].has_cost);
    result_free(&result);
}
END_TEST

START_TEST(costs_are_checked)
{
    static const double no_numbers[] = {NAN, INFINITY, -INFINITY};
    struct channel_record record;

    set_up();
    take(plain(CHANNEL_BEGIN));
    for (unsigned i = 0; i < 3; i++) {
        record = plain(CHANNEL_COST);
        record.cost.loop_ns = no_numbers[i];
        refuse(record, "COST: loop_ns is not finite");
        record = plain(CHANNEL_COST);
        record.cost.trap_ns = no_numbers[i];
        refuse(record, "COST: trap_ns is not finite");
    }
    record = plain(CHANNEL_COST);
    record.cost.answer = CHANNEL_ANSWERS;
    refuse(record, "COST: invalid field answer");
    record.cost.answer = UINT32_MAX;
    refuse(record, "COST: invalid field answer");
    for (uint32_t ring = 1; ring < 6; ring++) {
        record = plain(CHANNEL_COST);
        record.cost.ring = ring == 3 ? UINT32_MAX : ring;
        refuse(record, "COST: invalid field ring");
    }
    record = plain(CHANNEL_COST);
    record.cost.interpreted = 2;
    refuse(record, "COST: invalid field interpreted");
    record = plain(CHANNEL_COST);
    strcpy(record.cost.exit, "a b");
    refuse(record, "COST: invalid field exit");
    record.cost.exit[0] = '\0';
    refuse(record, "COST: invalid field exit");
    memset(record.cost.exit, 'x', sizeof(record.cost.exit));
    refuse(record, "COST: invalid field exit");
    record = plain(CHANNEL_COST);
    record.cost.ring = 0;
    record.cost.interpreted = 1;
    record.cost.loop_ns = -1e300;
    take(record);
    result_free(&result);
}
END_TEST

START_TEST(times_belong_to_the_open_row)
{
    const struct result_row *row;

    set_up();
    kept_count = 0;
    refuse(plain(CHANNEL_TIMES), "TIMES outside a row");
    take(plain(CHANNEL_BEGIN));
    take(plain(CHANNEL_TIMES));
    take(plain(CHANNEL_SAMPLES));
    take(plain(CHANNEL_END));
    take(plain(CHANNEL_TIMES));
    take(plain(CHANNEL_CHECK));
    refuse(plain(CHANNEL_TIMES), "TIMES outside a row");
    take(begin("next", ""));
    take(plain(CHANNEL_TIMES));
    ck_assert_uint_eq(result.row[0].times, 4);
    row = &result.row[1];
    ck_assert_uint_eq(row->first_time, 4);
    ck_assert_uint_eq(row->times, 2);
    ck_assert_uint_eq(result.time[5].ticks, 200);
    ck_assert_uint_eq(result.time[5].handler_ns, RESULT_NO_HANDLER);
    result_free(&result);
}
END_TEST

START_TEST(times_are_checked)
{
    struct channel_record record;

    set_up();
    take(plain(CHANNEL_BEGIN));
    for (unsigned count = 0; count <= CHANNEL_SAMPLES_MAX + 1; count += CHANNEL_SAMPLES_MAX + 1) {
        record = plain(CHANNEL_TIMES);
        record.times.count = count;
        refuse(record, "TIMES: invalid count");
    }
    record.times.count = UINT32_MAX;
    refuse(record, "TIMES: invalid count");
    record = plain(CHANNEL_TIMES);
    record.times.total = 0;
    refuse(record, "TIMES: total is 0");
    /* JSON integers are signed. */
    record = plain(CHANNEL_TIMES);
    record.times.ticks[1] = (uint64_t)INT64_MAX + 1;
    refuse(record, "TIMES: ticks out of range");
    record.times.ticks[1] = INT64_MAX;
    record.times.ticks[2] = UINT64_MAX; /* beyond the count */
    take(record);
    ck_assert_uint_eq(result.times, 2);
    result_free(&result);
}
END_TEST

START_TEST(the_number_of_times_is_limited)
{
    struct channel_record record = plain(CHANNEL_TIMES);
    struct err err;

    set_up();
    kept_count = 0;
    take(plain(CHANNEL_BEGIN));
    record.times.count = 16;
    for (unsigned i = 0; i < RESULT_TIMES_MAX / 16; i++)
        if (result_apply(&result, &record, origin, &err))
            ck_abort_msg("%u: %s", i, err.text);
    record.times.count = 1;
    refuse(record, "too many times");
    result_free(&result);
}
END_TEST

/* Apply TIMES with this total. Returns the handler times of the first six operations. */
static const struct result_time *handlers_of(uint32_t total)
{
    struct channel_record record = plain(CHANNEL_TIMES);

    set_up();
    take(plain(CHANNEL_BEGIN));
    record.times.total = total;
    for (unsigned i = 0; i < 3; i++)
        take(record);
    return result.time;
}

START_TEST(each_operation_has_its_handler_time)
{
    static const uint32_t ns[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    const struct result_time *time;

    kept = ns;
    kept_count = 6;
    time = handlers_of(6);
    for (unsigned i = 0; i < 6; i++)
        ck_assert_uint_eq(time[i].handler_ns, i + 1);
    result_free(&result);
    /* Several exits per operation. */
    kept_count = 12;
    time = handlers_of(6);
    for (unsigned i = 0; i < 6; i++)
        ck_assert_uint_eq(time[i].handler_ns, 4 * i + 3);
    result_free(&result);
    /* Operations beyond the total have no handler time. */
    time = handlers_of(4);
    ck_assert_uint_eq(time[3].handler_ns, 10 + 11 + 12);
    ck_assert_uint_eq(time[4].handler_ns, RESULT_NO_HANDLER);
    ck_assert_uint_eq(time[5].handler_ns, RESULT_NO_HANDLER);
    result_free(&result);
}
END_TEST

START_TEST(mismatched_counts_have_no_handler_time)
{
    static const uint32_t ns[12];
    static const struct {
        unsigned kept;
        uint32_t total;
    } pairs[] = {{0, 6}, {5, 6}, {7, 6}, {11, 6}, {6, 12}, {6, UINT32_MAX}, {12, 1u << 31}};

    kept = ns;
    for (unsigned i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        kept_count = pairs[i].kept;
        ck_assert_uint_eq(handlers_of(pairs[i].total)[0].handler_ns, RESULT_NO_HANDLER);
        result_free(&result);
    }
}
END_TEST

START_TEST(a_long_handler_time_is_clamped)
{
    static const uint32_t ns[12] = {[0] = UINT32_MAX, [2] = UINT32_MAX, [3] = UINT32_MAX};
    const struct result_time *time;

    kept = ns;
    kept_count = 12;
    time = handlers_of(6);
    ck_assert_uint_eq(time[0].handler_ns, RESULT_NO_HANDLER - 1);
    ck_assert_uint_eq(time[1].handler_ns, RESULT_NO_HANDLER - 1);
    ck_assert_uint_eq(time[2].handler_ns, 0);
    result_free(&result);
}
END_TEST

SUITE_MAIN("result", a_row_keeps_its_records, usage_is_counted_within_the_window,
           samples_may_come_in_parts_before_and_after_the_end, windows_are_reported,
           every_state_takes_its_records_only, a_plan_is_accepted_only_once_before_rows,
           nothing_comes_after_the_end, unknown_types_are_refused, numbers_are_checked,
           numbers_beyond_63_bits_are_refused, a_row_without_samples_is_not_complete,
           a_check_without_a_number_has_failed, duplicate_rows_are_refused,
           parameters_are_keys_with_values, texts_are_printable,
           texts_are_terminated_and_names_not_empty, log_text_reaches_the_callback,
           a_cost_comes_once_for_an_open_row, costs_are_checked, times_belong_to_the_open_row,
           times_are_checked, the_number_of_times_is_limited, each_operation_has_its_handler_time,
           mismatched_counts_have_no_handler_time, a_long_handler_time_is_clamped)
