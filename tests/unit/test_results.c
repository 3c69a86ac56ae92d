/* SPDX-License-Identifier: MIT */
/* virtcost's ratios, from numbers with known answers. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/program.h"
#include "tests/support/suite.h"
#include "tools/virtcost/figures/added.h"
#include "tools/virtcost/results/gaps.h"
#include "tools/virtcost/results/results.h"
#include "tools/virtcost/results/text.h"
#include "tools/virtcost/results/warnings.h"

#define BLOCKS 6

static const struct environment native = {.name = "native"}, vm = {.name = "vm"},
                                null = {.name = "null"};
static const struct environment *const pair[] = {&native, &vm, &null};

static const struct experiment plain = {.name = "plain", .help = "As it is"};

static struct results begin(unsigned envs)
{
    return (struct results){
        .env = pair,
        .envs = envs,
        .seed = 42,
        .margin_pct = 3,
        .part = {{.experiment = &plain, .wanted = BLOCKS, .steps = json_pack("[s]", "")}},
        .parts = 1,
        .runs = json_array(),
        .end = "done"};
}

/* Add one run of a block, which is started unless it is the last one. */
static void add_report(struct results *results, const char *step, unsigned block, const char *env,
                       json_t *report)
{
    unsigned complete = results->part[0].blocks;

    results->part[0].blocks = block;
    results_add(results, step, 0, env, report);
    results->part[0].blocks = complete;
}

static void complete(struct results *results, unsigned blocks)
{
    results->part[0].blocks = results->part[0].wanted = blocks;
}

static json_t *ratios_of(const struct results *results)
{
    json_t *json = results_json(results), *ratios;

    ratios = json_incref(json_at(json, "experiments.0.ratios"));
    json_decref(json);
    return ratios;
}

static void free_results(struct results *results)
{
    json_decref(results->runs);
    json_decref(results->part[0].steps);
}

static json_t *row(const char *name, int n, const char *check, double median)
{
    return json_pack("{s:s, s:{s:i}, s:i, s:s, s:s, s:s, s:f}", "name", name, "params", "n", n,
                     "threads", 1, "unit", "ns", "better", "lower", "check", check, "median",
                     median);
}

/* A report with two rows of one name: the first is `median` with `check`, the second is 1. */
static void add(struct results *results, unsigned block, const char *env, const char *check,
                double median)
{
    add_report(results, "", block, env,
               json_pack("{s:[o, o]}", "benches", row("chase", 1, check, median),
                         row("chase", 2, "ok", 1)));
}

static double real_at(const json_t *json, const char *path)
{
    return json_real_value(json_at(json, path));
}

/* The base drifts from 10 to 60; the ratio within each block cancels it out. */
static struct results drifting(unsigned envs)
{
    static const double ratio[BLOCKS] = {1.5, 2.0, 1.25, 3.0, 1.75, 2.25};
    struct results results = begin(envs);

    for (unsigned block = 0; block < BLOCKS; block++) {
        double base = 10.0 * (block + 1);

        add(&results, block, "vm", "ok", base * ratio[block]);
        add(&results, block, "native", "ok", base);
        if (envs > 2)
            add(&results, block, "null", "ok", base);
    }
    complete(&results, BLOCKS);
    return results;
}

START_TEST(ratios_are_paired)
{
    struct results results = drifting(2);
    json_t *ratios = ratios_of(&results);

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
    /* Of six values, the smallest and the largest: confidence 1 - 2/64. */
    ck_assert_double_eq(real_at(ratios, "0.ci95.0"), 1.25);
    ck_assert_double_eq(real_at(ratios, "0.ci95.1"), 3);
    ck_assert_double_eq_tol(real_at(ratios, "0.confidence"), 0.96875, 1e-12);
    /* The row with the other parameter is separate. */
    ck_assert_int_eq(json_int_at(ratios, "1.params.n"), 2);
    ck_assert_double_eq(real_at(ratios, "1.median"), 1);
    json_decref(ratios);
    free_results(&results);
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
    complete(&results, 31);
    ratios = ratios_of(&results);
    ck_assert_double_eq(real_at(ratios, "0.median"), 2.5);
    ck_assert_double_eq(real_at(ratios, "0.confidence"), 0.95);
    ck_assert(real_at(ratios, "0.ci95.0") > 1.5 && real_at(ratios, "0.ci95.0") < 2.5);
    ck_assert(real_at(ratios, "0.ci95.1") > 2.5 && real_at(ratios, "0.ci95.1") < 3.5);
    json_decref(ratios);
    free_results(&results);
}
END_TEST

