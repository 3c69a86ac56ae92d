/* SPDX-License-Identifier: MIT */
/* virtcost's ratios, from numbers whose answers are known. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/program.h"
#include "tests/support/suite.h"
#include "tools/virtcost/added.h"
#include "tools/virtcost/results.h"

#define BLOCKS 6

static const struct environment native = {.name = "native"}, vm = {.name = "vm"},
                                null = {.name = "null"};
static const struct environment *const pair[] = {&native, &vm, &null};

static struct results begin(unsigned envs)
{
    return (struct results){.env = pair,
                            .envs = envs,
                            .wanted = BLOCKS,
                            .seed = 42,
                            .runs = json_array(),
                            .end = "done"};
}

static json_t *row(const char *name, int n, const char *check, double median)
{
    return json_pack("{s:s, s:{s:i}, s:i, s:s, s:s, s:s, s:f}", "name", name, "params", "n", n,
                     "threads", 1, "unit", "ns", "better", "lower", "check", check, "median",
                     median);
}

/* A report of two rows of one name: the first is `median` with `check`, the second is 1. */
static void add(struct results *results, unsigned block, const char *env, const char *check,
                double median)
{
    results_add(results, block, 0, env,
                json_pack("{s:[o, o]}", "benches", row("chase", 1, check, median),
                          row("chase", 2, "ok", 1)));
}

static double real_at(const json_t *json, const char *path)
{
    return json_real_value(json_at(json, path));
}

/* The base drifts from 10 to 60, which the ratio within a block does not see. */
static struct results drifting(unsigned envs)
{
    static const double ratio[BLOCKS] = {1.5, 2.0, 1.25, 3.0, 1.75, 2.25};
    struct results results = begin(envs);

    for (unsigned block = 0; block < BLOCKS; block++) {
        double base = 10.0 * (block + 1);

        add(&results, block, "vm", "ok", base * ratio[block]);
        add(&results, block, "native", "ok", base);
        add(&results, block, "null", "ok", base);
    }
    results.blocks = BLOCKS;
    return results;
}

START_TEST(ratios_are_paired)
{
    struct results results = drifting(2);
    json_t *ratios = results_ratios(&results);

    ck_assert_uint_eq(json_array_size(ratios), 2);
    ck_assert_str_eq(json_text_at(ratios, "0.base"), "native");
    ck_assert_str_eq(json_text_at(ratios, "0.env"), "vm");
    ck_assert_int_eq(json_int_at(ratios, "0.params.n"), 1);
    ck_assert_int_eq(json_int_at(ratios, "0.voided"), 0);
    ck_assert_uint_eq(json_array_size(json_at(ratios, "0.samples")), BLOCKS);
    ck_assert_double_eq(real_at(ratios, "0.samples.0"), 1.5);
    ck_assert_double_eq(real_at(ratios, "0.samples.3"), 3);
    ck_assert_double_eq(real_at(ratios, "0.median"), 1.875);
    ck_assert_double_eq(real_at(ratios, "0.base_median"), 35);
    ck_assert_double_eq(real_at(ratios, "0.env_median"), (40 + 87.5) / 2);
    /* Of six values, the least and the greatest: 1 - 2/64. */
    ck_assert_double_eq(real_at(ratios, "0.ci95.0"), 1.25);
    ck_assert_double_eq(real_at(ratios, "0.ci95.1"), 3);
    ck_assert_double_eq_tol(real_at(ratios, "0.confidence"), 0.96875, 1e-12);
    /* The row with the other parameter is its own. */
    ck_assert_int_eq(json_int_at(ratios, "1.params.n"), 2);
    ck_assert_double_eq(real_at(ratios, "1.median"), 1);
    json_decref(ratios);
    json_decref(results.runs);
}
END_TEST

START_TEST(many_blocks_are_bootstrapped)
{
    struct results results = begin(2);
    json_t *ratios;

    for (unsigned block = 0; block < 31; block++) {
        add(&results, block, "native", "ok", 1);
        add(&results, block, "vm", "ok", 1 + block / 10.0);
    }
    results.blocks = results.wanted = 31;
    ratios = results_ratios(&results);
    ck_assert_double_eq(real_at(ratios, "0.median"), 2.5);
    ck_assert_double_eq(real_at(ratios, "0.confidence"), 0.95);
    ck_assert(real_at(ratios, "0.ci95.0") > 1.5 && real_at(ratios, "0.ci95.0") < 2.5);
    ck_assert(real_at(ratios, "0.ci95.1") > 2.5 && real_at(ratios, "0.ci95.1") < 3.5);
    json_decref(ratios);
    json_decref(results.runs);
}
END_TEST

