/* SPDX-License-Identifier: MIT */
/* The frame of the benchmarks, in an environment that stores the records sent to it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "guest/bench/bench.h"
#include "tests/support/suite.h"
#include "vmm/core/result/result.h"

#define RECORDS_MAX 256
#define UNIT        ((size_t)2 << 20)
#define ARENA       (16 * UNIT)

static struct channel_record record[RECORDS_MAX];
static unsigned records;
static struct env env;
static struct bench_run bench_run;

static void send(const struct channel_record *sent, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        ck_assert_uint_lt(records, RECORDS_MAX);
        record[records++] = sent[i];
    }
}

static int discard(void *start, size_t bytes)
{
    (void)start, (void)bytes;
    return 0;
}

static uint64_t ticks_hz(void)
{
    return 2000000000;
}

static void set_up(void)
{
    /* Address space only: it is never touched. */
    uint8_t *room = mmap(NULL, ARENA + UNIT, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    ck_assert(room != MAP_FAILED);
    env = (struct env){
        .threads = 4,
        .arena = (uint8_t *)(((uintptr_t)room + UNIT - 1) & ~(UNIT - 1)),
        .arena_bytes = ARENA,
        .args = "",
        .send = send,
        .discard = discard,
        .ticks_hz = ticks_hz,
    };
    bench_run = (struct bench_run){.env = &env, .name = "stream.copy", .index = 3};
    records = 0;
}

START_TEST(allocations_are_aligned_and_disjoint)
{
    uint8_t *first, *second, *third;

    set_up();
    ck_assert_uint_eq(bench_room(&bench_run), ARENA);
    first = bench_alloc(&bench_run, 1);
    second = bench_alloc(&bench_run, UNIT);
    third = bench_alloc(&bench_run, UNIT + 1);
    ck_assert_ptr_eq(first, env.arena);
    ck_assert_ptr_eq(second, first + UNIT);
    ck_assert_ptr_eq(third, second + UNIT);
    ck_assert_uint_eq(bench_room(&bench_run), ARENA - 4 * UNIT);
}
END_TEST

START_TEST(exhausted_arena_returns_null)
{
    set_up();
    ck_assert_ptr_null(bench_alloc(&bench_run, ARENA + 1));
    ck_assert_ptr_null(bench_alloc(&bench_run, SIZE_MAX));
    ck_assert_ptr_null(bench_alloc(&bench_run, SIZE_MAX - UNIT));
    ck_assert_ptr_nonnull(bench_alloc(&bench_run, ARENA - UNIT));
    ck_assert_ptr_null(bench_alloc(&bench_run, UNIT + 1));
    ck_assert_uint_eq(bench_room(&bench_run), UNIT);
    ck_assert_ptr_eq(bench_alloc(&bench_run, UNIT), env.arena + ARENA - UNIT);
    ck_assert_uint_eq(bench_room(&bench_run), 0);
    ck_assert_ptr_null(bench_alloc(&bench_run, 1));
}
END_TEST

START_TEST(unaligned_arena_is_trimmed)
{
    set_up();
    env.arena += 4096;
    env.arena_bytes = ARENA - 4096;
    ck_assert_uint_eq(bench_room(&bench_run), ARENA - UNIT);
    ck_assert_ptr_eq(bench_alloc(&bench_run, 1), env.arena - 4096 + UNIT);
    bench_run.arena_used = 0;
    env.arena_bytes = 3 * UNIT;
    ck_assert_uint_eq(bench_room(&bench_run), 2 * UNIT);
    env.arena_bytes = UNIT - 4096;
    ck_assert_uint_eq(bench_room(&bench_run), 0);
    ck_assert_ptr_null(bench_alloc(&bench_run, 1));
    env.arena_bytes = 0;
    ck_assert_uint_eq(bench_room(&bench_run), 0);
}
END_TEST