START_TEST(wrong_results_are_void)
{
    struct results results = begin(2);
    json_t *ratios, *json;

    add(&results, 0, "native", "ok", 10);
    add(&results, 0, "vm", "failed", 90);
    add(&results, 1, "native", "failed", 90);
    add(&results, 1, "vm", "failed", 30);
    add(&results, 2, "native", "ok", 10);
    add(&results, 2, "vm", "ok", 20);
    complete(&results, 3);
    ratios = ratios_of(&results);
    json = results_json(&results);
    ck_assert_int_eq(json_int_at(ratios, "0.voided"), 2);
    ck_assert_uint_eq(json_array_size(json_at(ratios, "0.samples")), 1);
    ck_assert_double_eq(real_at(ratios, "0.median"), 2);
    ck_assert_int_eq(json_int_at(ratios, "1.voided"), 0);
    ck_assert_uint_eq(warnings_wrong(&results), 3);
    ck_assert_uint_eq(json_array_size(json_at(json, "warnings")), 2);
    ck_assert_str_eq(json_text_at(json, "warnings.0.code"), "check_failed");
    ck_assert_str_eq(json_text_at(json, "warnings.0.text"),
                     "vm: chase n=1, 1 thr: wrong result in 2 of the runs, whose samples are void");
    json_decref(ratios);
    json_decref(json);
    free_results(&results);
}
END_TEST

START_TEST(a_missing_row_is_no_result)
{
    struct results results = begin(2);
    json_t *ratios;

    add(&results, 0, "native", "ok", 10);
    add(&results, 1, "native", "ok", 10);
    add_report(&results, "", 0, "vm", json_pack("{s:[]}", "benches"));
    add(&results, 1, "vm", "ok", 20);
    complete(&results, 1);
    ratios = ratios_of(&results);
    ck_assert_uint_eq(json_array_size(ratios), 0);
    json_decref(ratios);
    complete(&results, 2);
    ratios = ratios_of(&results);
    ck_assert_int_eq(json_int_at(ratios, "0.voided"), 1);
    ck_assert_double_eq(real_at(ratios, "0.median"), 2);
    ck_assert_uint_eq(warnings_wrong(&results), 0);
    json_decref(ratios);
    free_results(&results);
}
END_TEST

/* If a benchmark derives its size from memory, figures of two sizes have no ratio. */
START_TEST(different_parameters_are_reported)
{
    struct results results = begin(2);
    struct err err;
    json_t *json;

    for (unsigned i = 0; i < 2; i++) {
        add_report(
            &results, "", i, "native",
            json_pack("{s:[o, o]}", "benches", row("lu", 2296, "ok", 10), row("sum", 1, "ok", 10)));
        add_report(
            &results, "", i, "vm",
            json_pack("{s:[o, o]}", "benches", row("lu", 2009, "ok", 9), row("sum", 1, "ok", 10)));
    }
    complete(&results, 2);
    json = results_json(&results);
    ck_assert_uint_eq(json_array_size(json_at(json, "experiments.0.ratios")), 1);
    ck_assert_uint_eq(json_array_size(json_at(json, "warnings")), 1);
    ck_assert_str_eq(json_text_at(json, "warnings.0.code"), "other_parameters");
    ck_assert_str_eq(json_text_at(json, "warnings.0.text"),
                     "plain: no ratio of lu n=2296, 1 thr, in vm: its parameters differ there "
                     "(lu n=2009); name them with --args, or more --mem");
    results.bench_named = true;
    ck_assert_int_eq(gaps_fail(&results, json_at(json, "experiments"), &err), -1);
    ck_assert_str_eq(err.text, "plain: vm has no result for lu n=2296: its parameters differ there "
                               "(lu n=2009); name them with --args, or more --mem");
    json_decref(json);
    free_results(&results);
}
END_TEST

/* An experiment that sets the number of vCPUs oversubscribes on purpose. */
START_TEST(shared_cpus_are_reported_if_the_user_chose)
{
    static const struct {
        const char *experiment;
        unsigned reported;
    } cases[] = {{"plain", 1}, {"scaling", 0}};

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct experiment named = {.name = cases[i].experiment, .help = "x"};
        struct results results = begin(1);
        json_t *json;

        results.part[0].experiment = &named;
        add_report(&results, "", 0, "native",
                   json_pack("{s:[o], s:[{s:s, s:s}]}", "benches", row("sum", 1, "ok", 10),
                             "warnings", "code", "oversubscribed", "text",
                             "2 threads share 1 CPU"));
        complete(&results, 1);
        json = results_json(&results);
        ck_assert_uint_eq(json_array_size(json_at(json, "warnings")), cases[i].reported);
        if (cases[i].reported)
            ck_assert_str_eq(json_text_at(json, "warnings.0.text"),
                             "in 1 of 1 run: 2 threads share 1 CPU");
        json_decref(json);
        free_results(&results);
    }
}
END_TEST

