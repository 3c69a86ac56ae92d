/* SPDX-License-Identifier: MIT */
/* Running the chosen benchmarks of a table: here three that log their order. */
#include <string.h>
#include <sys/mman.h>

#include "guest/bench/table.h"
#include "tests/support/suite.h"

#define UNIT  ((size_t)2 << 20)
#define ARENA (4 * UNIT)

static char order[256];
static unsigned plans, planned, rates_asked, indices[3];
static double found; /* value checked by row.2, which passes up to 1 */
static struct env env;

static void note(const struct bench_run *run)
{
    indices[strlen(order) / 6] = run->index;
    strcat(strcat(order, run->name), ",");
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
    /* The memory of row.1 is free again. */
    ck_assert_uint_eq(bench_room(run), ARENA);
    row_check(run, "found", found, 1);
}

static void run_third(struct bench_run *run)
{
    note(run);
    bench_skip(run, "not here");
}

__attribute__((section(MINIVMM_BENCH_SECTION), used)) const struct bench bench_rows[] = {
    {"row.1", "uses all memory", 0, run_first},
    {"row.2", "checks", 0, run_second},
    {"row.3", "cannot run", 0, run_third},
};

static void send(const struct channel_record *record, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (record[i].type != CHANNEL_PLAN)
            continue;
        /* PLAN comes before any benchmark. */
        ck_assert_str_eq(order, "");
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
    order[0] = '\0';
    plans = rates_asked = 0;
    return bench_main(&env);
}

START_TEST(table_symbols_bound_the_rows)
{
    ck_assert_int_eq(bench_table_end - bench_table, 3);
    ck_assert_str_eq(bench_table[0].name, "row.1");
    ck_assert_str_eq(bench_table_end[-1].name, "row.3");
}
END_TEST

START_TEST(names_match_exactly)
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
    ck_assert_str_eq(order, "row.1,row.2,row.3,");
    ck_assert_uint_eq(plans, 1);
    ck_assert_uint_eq(planned, 3);
    ck_assert(indices[0] == 0 && indices[1] == 1 && indices[2] == 2);
}
END_TEST

START_TEST(named_benchmarks_run)
{
    ck_assert_uint_eq(run("row.3,row.1"), 0);
    ck_assert_str_eq(order, "row.1,row.3,");
    ck_assert_uint_eq(planned, 2);
    ck_assert(indices[0] == 0 && indices[1] == 1);
    run("row.2");
    ck_assert_str_eq(order, "row.2,");
    ck_assert_uint_eq(indices[0], 0);
}
END_TEST

START_TEST(empty_list_runs_nothing)
{
    ck_assert_uint_eq(run(""), 0);
    ck_assert_str_eq(order, "");
    ck_assert_uint_eq(plans, 1);
    ck_assert_uint_eq(planned, 0);
    /* Measuring the rate takes time and is not needed. */
    ck_assert_uint_eq(rates_asked, 0);
}
END_TEST

START_TEST(tsc_rate_is_measured_before_the_first_benchmark)
{
    run("row.1");
    ck_assert_uint_eq(rates_asked, 1);
}
END_TEST

START_TEST(failed_check_sets_the_status)
{
    found = 2;
    ck_assert_uint_eq(run(NULL), 1);
    ck_assert_uint_eq(run("row.1,row.3"), 0);
    found = 1;
    ck_assert_uint_eq(run(NULL), 0);
}
END_TEST

SUITE_MAIN("runner", table_symbols_bound_the_rows, names_match_exactly, all_run_if_none_is_named,
           named_benchmarks_run, empty_list_runs_nothing,
           tsc_rate_is_measured_before_the_first_benchmark, failed_check_sets_the_status)
