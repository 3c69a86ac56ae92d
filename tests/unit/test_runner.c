/* SPDX-License-Identifier: MIT */
/* Running what was chosen from a table: here one of three rows that leave traces. */
#include <string.h>
#include <sys/mman.h>

#include "guest/bench/table.h"
#include "tests/support/suite.h"

#define UNIT  ((size_t)2 << 20)
#define ARENA (4 * UNIT)

static char trace[256];
static unsigned plans, planned, rates_asked, indices[3];
static double found; /* what the second finds, where at most 1 is right */
static struct env env;

static void note(const struct bench_run *run)
{
    indices[strlen(trace) / 6] = run->index;
    strcat(strcat(trace, run->name), ",");
}

static void run_first(struct bench_run *run)
{
    note(run);
    ck_assert_uint_eq(bench_room(run), ARENA);
    ck_assert_ptr_nonnull(bench_alloc(run, ARENA));
}

static void run_second(struct bench_run *run)
{
    note(run);
    /* All that others took is free again. */
    ck_assert_uint_eq(bench_room(run), ARENA);
    row_check(run, "found", found, 1);
}

static void run_third(struct bench_run *run)
{
    note(run);
    bench_skip(run, "not here");
}

__attribute__((section(MINIVMM_BENCH_SECTION), used)) const struct bench bench_rows[] = {
    {"row.1", "leaves nothing", 0, run_first},
    {"row.2", "checks", 0, run_second},
    {"row.3", "cannot run", 0, run_third},
};

static void send(const struct channel_record *record, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (record[i].type != CHANNEL_PLAN)
            continue;
        /* It comes first. */
        ck_assert_str_eq(trace, "");
        plans++;
        planned = record[i].plan.benches;
    }
}

static uint64_t ticks_hz(void)
{
    rates_asked++;
    return 1000000000;
}

static uint32_t run(const char *chosen)
{
    static uint8_t *room;

    if (!room)
        room = mmap(NULL, ARENA + UNIT, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert(room != MAP_FAILED);
    env = (struct env){
        .threads = 1,
        .arena = (uint8_t *)(((uintptr_t)room + UNIT - 1) & ~(UNIT - 1)),
        .arena_bytes = ARENA,
        .chosen = chosen,
        .args = "",
        .send = send,
        .ticks_hz = ticks_hz,
    };
    trace[0] = '\0';
    plans = rates_asked = 0;
    return bench_main(&env);
}

START_TEST(the_table_has_its_rows)
{
    ck_assert_int_eq(bench_table_end - bench_table, 3);
    ck_assert_str_eq(bench_table[0].name, "row.1");
    ck_assert_str_eq(bench_table_end[-1].name, "row.3");
}
END_TEST

START_TEST(names_are_chosen_exactly)
{
    ck_assert(bench_chosen(NULL, "stream.copy"));
    ck_assert(!bench_chosen(NULL, "load.idle"));
    ck_assert(bench_chosen("load.idle", "load.idle"));
    ck_assert(bench_chosen("stream.copy", "stream.copy"));
    ck_assert(bench_chosen("gups.stream,stream.copy", "stream.copy"));
    ck_assert(bench_chosen("stream.copy,gups.stream", "stream.copy"));
    ck_assert(!bench_chosen("", "stream.copy"));
    ck_assert(!bench_chosen("stream", "stream.copy"));
    ck_assert(!bench_chosen("stream.copy2,xstream.copy", "stream.copy"));
    ck_assert(!bench_chosen(",,", "stream.copy"));
}
END_TEST

START_TEST(all_run_if_none_is_named)
{
    ck_assert_uint_eq(run(NULL), 0);
    ck_assert_str_eq(trace, "row.1,row.2,row.3,");
    ck_assert_uint_eq(plans, 1);
    ck_assert_uint_eq(planned, 3);
    ck_assert(indices[0] == 0 && indices[1] == 1 && indices[2] == 2);
}
END_TEST

START_TEST(those_that_are_named_run)
{
    ck_assert_uint_eq(run("row.3,row.1"), 0);
    ck_assert_str_eq(trace, "row.1,row.3,");
    ck_assert_uint_eq(planned, 2);
    ck_assert(indices[0] == 0 && indices[1] == 1);
    run("row.2");
    ck_assert_str_eq(trace, "row.2,");
    ck_assert_uint_eq(indices[0], 0);
}
END_TEST

START_TEST(none_is_none)
{
    ck_assert_uint_eq(run(""), 0);
    ck_assert_str_eq(trace, "");
    ck_assert_uint_eq(plans, 1);
    ck_assert_uint_eq(planned, 0);
    /* The rate takes its time to find, and nobody needs it. */
    ck_assert_uint_eq(rates_asked, 0);
}
END_TEST

START_TEST(the_rate_is_known_before_the_first_runs)
{
    run("row.1");
    ck_assert_uint_eq(rates_asked, 1);
}
END_TEST

START_TEST(a_check_that_failed_is_the_status)
{
    found = 2;
    ck_assert_uint_eq(run(NULL), 1);
    ck_assert_uint_eq(run("row.1,row.3"), 0);
    found = 1;
    ck_assert_uint_eq(run(NULL), 0);
}
END_TEST

SUITE_MAIN("runner", the_table_has_its_rows, names_are_chosen_exactly, all_run_if_none_is_named,
           those_that_are_named_run, none_is_none, the_rate_is_known_before_the_first_runs,
           a_check_that_failed_is_the_status)