/* Their runs are kept, but have no counterpart. */
START_TEST(incomplete_blocks_have_no_ratio)
{
    struct results results = begin(2);
    json_t *json;

    add(&results, 0, "native", "ok", 10);
    results.end = "signal";
    json = results_json(&results);
    ck_assert_uint_eq(json_array_size(json_at(json, "experiments.0.ratios")), 0);
    ck_assert_uint_eq(json_array_size(json_at(json, "experiments.0.values")), 0);
    ck_assert(!json_has(json, "experiments.0.added"));
    ck_assert_str_eq(json_text_at(json, "warnings.0.code"), "incomplete");
    ck_assert_str_eq(json_text_at(json, "warnings.0.text"),
                     "plain: ended by a signal: 0 of 6 blocks are complete");
    ck_assert_int_eq(json_int_at(json, "experiments.0.blocks"), 0);
    ck_assert_int_eq(json_int_at(json, "experiments.0.blocks_wanted"), BLOCKS);
    ck_assert_int_eq(json_int_at(json, "seed"), 42);
    ck_assert_str_eq(json_text_at(json, "end.reason"), "signal");
    ck_assert_uint_eq(json_array_size(json_at(json, "runs")), 1);
    json_decref(json);
    free_results(&results);
}
END_TEST

static char *print(const struct results *results)
{
    json_t *json = results_json(results);
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);

    text_print(out, json);
    fclose(out);
    json_decref(json);
    return text;
}

static void check_has(const char *text, const char *expected)
{
    ck_assert_msg(strstr(text, expected) != NULL, "'%s' expected in:\n%s", expected, text);
}

/* Steps are compared with the base step in the same environment. */
START_TEST(steps_are_compared)
{
    static const struct experiment stepped = {.name = "plain", .help = "", .stepwise = true};
    struct results results = begin(2);
    json_t *ratios;
    char *text;

    results.part[0].experiment = &stepped;
    json_decref(results.part[0].steps);
    results.part[0].steps = json_pack("[s, s]", "alone", "busy");
    for (unsigned block = 0; block < 2; block++) {
        add_report(&results, "busy", block, "vm",
                   json_pack("{s:[o]}", "benches", row("chase", 1, "ok", 6)));
        add_report(&results, "alone", block, "vm",
                   json_pack("{s:[o]}", "benches", row("chase", 1, "ok", 2)));
        add_report(&results, "alone", block, "native",
                   json_pack("{s:[o]}", "benches", row("chase", 1, "ok", 1)));
    }
    complete(&results, 2);
    ratios = ratios_of(&results);
    /* Natively there is no busy step; the VM's steps are compared with "alone" only. */
    ck_assert_uint_eq(json_array_size(ratios), 2);
    ck_assert(!json_has(ratios, "0.base_step"));
    ck_assert_double_eq(real_at(ratios, "0.median"), 2);
    ck_assert_str_eq(json_text_at(ratios, "1.step"), "busy");
    ck_assert_str_eq(json_text_at(ratios, "1.base_step"), "alone");
    ck_assert_str_eq(json_text_at(ratios, "1.base"), "vm");
    ck_assert_double_eq(real_at(ratios, "1.median"), 3);
    json_decref(ratios);
    text = print(&results);
    check_has(text, "\nratio to the first step, \"alone\", in the same environment:\nbenchmark ");
    free(text);
    free_results(&results);
}
END_TEST

static json_t *stolen_report(double pct, double median)
{
    json_t *report = json_pack("{s:{s:f}, s:[o]}", "host", "steal_pct", pct, "benches",
                               row("chase", 1, "ok", median));

    /* A run of a few milliseconds may have lost all of its ticks. */
    json_object_set_new(json_at(report, "benches.0"), "window_ns",
                        json_integer(pct < 50 ? 300000000 : 3000000));
    return report;
}

START_TEST(a_machine_that_changes_is_reported)
{
    struct results results = begin(2);
    json_t *json;

    for (unsigned block = 0; block < BLOCKS; block++) {
        add_report(&results, "", block, "native", stolen_report(0, block < 3 ? 1 : 1.2));
        add_report(&results, "", block, "vm", stolen_report(block == 1 ? 100 : block ? 4 : 20, 1));
    }
    complete(&results, BLOCKS);
    json = results_json(&results);
    ck_assert_uint_eq(json_array_size(json_at(json, "warnings")), 2);
    ck_assert_str_eq(json_text_at(json, "warnings.0.code"), "drift");
    ck_assert_str_eq(json_text_at(json, "warnings.1.text"),
                     "in 1 of 12 runs the hypervisor below took more than 5 % of the CPUs' time, "
                     "at most 20.0 %");
    json_decref(json);
    free_results(&results);
}
END_TEST

