/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "minivmm/abi.h"
#include "tests/support/suite.h"
#include "tests/unit/sample.h"
#include "vmm/core/report/cost.h"

/* The sample's clock: two ticks per ns. */
#define TICKS_PER_NS 2

static struct sample sample;

/* A row with `count` operations of `first`, `first` + `step`, ... ns, the last one first. */
static struct result_row *add_row(unsigned count, uint64_t first, uint64_t step,
                                  uint32_t handler_ns)
{
    struct result_row *row = sample_row(&sample, "exits.row", "", 1);

    row->has_cost = true;
    row->first_time = sample.result.times;
    row->times = count;
    for (unsigned i = count; i--;)
        sample.result.time[sample.result.times++] =
            (struct result_time){(first + i * step) * TICKS_PER_NS, handler_ns};
    return row;
}

static struct cost cost_at(const struct result_row *row)
{
    struct cost cost;

    ck_assert_int_eq(cost_of(&sample.report, row, &cost), 0);
    return cost;
}

static void check_spread(const struct cost_spread *spread, double p50, double p99, double max)
{
    ck_assert_double_eq_tol(spread->p50, p50, 1e-9);
    ck_assert_double_eq_tol(spread->p99, p99, 1e-9);
    ck_assert_double_eq_tol(spread->max, max, 1e-9);
}

START_TEST(guest_handler_and_switch_times_are_separate)
{
    struct cost cost;

    sample_init(&sample);
    add_row(7, 5000, 0, 9); /* of another row */
    cost = cost_at(add_row(100, 1000, 10, 60));
    ck_assert(cost.has_times && cost.has_handler);
    check_spread(&cost.roundtrip, 1495, 1980, 1990);
    check_spread(&cost.handler, 60, 60, 60);
    check_spread(&cost.switched, 1435, 1920, 1930);
    sample_free(&sample);
}
END_TEST

/* Percentiles of the differences, not differences of the percentiles. */
START_TEST(the_switch_is_computed_per_operation)
{
    struct result_row *row;
    struct cost cost;

    sample_init(&sample);
    row = add_row(3, 1000, 1000, 0);
    /* 3000, 2000 and 1000 ns, of which the handlers have: */
    sample.result.time[0].handler_ns = 2900;
    sample.result.time[1].handler_ns = 500;
    sample.result.time[2].handler_ns = 100;
    cost = cost_at(row);
    check_spread(&cost.roundtrip, 2000, 2000, 3000);
    check_spread(&cost.handler, 500, 500, 2900);
    check_spread(&cost.switched, 900, 900, 1500);
    sample_free(&sample);
}
END_TEST

START_TEST(a_single_operation_has_a_cost)
{
    struct cost cost;

    sample_init(&sample);
    cost = cost_at(add_row(1, 700, 0, 0));
    check_spread(&cost.roundtrip, 700, 700, 700);
    ck_assert(cost.has_handler);
    check_spread(&cost.switched, 700, 700, 700);
    sample_free(&sample);
}
END_TEST

START_TEST(without_times_the_cost_is_unknown)
{
    struct cost cost;

    sample_init(&sample);
    cost = cost_at(add_row(0, 0, 0, 0));
    ck_assert(!cost.has_times && !cost.has_handler);
    sample_free(&sample);
}
END_TEST

START_TEST(a_missing_handler_time_omits_all)
{
    struct cost cost;

    sample_init(&sample);
    cost = cost_at(add_row(10, 1000, 0, 60));
    ck_assert(cost.has_handler);
    sample.result.time[9].handler_ns = RESULT_NO_HANDLER;
    cost = cost_at(&sample.result.row[0]);
    ck_assert(cost.has_times && !cost.has_handler);
    check_spread(&cost.roundtrip, 1000, 1000, 1000);
    sample_free(&sample);
}
END_TEST

START_TEST(added_work_is_paired_with_its_floor)
{
    struct cost_added added[4];

    sample_init(&sample);
    sample_row(&sample, "exits.floor", "exit=pio_out", 9)->begin.flags = MINIVMM_BENCH_BARE_RUN;
    sample_row(&sample, "exits.floor", "exit=ioctl", 3)->begin.flags = MINIVMM_BENCH_BARE_RUN;
    sample_row(&sample, "exits.floor", "exit=mmio_write", 3)->begin.flags = MINIVMM_BENCH_BARE_RUN;
    sample_row(&sample, "exits.added", "exit=mmio_write", 5)->begin.flags =
        MINIVMM_BENCH_ADDED_WORK;
    sample_row(&sample, "exits.added", "exit=pio_out", 1)->begin.flags = MINIVMM_BENCH_ADDED_WORK;
    sample.result.sample[20] = -4; /* differences may be negative */
    ck_assert_uint_eq(cost_added(&sample.report, added, 4), 2);
    ck_assert_str_eq(added[0].exit, "mmio_write");
    ck_assert_double_eq(added[0].bare, 2);
    ck_assert_double_eq(added[0].added, 3);
    ck_assert_str_eq(added[1].exit, "pio_out");
    ck_assert_double_eq(added[1].bare, 5);
    ck_assert_double_eq(added[1].added, -4);
    /* No more than `max` entries. */
    ck_assert_uint_eq(cost_added(&sample.report, added, 1), 1);
    ck_assert_uint_eq(cost_added(&sample.report, added, 0), 0);
    sample_free(&sample);
}
END_TEST

START_TEST(an_incomplete_pair_is_omitted)
{
    struct cost_added added[4];

    sample_init(&sample);
    sample_row(&sample, "exits.floor", "exit=a", 3)->begin.flags = MINIVMM_BENCH_BARE_RUN;
    sample_row(&sample, "exits.added", "exit=b", 3)->begin.flags = MINIVMM_BENCH_ADDED_WORK;
    sample_row(&sample, "exits.floor", "exit=c", 3)->begin.flags = MINIVMM_BENCH_BARE_RUN;
    sample_row(&sample, "exits.added", "exit=c", 0)->begin.flags = MINIVMM_BENCH_ADDED_WORK;
    sample_row(&sample, "exits.floor", "exit=d", 0)->begin.flags = MINIVMM_BENCH_BARE_RUN;
    sample_row(&sample, "exits.added", "exit=d", 3)->begin.flags = MINIVMM_BENCH_ADDED_WORK;
    /* A bare KVM_RUN that takes no time cannot be compared with. */
    sample_row(&sample, "exits.floor", "exit=e", 1)->begin.flags = MINIVMM_BENCH_BARE_RUN;
    sample.result.sample[sample.result.samples - 1] = 0;
    sample_row(&sample, "exits.added", "exit=e", 3)->begin.flags = MINIVMM_BENCH_ADDED_WORK;
    ck_assert_uint_eq(cost_added(&sample.report, added, 4), 0);
    sample_free(&sample);
}
END_TEST

SUITE_MAIN("cost", guest_handler_and_switch_times_are_separate,
           the_switch_is_computed_per_operation, a_single_operation_has_a_cost,
           without_times_the_cost_is_unknown, a_missing_handler_time_omits_all,
           added_work_is_paired_with_its_floor, an_incomplete_pair_is_omitted)