START_TEST(wrong_results_are_void)
{
    struct results results = begin(2);
    json_t *ratios, *warnings;

    add(&results, 0, "native", "ok", 10);
    add(&results, 0, "vm", "failed", 90);
    add(&results, 1, "native", "failed", 90);
    add(&results, 1, "vm", "failed", 30);
    add(&results, 2, "native", "ok", 10);
    add(&results, 2, "vm", "ok", 20);
    results.blocks = results.wanted = 3;
    ratios = results_ratios(&results);
    warnings = results_warnings(&results);
    ck_assert_int_eq(json_int_at(ratios, "0.voided"), 2);
    ck_assert_uint_eq(json_array_size(json_at(ratios, "0.samples")), 1);
    ck_assert_double_eq(real_at(ratios, "0.median"), 2);
    ck_assert_int_eq(json_int_at(ratios, "1.voided"), 0);
    ck_assert_uint_eq(results_wrong(&results), 3);
    ck_assert_uint_eq(json_array_size(warnings), 2);
    ck_assert_str_eq(json_text_at(warnings, "0.code"), "check_failed");
    ck_assert_str_eq(json_text_at(warnings, "0.text"),
                     "vm: chase n=1, 1 thr: wrong result in 2 of the runs, whose samples are void");
    json_decref(ratios);
    json_decref(warnings);
    json_decref(results.runs);
}
END_TEST

START_TEST(a_missing_row_is_no_result)
{
    struct results results = begin(2);
    json_t *ratios;

    add(&results, 0, "native", "ok", 10);
    results_add(&results, 0, 1, "vm", json_pack("{s:[]}", "benches"));
    results.blocks = results.wanted = 1;
    ratios = results_ratios(&results);
    ck_assert_int_eq(json_int_at(ratios, "0.voided"), 1);
    ck_assert(!json_has(ratios, "0.median"));
    ck_assert_uint_eq(results_wrong(&results), 0);
    json_decref(ratios);
    json_decref(results.runs);
}
END_TEST

/* Their runs are kept, but there is nothing to pair them with. */
START_TEST(incomplete_blocks_have_no_ratio)
{
    struct results results = begin(2);
    json_t *ratios, *added, *warnings, *json;

    add(&results, 0, "native", "ok", 10);
    results.end = "signal";
    ratios = results_ratios(&results);
    warnings = results_warnings(&results);
    added = added_rows(&results, ratios);
    json = results_json(&results, ratios, added, warnings);
    ck_assert_uint_eq(json_array_size(json_at(json, "added")), 0);
    json_decref(added);
    ck_assert_uint_eq(json_array_size(ratios), 0);
    ck_assert_str_eq(json_text_at(warnings, "0.code"), "incomplete");
    ck_assert_str_eq(json_text_at(warnings, "0.text"),
                     "ended by a signal: 0 of 6 blocks are complete");
    ck_assert_int_eq(json_int_at(json, "blocks"), 0);
    ck_assert_int_eq(json_int_at(json, "blocks_wanted"), BLOCKS);
    ck_assert_int_eq(json_int_at(json, "seed"), 42);
    ck_assert_str_eq(json_text_at(json, "end.reason"), "signal");
    ck_assert_uint_eq(json_array_size(json_at(json, "runs")), 1);
    json_decref(json);
    json_decref(ratios);
    json_decref(warnings);
    json_decref(results.runs);
}
END_TEST

static char *print(const struct results *results)
{
    json_t *ratios = results_ratios(results), *warnings = results_warnings(results);
    json_t *added = added_rows(results, ratios);
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);

    results_print(out, results, ratios, added, warnings);
    fclose(out);
    json_decref(added);
    json_decref(ratios);
    json_decref(warnings);
    return text;
}

static void check_has(const char *text, const char *expected)
{
    ck_assert_msg(strstr(text, expected) != NULL, "'%s' expected in:\n%s", expected, text);
}

START_TEST(the_table_judges)
{
    struct results results = drifting(3);
    char *text = print(&results);

    check_has(text, "6 blocks, seed 42\n");
    check_has(text, "chase n=1                         1 vm          35    63.75 ns        1.8750 "
                    "[1.2500, 3.0000] worse\n");
    check_has(text, "chase n=2                         1 vm           1        1 ns        1.0000 "
                    "[1.0000, 1.0000] same\n");
    check_has(text, " The ratio of \"null\", native against native, shows the noise.\n");
    free(text);
    json_decref(results.runs);
}
END_TEST

START_TEST(the_table_names_its_base)
{
    static const struct environment *const turned[] = {&vm, &native};
    struct results results = drifting(2);
    char *text;

    results.env = turned;
    text = print(&results);
    check_has(text, "thr env         vm      env unit ");
    check_has(text, "the median of env/vm within");
    check_has(text, " better\n");
    ck_assert(strstr(text, "null") == NULL);
    free(text);
    json_decref(results.runs);
}
END_TEST