/* Each code once, without those that other parts of the results cover. */
START_TEST(warnings_of_runs_are_passed_on)
{
    struct results results = begin(2);
    json_t *json, *report;

    for (unsigned block = 0; block < 3; block++) {
        add_report(&results, "", block, "native", stolen_report(0, 1));
        report = stolen_report(0, 1);
        json_object_set_new(report, "warnings",
                            json_pack("[{s:s, s:s}, {s:s, s:s}]", "code", "quick", "text", "quick",
                                      "code", "cpu_not_masked", "text",
                                      block ? "of a later run" : "KVM cannot mask them"));
        add_report(&results, "", block, "vm", report);
    }
    complete(&results, 3);
    json = results_json(&results);
    ck_assert_uint_eq(json_array_size(json_at(json, "warnings")), 1);
    ck_assert_str_eq(json_text_at(json, "warnings.0.code"), "cpu_not_masked");
    ck_assert_str_eq(json_text_at(json, "warnings.0.text"), "in 3 of 6 runs: KVM cannot mask them");
    json_decref(json);
    free_results(&results);
}
END_TEST

/*
 * Exits of barriers belong to no benchmark, and are what costs where threads wait for each other.
 */
START_TEST(exits_to_the_vmm_include_those_of_barriers)
{
    struct results results = begin(2);
    json_t *json, *report = json_pack("{s:[o]}", "benches", row("chase", 1, "ok", 6));

    json_object_set_new(json_at(report, "benches.0"), "exits_user", json_pack("{s:i}", "pio", 3));
    json_object_set_new(json_at(report, "benches.0"), "exits_harness",
                        json_pack("{s:i}", "paravirt", 7));
    add_report(&results, "", 0, "vm", report);
    add(&results, 0, "native", "ok", 6);
    complete(&results, 1);
    json = results_json(&results);
    ck_assert_str_eq(json_text_at(json, "experiments.0.values.1.env"), "vm");
    ck_assert_double_eq(json_real_value(json_at(json, "experiments.0.values.1.exits_vmm")), 10);
    ck_assert(!json_has(json, "experiments.0.values.0.exits_vmm"));
    json_decref(json);
    free_results(&results);
}
END_TEST

START_TEST(the_host_and_its_paging_are_named)
{
    struct results results = begin(1);
    char *text;

    add_report(&results, "", 0, "vm",
               json_pack("{s:{s:s, s:i, s:i, s:s, s:s, s:s}, s:[o]}", "host", "cpu", "Some CPU",
                         "cpus", 2, "memory_bytes", 1 << 30, "kernel", "Linux 6.1", "kvm_module",
                         "kvm_amd", "paging", "npt", "benches", row("chase", 1, "ok", 6)));
    complete(&results, 1);
    text = print(&results);
    check_has(text,
              "host     Some CPU; 2 CPUs; 1.0 GiB; Linux 6.1; kvm_amd, npt paging\n\nplain: ");
    free(text);
    free_results(&results);
}
END_TEST

START_TEST(the_table_judges)
{
    struct results results = drifting(3);
    char *text = print(&results);

    ck_assert_msg(!strncmp(text, "plain: ", strlen("plain: ")), "a host in:\n%s", text);
    check_has(text, "6 blocks, seed 42\n");
    check_has(text, "chase n=1                    1 vm           35.00    63.75 ns      1.875 "
                    "[1.250, 3.000]     worse\n");
    check_has(text, "chase n=2                    1 vm           1.000    1.000 ns      1.000 "
                    "[1.000, 1.000]     same\n");
    check_has(text, "\nThe ratio of \"null\", native against native, shows the noise.\n");
    free(text);
    free_results(&results);
}
END_TEST

/* Ratios of the VM to native from `from` to `to`, spread over this many blocks. */
static struct results spread(unsigned blocks, double from, double to)
{
    struct results results = begin(2);

    for (unsigned block = 0; block < blocks; block++) {
        double part = blocks > 1 ? (double)block / (blocks - 1) : 0;

        add_report(&results, "", block, "native",
                   json_pack("{s:[o]}", "benches", row("chase", 1, "ok", 1)));
        add_report(
            &results, "", block, "vm",
            json_pack("{s:[o]}", "benches", row("chase", 1, "ok", from + (to - from) * part)));
    }
    complete(&results, blocks);
    return results;
}