START_TEST(row_is_sent_in_order)
{
    struct row row = {"store=nt", 2, "GB/s", "pass", CHANNEL_LOWER};

    set_up();
    row_begin(&bench_run, &row);
    row_sample(&bench_run, 1.5);
    row_sample(&bench_run, 2.5);
    ck_assert_uint_eq(records, 1);
    row_end(&bench_run, 77, 8888);
    row_check(&bench_run, "error", 0.5, 1);
    ck_assert_uint_eq(records, 4);
    ck_assert_uint_eq(record[0].type, CHANNEL_BEGIN);
    ck_assert_uint_eq(record[0].begin.bench, 3);
    ck_assert_uint_eq(record[0].begin.threads, 2);
    ck_assert_uint_eq(record[0].begin.better, CHANNEL_LOWER);
    ck_assert_str_eq(record[0].begin.name, "stream.copy");
    ck_assert_str_eq(record[0].begin.params, "store=nt");
    ck_assert_str_eq(record[0].begin.unit, "GB/s");
    ck_assert_str_eq(record[0].begin.op, "pass");
    /* END comes first, so that sending the samples is outside the measurement window. */
    ck_assert_uint_eq(record[1].type, CHANNEL_END);
    ck_assert_uint_eq(record[1].end.ops, 77);
    ck_assert_uint_eq(record[1].end.window_ticks, 8888);
    ck_assert_uint_eq(record[2].type, CHANNEL_SAMPLES);
    ck_assert_uint_eq(record[2].samples.count, 2);
    ck_assert_double_eq(record[2].samples.value[1], 2.5);
    ck_assert_uint_eq(record[3].type, CHANNEL_CHECK);
    ck_assert_uint_eq(record[3].check.ok, 1);
    ck_assert_str_eq(record[3].check.what, "error");
    ck_assert_double_eq(record[3].check.limit, 1);
    ck_assert_uint_eq(bench_run.wrong, 0);
}
END_TEST

START_TEST(many_samples_take_several_records)
{
    static const unsigned counts[] = {0, 1, 29, 30, 31, 60, 61, 256, 300};
    struct row row = {"", 1, "u", "o", CHANNEL_HIGHER};

    for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        unsigned kept = counts[i] < ROW_SAMPLES_MAX ? counts[i] : ROW_SAMPLES_MAX, found = 0;

        set_up();
        row_begin(&bench_run, &row);
        for (unsigned sample = 0; sample < counts[i]; sample++)
            row_sample(&bench_run, sample);
        row_end(&bench_run, 1, 1);
        for (unsigned r = 2; r < records; r++) {
            ck_assert_uint_eq(record[r].type, CHANNEL_SAMPLES);
            ck_assert_uint_ge(record[r].samples.count, 1);
            ck_assert_uint_le(record[r].samples.count, CHANNEL_SAMPLES_MAX);
            for (unsigned sample = 0; sample < record[r].samples.count; sample++)
                ck_assert_double_eq(record[r].samples.value[sample], found++);
        }
        ck_assert_uint_eq(found, kept);
    }
}
END_TEST

START_TEST(check_fails_above_limit_or_if_nan)
{
    static const struct {
        double value, limit;
        bool ok;
    } checks[] = {{0, 0, true},    {1, 1, true},         {1.0000001, 1, false}, {-5, 0, true},
                  {NAN, 1, false}, {INFINITY, 1, false}, {1, NAN, false}};
    unsigned wrong = 0;

    set_up();
    for (unsigned i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        row_check(&bench_run, "value", checks[i].value, checks[i].limit);
        wrong += !checks[i].ok;
        ck_assert_uint_eq(record[i].check.ok, checks[i].ok);
        ck_assert_uint_eq(bench_run.wrong, wrong);
    }
}
END_TEST

START_TEST(skips_and_warnings_carry_their_text)
{
    set_up();
    bench_skip(&bench_run, "errno %d", 12);
    bench_warn(&bench_run, "small_arrays", "%s: %u MiB", "stream", 7u);
    ck_assert_uint_eq(record[0].type, CHANNEL_SKIP);
    ck_assert_str_eq(record[0].skip.name, "stream.copy");
    ck_assert_str_eq(record[0].skip.reason, "errno 12");
    ck_assert_uint_eq(record[1].type, CHANNEL_WARN);
    ck_assert_str_eq(record[1].warn.code, "small_arrays");
    ck_assert_str_eq(record[1].warn.text, "stream: 7 MiB");
}
END_TEST

static void snapshot(void *ctx, struct usage *usage)
{
    (void)ctx;
    memset(usage, 0, sizeof(*usage));
}

