/* SPDX-License-Identifier: MIT */
/* The benchmarks in a VM and in a native run: all checks pass, and both run the same code. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/program.h"
#include "tests/support/suite.h"

/* Small enough for an emulated machine. */
#define MEM  "64M"
#define ARGS "n=200"

/* Benchmarks for all environments. */
#define BENCH "fma,dgemm,linpack,stream,gups,chase,touch"

static struct outcome run_all(const char *program, const char *vcpus)
{
    struct outcome run = program_run(program, "--mem", MEM, "--vcpus", vcpus, "--quick", "--bench",
                                     BENCH, "--args", ARGS, "--report", "json", NULL);

    ck_assert_msg(run.status == 0 && run.json, "%s: status %d\n%.500s%.500s", program, run.status,
                  run.err, run.out);
    return run;
}

static void check_rows(const json_t *json)
{
    json_t *row, *benches = json_at(json, "benches");
    size_t i;

    json_array_foreach (benches, i, row) {
        ck_assert_msg(!strcmp(json_text_at(row, "check"), "ok"), "%s: %s",
                      json_text_at(row, "name"), json_dumps(row, 0));
        ck_assert(json_real_value(json_at(row, "median")) > 0);
        ck_assert_int_gt(json_int_at(row, "ops"), 0);
        ck_assert_int_gt(json_int_at(row, "window_ns"), 0);
    }
    ck_assert_uint_eq(json_array_size(json_at(json, "skipped")), 0);
}

/* Whether two rows have the same benchmark and parameters. */
static bool same_row(const json_t *a, const json_t *b)
{
    return json_equal(json_at(a, "name"), json_at(b, "name")) &&
           json_equal(json_at(a, "params"), json_at(b, "params")) &&
           json_equal(json_at(a, "threads"), json_at(b, "threads")) &&
           json_equal(json_at(a, "unit"), json_at(b, "unit"));
}

/* CPU and memory benchmarks cause no exits to user space. */
static void check_no_exits(const json_t *json)
{
    json_t *row;
    size_t i;

    json_array_foreach (json_at(json, "benches"), i, row) {
        ck_assert_msg(!json_object_size(json_at(row, "exits_user")), "%s: %s",
                      json_text_at(row, "name"), json_dumps(json_at(row, "exits_user"), 0));
        ck_assert_double_eq(json_real_value(json_at(row, "exits_user_per_op")), 0);
    }
}

START_TEST(vm_and_native_run_the_same)
{
    struct outcome vm = run_all("minivmm", "2"), native = run_all("bench-native", "2");
    json_t *rows = json_at(vm.json, "benches"), *others = json_at(native.json, "benches"), *row;
    size_t i;

    check_rows(vm.json);
    check_no_exits(vm.json);
    check_rows(native.json);
    ck_assert_uint_gt(json_array_size(rows), 30);
    ck_assert_uint_eq(json_array_size(rows), json_array_size(others));
    json_array_foreach (rows, i, row)
        ck_assert_msg(same_row(row, json_array_get(others, i)), "row %zu: %s", i,
                      json_text_at(row, "name"));

    ck_assert_uint_eq(strlen(json_text_at(vm.json, "config.kernels_sha256")), 64);
    ck_assert_str_eq(json_text_at(vm.json, "config.kernels_sha256"),
                     json_text_at(native.json, "config.kernels_sha256"));
    ck_assert_str_eq(json_text_at(native.json, "env"), "native");
    ck_assert(!json_has(native.json, "vcpus"));
    outcome_free(&vm);
    outcome_free(&native);
}
END_TEST

START_TEST(more_vcpus_than_cpus)
{
    struct outcome run =
        program_run("minivmm", "--mem", MEM, "--vcpus", "16", "--quick", "--bench",
                    "linpack,gups,stream.triad", "--args", ARGS, "--report", "json", NULL);

    ck_assert_msg(run.status == 0, "status %d\n%.500s%.500s", run.status, run.err, run.out);
    check_rows(run.json);
    outcome_free(&run);
}
END_TEST

START_TEST(benchmarks_are_selected)
{
    struct outcome run =
        program_run("minivmm", "--mem", MEM, "--bench", "none", "--report", "json", NULL);

    ck_assert_int_eq(run.status, 0);
    ck_assert_uint_eq(json_array_size(json_at(run.json, "benches")), 0);
    outcome_free(&run);
    run = program_run("minivmm", "--mem", MEM, "--quick", "--bench", "touch.4k,chase.page",
                      "--report", "json", NULL);
    ck_assert_int_eq(run.status, 0);
    ck_assert_str_eq(json_text_at(run.json, "benches.0.name"), "chase.page");
    outcome_free(&run);
}
END_TEST

/* Each supported instruction set computes the correct result when forced. */
START_TEST(instruction_sets_are_forced)
{
    static const char *const sets[] = {"sse2", "avx2", "avx512"};

    for (unsigned i = 0; i < 3; i++) {
        char args[32];
        struct outcome run;

        snprintf(args, sizeof(args), "n=200 isa=%s", sets[i]);
        run = program_run("minivmm", "--mem", MEM, "--quick", "--bench",
                          "linpack,dgemm,stream.triad", "--args", args, "--report", "json", NULL);
        ck_assert_msg(run.status == 0, "%s: status %d\n%s", sets[i], run.status, run.err);
        check_rows(run.json);
        if (i == 0)
            ck_assert_str_eq(json_text_at(run.json, "benches.0.params.isa"), "sse2");
        outcome_free(&run);
    }
}
END_TEST

SUITE_MAIN_KVM("bench", vm_and_native_run_the_same, more_vcpus_than_cpus, benchmarks_are_selected,
               instruction_sets_are_forced)