START_TEST(every_ratio_has_its_verdict)
{
    static const struct {
        unsigned blocks;
        double from, to, margin_pct;
        const char *verdict;
        json_int_t settled; /* 0: not unclear */
    } cases[] = {
        {6, 1.98, 2.02, 3, "worse", 0},   {6, 0.48, 0.5, 3, "better", 0},
        {6, 0.99, 1.01, 3, "same", 0},    {6, 0.99, 1.01, 0.5, "unclear", 25},
        {6, 0.07, 2.67, 3, "unclear", 0}, {5, 0.99, 1.01, 3, "unclear", 6},
        {1, 1, 1, 3, "unclear", 6},       {2, 2, 2, 3, "unclear", 6},
        {6, 0.9, 1.2, 20, "same", 0},     {6, 1.001, 1.02, 3, "same", 0},
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct results results = spread(cases[i].blocks, cases[i].from, cases[i].to);
        json_t *json, *ratio;

        results.margin_pct = cases[i].margin_pct;
        json = results_json(&results);
        ratio = json_at(json, "experiments.0.ratios.0");
        ck_assert_double_eq(real_at(json, "margin_pct"), cases[i].margin_pct);
        ck_assert_msg(!strcmp(json_text_at(ratio, "verdict"), cases[i].verdict), "case %u: %s", i,
                      json_text_at(ratio, "verdict"));
        if (strcmp(cases[i].verdict, "unclear"))
            ck_assert(!json_has(ratio, "settled_by_blocks"));
        else if (cases[i].settled)
            ck_assert_msg(json_int_at(ratio, "settled_by_blocks") == cases[i].settled,
                          "case %u: %d", i, (int)json_int_at(ratio, "settled_by_blocks"));
        else
            ck_assert_int_gt(json_int_at(ratio, "settled_by_blocks"), 6);
        json_decref(json);
        free_results(&results);
    }
}
END_TEST

/* One block has no interval, however equal its figures are, and none is shown. */
START_TEST(few_blocks_show_no_interval)
{
    struct results results = spread(5, 1, 1);
    char *text;

    results.part[0].elapsed_ns = 50000000000;
    text = print(&results);
    check_has(text, " 1.000 (no interval)      unclear\n");
    check_has(text, "\nunclear  1 of 1 ratio. 1 has too few blocks for a 95 % interval: take at "
                    "least 6 blocks (about 60\n"
                    "         s).\n");
    check_has(text, "lies within 3 % of 1; better, worse: on one side of 1; unclear: neither.\n");
    free(text);
    free_results(&results);
}
END_TEST

START_TEST(the_table_states_what_would_settle_it)
{
    struct results results = spread(10, 0.98, 1.07);
    json_t *json;
    char *text = print(&results);

    check_has(text, "]    unclear\n");
    check_has(text, "\nunclear  1 of 1 ratio. 1 has too wide an interval: about ");
    check_has(text, " blocks would settle 1.\n");
    free(text);
    results.part[0].elapsed_ns = 6000000000000;
    json = results_json(&results);
    ck_assert_double_eq(real_at(json, "experiments.0.seconds"), 6000);
    json_decref(json);
    text = print(&results);
    check_has(text, " h) would settle 1.\n");
    free(text);
    free_results(&results);
}
END_TEST

/* Absolute figures of few blocks have no interval either. */
START_TEST(values_of_few_blocks_have_no_range)
{
    struct results results = begin(1);
    char *text;

    add_report(&results, "", 0, "native",
               json_pack("{s:[o]}", "benches", row("chase", 1, "ok", 2)));
    complete(&results, 1);
    text = print(&results);
    check_has(text, "   2.000        -        - ns");
    free(text);
    free_results(&results);
}
END_TEST

/* Large values have units, not many digits or exponents. */
START_TEST(large_figures_are_readable)
{
    static const struct {
        const char *unit, *expected;
        double median;
    } figures[] = {
        {"ns", "   3.840    3.840 ms ", 3839700},
        {"ns", "   42.66    42.66 us ", 42664},
        {"IOPS", "   761.9    761.9 k IOPS ", 761900},
    };

    for (unsigned i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
        struct results results = begin(2);
        char *text;

        for (unsigned env = 0; env < 2; env++) {
            json_t *one = row("chase", 1, "ok", figures[i].median);

            json_object_set_new(one, "unit", json_string(figures[i].unit));
            add_report(&results, "", 0, env ? "vm" : "native",
                       json_pack("{s:[o]}", "benches", one));
        }
        complete(&results, 1);
        text = print(&results);
        check_has(text, figures[i].expected);
        free(text);
        free_results(&results);
    }
}
END_TEST

/* The user's arguments for benchmarks apply in experiments too. */
START_TEST(arguments_of_the_user_win)
{
    static const struct experiment *const experiments[] = {&experiment_blk, &experiment_noise,
                                                           &experiment_scaling};
    const struct site site = {.folder = "/tmp"};
    struct config config = {0};
    json_t *options = json_pack("{s:s}", "args", "n=100");
    const struct request request = {
        .options = options, .config = &config, .cpus = 1, .site = &site};

    for (unsigned i = 0; i < sizeof(experiments) / sizeof(experiments[0]); i++) {
        struct plan plan = {0};
        struct err err;

        ck_assert_int_eq(experiments[i]->plan(&plan, &request, &err), 0);
        ck_assert_str_eq(json_text_at(plan.step[0].options, "args"), "n=100");
        plan_free(&plan);
    }
    json_decref(options);
}
END_TEST