/* The channel accepts all records, also with texts that had to be truncated. */
START_TEST(channel_accepts_truncated_texts)
{
    static char text[301];
    struct result_source source = {.snapshot = snapshot};
    struct row row = {text, 1, text, text, CHANNEL_HIGHER};
    struct run_result result;
    struct err err = {0};

    set_up();
    memset(text, 'x', sizeof(text) - 1);
    text[1] = '=';
    bench_run.name = text;
    row_begin(&bench_run, &row);
    row_sample(&bench_run, 1);
    row_end(&bench_run, 1, 1);
    row_check(&bench_run, text, 0, 0);
    bench_skip(&bench_run, "%s", text);
    bench_warn(&bench_run, text, "%s", text);
    ck_assert_uint_eq(records, 6);
    ck_assert_int_eq(result_init(&result, &source, 1, &err), 0);
    for (unsigned i = 0; i < records; i++)
        ck_assert_msg(!result_apply(&result, &record[i], NULL, &err), "%s", err.text);
    ck_assert_int_eq(result.row[0].check, RESULT_OK);
    ck_assert_uint_eq(strlen(result.row[0].begin.params), CHANNEL_PARAMS_MAX - 1);
    ck_assert_uint_eq(strlen(result.skip[0].reason), sizeof(result.skip[0].reason) - 1);
    result_free(&result);
}
END_TEST

START_TEST(arguments_are_found_by_their_keys)
{
    set_up();
    env.args = " n=3000,nn=7 isa=avx2  m=18446744073709551615,";
    ck_assert_uint_eq(bench_arg(&bench_run, "n=", 1), 3000);
    ck_assert_uint_eq(bench_arg(&bench_run, "nn=", 1), 7);
    ck_assert_uint_eq(bench_arg(&bench_run, "m=", 1), UINT64_MAX);
    ck_assert_uint_eq(bench_arg(&bench_run, "k=", 5), 5);
    ck_assert_uint_eq(bench_arg(&bench_run, "is=", 5), 5);
    ck_assert_uint_eq(bench_arg(&bench_run, "sa=", 5), 5);
    env.args = "";
    ck_assert_uint_eq(bench_arg(&bench_run, "n=", 9), 9);
    env.args = "n";
    ck_assert_uint_eq(bench_arg(&bench_run, "n=", 9), 9);
    env.args = " , ";
    ck_assert_uint_eq(bench_arg(&bench_run, "n=", 9), 9);
    env.args = "n=1 n=2";
    ck_assert_uint_eq(bench_arg(&bench_run, "n=", 9), 1);
}
END_TEST

START_TEST(instruction_set_can_be_forced)
{
    enum isa best = isa_best();

    set_up();
    ck_assert_int_eq(bench_isa(&bench_run), best);
    env.args = "isa=sse2";
    ck_assert_int_eq(bench_isa(&bench_run), ISA_SSE2);
    env.args = "n=5 isa=sse2,x=1";
    ck_assert_int_eq(bench_isa(&bench_run), ISA_SSE2);
    env.args = "isa=avx2";
    ck_assert_int_eq(bench_isa(&bench_run), best < ISA_AVX2 ? best : ISA_AVX2);
    /* Unsupported and unknown instruction sets fall back to the best one. */
    env.args = "isa=avx512";
    ck_assert_int_eq(bench_isa(&bench_run), best);
    env.args = "isa=sse";
    ck_assert_int_eq(bench_isa(&bench_run), best);
    env.args = "isa=sse22";
    ck_assert_int_eq(bench_isa(&bench_run), best);
    env.args = "isa=";
    ck_assert_int_eq(bench_isa(&bench_run), best);
}
END_TEST

START_TEST(teams_are_one_thread_and_all)
{
    unsigned threads[2];

    set_up();
    ck_assert_uint_eq(bench_teams(&bench_run, threads), 2);
    ck_assert(threads[0] == 1 && threads[1] == 4);
    env.threads = 1;
    ck_assert_uint_eq(bench_teams(&bench_run, threads), 1);
    ck_assert_uint_eq(threads[0], 1);
}
END_TEST

START_TEST(ticks_and_seconds_are_inverse)
{
    set_up();
    ck_assert_double_eq(bench_seconds(&bench_run, 1000000000), 0.5);
    ck_assert_uint_eq(bench_ticks(&bench_run, 0.5), 1000000000);
    ck_assert_uint_eq(bench_ticks(&bench_run, 0), 0);
}
END_TEST

SUITE_MAIN("bench", allocations_are_aligned_and_disjoint, exhausted_arena_returns_null,
           unaligned_arena_is_trimmed, row_is_sent_in_order, many_samples_take_several_records,
           check_fails_above_limit_or_if_nan, skips_and_warnings_carry_their_text,
           channel_accepts_truncated_texts, arguments_are_found_by_their_keys,
           instruction_set_can_be_forced, teams_are_one_thread_and_all,
           ticks_and_seconds_are_inverse)