/* A row of I/O at depth 1: so many IOPS, of 1000 operations. */
static json_t *io_row(double iops, int reads, int writes, double kicks, double sleeps,
                      double interrupts)
{
    return json_pack("{s:s, s:{s:i, s:i}, s:i, s:s, s:s, s:s, s:f, s:i, s:{s:i, s:i}, s:f, s:f, "
                     "s:f}",
                     "name", "blk.randread", "params", "bs", 4096, "iodepth", 1, "threads", 1,
                     "unit", "IOPS", "better", "higher", "check", "ok", "median", iops, "ops", 1000,
                     "exits_user", "mmio_read", reads, "mmio_write", writes, "kicks_per_io", kicks,
                     "sleeps_per_io", sleeps, "interrupts_per_io", interrupts);
}

static json_t *cost_row(const char *name, const char *key, const char *value, double ns)
{
    json_t *row = json_pack("{s:s, s:{}, s:i, s:s, s:f}", "name", name, "params", "threads", 1,
                            "check", "ok", "median", ns);

    if (key)
        json_object_set_new(json_object_get(row, "params"), key, json_string(value));
    return row;
}

/* Two blocks: natively 1 us an operation, in the VM 101 us; and what exits cost there. */
static struct results with_io(json_t *(*vm_row)(void), int costs)
{
    struct results results = begin(2);

    for (unsigned block = 0; block < 2; block++) {
        json_t *rows = json_array();

        json_array_append_new(rows, vm_row());
        if (costs) {
            json_array_append_new(rows, cost_row("exits.mmio.event", "work", "none", 3000));
            json_array_append_new(rows, cost_row("exits.mmio.write", "work", "1us", 99999));
            json_array_append_new(rows, cost_row("exits.mmio.write", "work", "none", 25000));
            json_array_append_new(rows, cost_row("exits.mmio.read", "work", "none", 20000));
            json_array_append_new(rows, cost_row("exits.irqfd.halted", NULL, NULL, 40000));
            json_array_append_new(rows, cost_row("exits.floor", "exit", "ioctl", 1));
            json_array_append_new(rows, cost_row("exits.floor", "exit", "wakeup", 10000));
        }
        results_add(&results, block, 0, "vm", json_pack("{s:o}", "benches", rows));
        results_add(&results, block, 1, "native",
                    json_pack("{s:[o]}", "benches", io_row(1e6, 0, 0, 0, 0, 0)));
    }
    results.blocks = results.wanted = 2;
    return results;
}

/* One kick in KVM, one wake-up, one interrupt, whose status is read and acknowledged. */
static json_t *interrupted(void)
{
    return io_row(1e9 / 101e3, 1000, 1000, 1, 1, 1);
}

/* A kick that is an exit, and nothing but a wake-up every other time. */
static json_t *polled(void)
{
    return io_row(1e9 / 101e3, 0, 1000, 1, 0.5, 0);
}

START_TEST(what_io_costs_more_is_predicted)
{
    struct results results = with_io(interrupted, 1);
    json_t *ratios = results_ratios(&results), *added = added_rows(&results, ratios);

    ck_assert_uint_eq(json_array_size(added), 1);
    ck_assert_double_eq_tol(real_at(added, "0.added_ns"), 100000, 1);
    /* 3000 + 10000 + 40000 + 20000 + 25000 */
    ck_assert_double_eq_tol(real_at(added, "0.predicted_ns"), 98000, 1);
    ck_assert_double_eq_tol(real_at(added, "0.residual_ns"), 2000, 1);
    ck_assert_uint_eq(json_array_size(json_at(added, "0.parts")), 5);
    json_decref(added);
    json_decref(ratios);
    json_decref(results.runs);

    results = with_io(polled, 1);
    ratios = results_ratios(&results);
    added = added_rows(&results, ratios);
    ck_assert_double_eq_tol(real_at(added, "0.predicted_ns"), 25000 + 5000, 1);
    ck_assert_uint_eq(json_array_size(json_at(added, "0.parts")), 2);
    json_decref(added);
    json_decref(ratios);
    json_decref(results.runs);
}
END_TEST

START_TEST(without_the_exits_nothing_is_predicted)
{
    struct results results = with_io(interrupted, 0);
    json_t *ratios = results_ratios(&results), *added = added_rows(&results, ratios);
    char *text = print(&results);

    ck_assert(json_has(added, "0.added_ns") && !json_has(added, "0.predicted_ns"));
    check_has(text, "(not measured: add exits to --bench)");
    check_has(text, "blk.randread             1\n              4K     0.010\n");
    free(text);
    json_decref(added);
    json_decref(ratios);
    json_decref(results.runs);
}
END_TEST

SUITE_MAIN("results", ratios_are_paired, many_blocks_are_bootstrapped, wrong_results_are_void,
           a_missing_row_is_no_result, incomplete_blocks_have_no_ratio, the_table_judges,
           the_table_names_its_base, what_io_costs_more_is_predicted,
           without_the_exits_nothing_is_predicted)