/* Without permission to create a cgroup, kernel memory is unknown, not 0. */
START_TEST(unknown_memory_is_not_zero)
{
    json_t *json =
        json_pack("{s:[{s:s, s:s, s:f}, {s:s, s:s, s:f}]}", "values", "name", "density.start",
                  "env", "vm", "median", 1.5, "name", "density.guest", "env", "vm", "median", 0.0);
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);

    experiment_density.print(out, json);
    fclose(out);
    check_has(text, "vm              1.50         -            -              0              -\n");
    free(text);
    json_decref(json);
}
END_TEST

/* The output of an experiment for these values, to be freed. */
static char *print_values(const struct experiment *experiment, json_t *values)
{
    json_t *json = json_pack("{s:o}", "values", values);
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);

    experiment->print(out, json);
    fclose(out);
    json_decref(json);
    return text;
}

/* A phase that a process lacks, and time shares that nothing counted. */
START_TEST(unknown_times_are_not_zero)
{
    char *text = print_values(
        &experiment_startup,
        json_pack("[{s:s, s:s, s:f}, {s:s, s:s, s:f}, {s:s, s:s, s:f, s:[f, f]}]", "name",
                  "startup.main_to_entry", "env", "native", "median", 2e6, "name",
                  "startup.user_to_end", "env", "native", "median", 5e6, "name", "startup.total",
                  "env", "native", "median", 8e6, "samples", 8e6, 8e6));

    check_has(text,
              "native                 -         2.000             -         5.000     8.000     "
              "8.000  user_to_end\n");
    free(text);
    text = print_values(&experiment_startup, json_pack("[{s:s, s:s, s:[]}]", "name",
                                                       "startup.total", "env", "vm", "samples"));
    check_has(text,
              "vm                     -             -             -             -         -     "
              "    -  -\n");
    free(text);
    text =
        print_values(&experiment_scaling,
                     json_pack("[{s:s, s:s, s:i, s:f, s:{s:i}}]", "name", "gups", "env", "native",
                               "threads", 2, "window_ns", 1000.0, "time_ns", "running", 500));
    check_has(text, "  2 native        25.0        -        -        -        -        -\n");
    free(text);
}
END_TEST

static json_t *report_on(const char *kind, const char *other)
{
    return json_pack("{s:{s:[{s:s}, {s:s}, {s:s}]}, s:[]}", "host", "cores", "kind", kind, "kind",
                     kind, "kind", other, "benches");
}

/* Performance cores against efficiency cores is no comparison of environments. */
START_TEST(members_on_other_cores_are_reported)
{
    struct results results = begin(2);
    char *text;

    add_report(&results, "a", 0, "native", report_on("P-core 5.4 GHz", "E-core 3.9 GHz"));
    add_report(&results, "a", 0, "vm", report_on("P-core 5.4 GHz", "E-core 3.9 GHz"));
    /* Another step may have others. */
    add_report(&results, "b", 0, "native", report_on("P-core 5.4 GHz", "P-core 5.4 GHz"));
    complete(&results, 1);
    text = print(&results);
    ck_assert_ptr_null(strstr(text, "compare the cores"));
    free(text);
    add_report(&results, "b", 0, "vm", report_on("E-core 3.9 GHz", "E-core 3.9 GHz"));
    text = print(&results);
    check_has(text, "native ran on P-core 5.4 GHz, vm on E-core 3.9 GHz: ratios compare the");
    free(text);
    free_results(&results);
}
END_TEST

START_TEST(an_almost_unknown_host_is_described)
{
    json_t *json = json_pack("{s:{s:s, s:s}}", "host", "cpu", "A CPU", "kernel", "Linux 6.1");
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);

    text_print(out, json);
    fclose(out);
    check_has(text, "A CPU; Linux 6.1; KVM, unknown paging\n");
    free(text);
    json_object_set_new(json_object_get(json, "host"), "cpus", json_integer(1));
    json_object_set_new(json_object_get(json, "host"), "memory_bytes", json_integer(1 << 30));
    text = NULL;
    out = open_memstream(&text, &bytes);
    text_print(out, json);
    fclose(out);
    check_has(text, "A CPU; 1 CPU; 1.0 GiB; Linux 6.1; KVM, unknown paging\n");
    free(text);
    json_decref(json);
}
END_TEST

/* Any warning is wrapped. */
START_TEST(warnings_fit_a_terminal)
{
    struct results results = drifting(2);
    char *text;

    results.warnings = json_array();
    warnings_add(results.warnings, "long", json_sprintf("%0*d and so on", 90, 1));
    text = print(&results);
    check_has(text, "1\n         and so on\n");
    free(text);
    json_decref(results.warnings);
    free_results(&results);
}
END_TEST

START_TEST(the_table_names_its_base)
{
    static const struct environment *const turned[] = {&vm, &native};
    struct results results = drifting(2);
    char *text;

    results.env = turned;
    text = print(&results);
    check_has(text, "thr env             vm      env unit ");
    check_has(text, "the median of env/vm within");
    check_has(text, " better\n");
    ck_assert(strstr(text, "null") == NULL);
    free(text);
    free_results(&results);
}
END_TEST

/* A row of I/O at depth 1 with this many IOPS, over 1000 operations. */
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

/* Two blocks: 1 us per operation natively, 101 us in the VM; and the costs of exits. */
static struct results with_io(json_t *(*vm_row)(void), int costs)
{
    struct results results = begin(2);

    results.part[0].experiment = &experiment_blk;

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
        add_report(&results, "", block, "vm", json_pack("{s:o}", "benches", rows));
        add_report(&results, "", block, "native",
                   json_pack("{s:[o]}", "benches", io_row(1e6, 0, 0, 0, 0, 0)));
    }
    complete(&results, 2);
    return results;
}

/* One kick in KVM, one wake-up, one interrupt, whose status is read and acknowledged. */
static json_t *interrupted(void)
{
    return io_row(1e9 / 101e3, 1000, 1000, 1, 1, 1);
}

/* A kick that exits, and a wake-up every other time. */
static json_t *polled(void)
{
    return io_row(1e9 / 101e3, 0, 1000, 1, 0.5, 0);
}

START_TEST(added_io_time_is_predicted)
{
    struct results results = with_io(interrupted, 1);
    json_t *ratios = ratios_of(&results), *added = added_rows(results.runs, "blk", ratios);

    ck_assert_uint_eq(json_array_size(added), 1);
    ck_assert_double_eq_tol(real_at(added, "0.added_ns"), 100000, 1);
    /* 3000 + 10000 + 40000 + 20000 + 25000 */
    ck_assert_double_eq_tol(real_at(added, "0.predicted_ns"), 98000, 1);
    ck_assert_double_eq_tol(real_at(added, "0.residual_ns"), 2000, 1);
    ck_assert_uint_eq(json_array_size(json_at(added, "0.parts")), 5);
    json_decref(added);
    json_decref(ratios);
    free_results(&results);

    results = with_io(polled, 1);
    ratios = ratios_of(&results);
    added = added_rows(results.runs, "blk", ratios);
    ck_assert_double_eq_tol(real_at(added, "0.predicted_ns"), 25000 + 5000, 1);
    ck_assert_uint_eq(json_array_size(json_at(added, "0.parts")), 2);
    json_decref(added);
    json_decref(ratios);
    free_results(&results);
}
END_TEST

START_TEST(without_the_exits_nothing_is_predicted)
{
    struct results results = with_io(interrupted, 0);
    json_t *ratios = ratios_of(&results), *added = added_rows(results.runs, "blk", ratios);
    char *text = print(&results);

    ck_assert(json_has(added, "0.added_ns") && !json_has(added, "0.predicted_ns"));
    check_has(text, "not measured: add exits to --bench");
    check_has(text, "blk.randread             1\n              4K    0.010?\n");
    free(text);
    json_decref(added);
    json_decref(ratios);
    free_results(&results);
}
END_TEST

/* A property has values, and no better direction. */
START_TEST(properties_have_no_ratio)
{
    struct results results = begin(2);
    json_t *json;

    for (unsigned e = 0; e < 2; e++) {
        json_t *property = row("pages.walk", 1, "ok", 4 + e);

        json_object_set_new(property, "better", json_string("none"));
        add_report(&results, "", 0, e ? "vm" : "native", json_pack("{s:[o]}", "benches", property));
    }
    complete(&results, 1);
    json = results_json(&results);
    ck_assert_uint_eq(json_array_size(json_at(json, "experiments.0.values")), 2);
    ck_assert_uint_eq(json_array_size(json_at(json, "experiments.0.ratios")), 0);
    json_decref(json);
    free_results(&results);
}
END_TEST

/* A report with one row, and with these members of its host and configuration. */
static json_t *limited(double cpu_limit, double memory_mib)
{
    json_t *host = json_pack("{s:i}", "cpus", 4);

    if (cpu_limit > 0)
        json_object_set_new(host, "cpu_limit", json_real(cpu_limit));
    if (memory_mib > 0)
        json_object_set_new(host, "memory_limit_bytes", json_real(memory_mib * 1048576));
    return json_pack("{s:[o], s:o, s:{s:i}}", "benches", row("chase", 1, "ok", 2), "host", host,
                     "config", "mem_bytes", 256 << 20);
}

/* A ratio under two limits does not compare the environments. */
START_TEST(unequal_limits_make_no_ratio)
{
    static const struct {
        double native_cpu, native_memory, vm_cpu, vm_memory;
        const char *reason; /* NULL: comparable */
    } cases[] = {
        {0, 0, 0, 0, NULL},
        {0.2, 0, 0.2, 0, NULL},
        {0.2, 0, 0.201, 0, NULL},
        {0.2, 0, 0, 0, "no ratio: CPU limit: native 0.2, vm none"},
        {0, 0, 1.5, 0, "no ratio: CPU limit: native none, vm 1.5"},
        /* A quota of all CPUs does not limit. */
        {0, 0, 4, 0, NULL},
        {0, 0, 0, 320, NULL},
        {0, 300, 0, 320, NULL},
        {0, 200, 0, 320, "no ratio: memory limit: native 200 MiB, vm 320 MiB"},
        {0, 200, 0, 0, "no ratio: memory limit: native 200 MiB, vm none"},
        {0, 200, 0, 200, NULL},
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct results results = begin(2);
        json_t *json;

        add_report(&results, "", 0, "native", limited(cases[i].native_cpu, cases[i].native_memory));
        add_report(&results, "", 0, "vm", limited(cases[i].vm_cpu, cases[i].vm_memory));
        complete(&results, 1);
        json = results_json(&results);
        ck_assert_int_eq(json_has(json, "experiments.0.ratios.0.median"), !cases[i].reason);
        ck_assert_int_eq(json_int_at(json, "experiments.0.ratios.0.voided"), 0);
        ck_assert_int_eq(json_array_size(json_at(json, "warnings")), cases[i].reason != NULL);
        if (cases[i].reason) {
            ck_assert_str_eq(json_text_at(json, "experiments.0.ratios.0.reason"), cases[i].reason);
            ck_assert_int_eq(json_int_at(json, "experiments.0.ratios.0.unequal"), 1);
            ck_assert_str_eq(json_text_at(json, "warnings.0.code"), "unequal_limits");
        }
        json_decref(json);
        free_results(&results);
    }
}
END_TEST

/* What was timed while a run was stopped or frozen is not a sample. */
START_TEST(interrupted_rows_are_void)
{
    struct results results = begin(2);
    json_t *json, *stopped;

    for (unsigned block = 0; block < 2; block++) {
        add(&results, block, "native", "ok", 2);
        stopped = row("chase", 1, "ok", 1000);
        json_object_set_new(stopped, "interrupted", json_boolean(!block));
        add_report(&results, "", block, "vm", json_pack("{s:[o]}", "benches", stopped));
    }
    complete(&results, 2);
    json = results_json(&results);
    ck_assert_int_eq(json_int_at(json, "experiments.0.ratios.0.voided"), 1);
    ck_assert_double_eq(real_at(json, "experiments.0.ratios.0.samples.0"), 500);
    ck_assert_uint_eq(json_array_size(json_at(json, "warnings")), 1);
    ck_assert_str_eq(json_text_at(json, "warnings.0.code"), "interrupted");
    ck_assert_uint_eq(warnings_wrong(&results), 0);
    json_decref(json);
    free_results(&results);
}
END_TEST

/* Once per step, however many blocks; natively it is often only "only in a VM". */
START_TEST(what_the_vm_skipped_is_reported)
{
    struct results results = begin(2);
    json_t *json;

    for (unsigned block = 0; block < 2; block++)
        for (unsigned e = 0; e < 2; e++)
            add_report(&results, "", block, e ? "vm" : "native",
                       json_pack("{s:[o], s:[{s:s, s:s}]}", "benches", row("chase", 1, "ok", 1),
                                 "skipped", "name", "touch", "reason", "not here"));
    complete(&results, 2);
    json = results_json(&results);
    ck_assert_uint_eq(json_array_size(json_at(json, "experiments.0.skipped")), 1);
    ck_assert_str_eq(json_text_at(json, "experiments.0.skipped.0.env"), "vm");
    ck_assert_str_eq(json_text_at(json, "experiments.0.skipped.0.reason"), "touch: not here");
    json_decref(json);
    free_results(&results);
}
END_TEST

SUITE_MAIN("results", ratios_are_paired, many_blocks_are_bootstrapped, wrong_results_are_void,
           a_missing_row_is_no_result, different_parameters_are_reported,
           shared_cpus_are_reported_if_the_user_chose, incomplete_blocks_have_no_ratio,
           steps_are_compared, a_machine_that_changes_is_reported, warnings_of_runs_are_passed_on,
           exits_to_the_vmm_include_those_of_barriers, the_host_and_its_paging_are_named,
           the_table_judges, every_ratio_has_its_verdict, few_blocks_show_no_interval,
           the_table_states_what_would_settle_it, values_of_few_blocks_have_no_range,
           the_table_names_its_base, large_figures_are_readable, arguments_of_the_user_win,
           unknown_memory_is_not_zero, unknown_times_are_not_zero,
           members_on_other_cores_are_reported, an_almost_unknown_host_is_described,
           warnings_fit_a_terminal, added_io_time_is_predicted,
           without_the_exits_nothing_is_predicted, properties_have_no_ratio,
           what_the_vm_skipped_is_reported, unequal_limits_make_no_ratio, interrupted_rows_are_void)
