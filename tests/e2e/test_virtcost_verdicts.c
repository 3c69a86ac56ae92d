/* SPDX-License-Identifier: MIT */
/* virtcost: its verdicts on real files, and that no run replaces an older file with nothing. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/stand_in.h"
#include "tests/support/suite.h"

/* No container, and one step. */
#define FAKE "--bench", "row", "--envs", "native,vm"

/* A report whose one figure is the first line of a file, which is then deleted. */
#define NEXT                                                                               \
    "v=$(head -n 1 \"$0.values\"); sed -i 1d \"$0.values\"; echo '{\"config\": "           \
    "{\"kernels_sha256\": \"0\"}, \"end\": {\"reason\": \"guest\", \"guest_status\": 0}, " \
    "\"benches\": [{\"name\": \"row\", \"params\": {}, \"threads\": 1, \"unit\": \"u\", "  \
    "\"better\": \"higher\", \"check\": \"ok\", \"median\": '$v'}]}'"

/* Results in `name`: natively always 2.0, in the VM these, one per block. */
static struct outcome run_of(const char *values, const char *blocks, const char *name,
                             const char *margin)
{
    char path[128];
    FILE *file = fopen(in_folder("minivmm.values"), "w");

    ck_assert(file && fputs(values, file) >= 0);
    ck_assert_int_eq(fclose(file), 0);
    snprintf(path, sizeof(path), "%s", in_folder(name));
    return program_run("virtcost", "run", FAKE, "--blocks", blocks, "-o", path, "--margin", margin,
                       NULL);
}

static void make(const char *values, const char *blocks, const char *name)
{
    struct outcome run = run_of(values, blocks, name, "3");

    ck_assert_msg(run.status == 0, "%s", run.err);
    outcome_free(&run);
}

#define SIX_TWOS "2.0\n2.001\n2.002\n2.003\n2.004\n2.005\n"
#define SIX_ONES "1.0\n1.001\n1.002\n1.003\n1.004\n1.005\n"
#define SIX_WIDE "1.0\n2.6\n1.5\n2.4\n1.7\n1.8\n"
#define SIX_NEAR "1.97\n1.971\n1.972\n1.973\n1.974\n1.975\n"

START_TEST(a_comparison_has_its_status)
{
    static const struct {
        const char *a, *b, *option[4];
        int status;
        const char *err;
    } cases[] = {
        {"twos", "twos", {"--fail-if-worse", "5"}, 0, NULL},
        {"twos", "twos", {"--fail-if-worse", "5", "--fail-if-unclear"}, 0, NULL},
        {"twos", "ones", {NULL}, 0, NULL},
        {"twos", "ones", {"--fail-if-worse", "5"}, 1, "1 figure is worse by more than 5 %"},
        {"twos", "ones", {"--fail-if-worse", "60"}, 0, NULL},
        {"ones", "twos", {"--fail-if-worse", "5"}, 0, NULL},
        /* All of the VM's figures are halved, and there are few blocks. */
        {"two",
         "one",
         {"--fail-if-worse", "5"},
         1,
         "may be worse by more than 5 % and cannot be "
         "judged; try: more --blocks"},
        {"two", "one", {"--fail-if-worse", "5"}, 1, ", vm: may be 50 % worse: 2 samples, at least"},
        {"two", "one", {NULL}, 0, NULL},
        {"one", "two", {"--fail-if-worse", "5"}, 0, "2 of 2 figures cannot be judged:\n"},
        {"one",
         "two",
         {"--fail-if-worse", "5", "--fail-if-unclear"},
         1,
         "--fail-if-unclear: 2 figures cannot be judged"},
        {"twos", "wide", {"--fail-if-worse", "5"}, 1, "1 figure may be worse by more than 5 %"},
        {"twos", "wide", {"--fail-if-worse", "20"}, 0, "] is too wide"},
        {"twos", "wide", {"--fail-if-unclear"}, 1, "--fail-if-unclear: 1 figure cannot be judged"},
        {"twos", "near", {"--fail-if-worse", "5", "--fail-if-unclear"}, 0, NULL},
        /* The limit is within the margin then. */
        {"twos", "near", {"--fail-if-worse", "1"}, 1, "1 figure is worse by more than 1 %"},
        {"twos", "near", {"--fail-if-worse", "2"}, 0, NULL},
        {"twos",
         "near",
         {"--margin", "5", "--fail-if-worse", "1"},
         2,
         "--margin 5: larger than --fail-if-worse 1; try: --margin 1"},
        {"twos", "near", {"--margin", "x"}, 2, "--margin x: not a percentage; try: a number"},
        {"twos", "near", {"--margin", "-1"}, 2, "--margin -1: below 0; try: 0 to 100"},
        {"twos", "near", {"--margin", "101"}, 2, "--margin 101: too large; try: 0 to 100"},
    };

    folder_begin(NEXT);
    make(SIX_TWOS, "6", "twos");
    make(SIX_ONES, "6", "ones");
    make(SIX_WIDE, "6", "wide");
    make(SIX_NEAR, "6", "near");
    make("2.0\n2.0\n", "2", "two");
    make("1.0\n1.0\n", "2", "one");
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char a[128], b[128];
        struct outcome run;

        snprintf(a, sizeof(a), "%s", in_folder(cases[i].a));
        snprintf(b, sizeof(b), "%s", in_folder(cases[i].b));
        run = program_run("virtcost", "compare", a, b, cases[i].option[0], cases[i].option[1],
                          cases[i].option[2], cases[i].option[3], NULL);
        ck_assert_msg(run.status == cases[i].status, "case %u: status %d\n%s", i, run.status,
                      run.err);
        if (cases[i].err)
            ck_assert_msg(strstr(run.err, cases[i].err) != NULL, "case %u: %s", i, run.err);
        else
            ck_assert_msg(!*run.err, "case %u: %s", i, run.err);
        outcome_free(&run);
    }
    folder_end();
}
END_TEST

/* The margin is stored in the results, unless another is given. */
START_TEST(the_margin_is_kept)
{
    struct outcome run;
    json_t *json;
    char path[128];

    folder_begin(NEXT);
    run = run_of(SIX_NEAR, "6", "json", "0.5");
    ck_assert_msg(run.status == 0, "%s", run.err);
    check_has(run.out, "]  worse\n");
    check_has(run.out, "lies within 0.5 % of 1;");
    outcome_free(&run);
    json = load(in_folder("json"));
    ck_assert_double_eq(json_real_value(json_at(json, "margin_pct")), 0.5);
    ck_assert_str_eq(json_text_at(json, "experiments.0.ratios.0.verdict"), "worse");
    ck_assert(json_real_value(json_at(json, "experiments.0.seconds")) > 0);
    json_decref(json);
    snprintf(path, sizeof(path), "%s", in_folder("json"));
    run = program_run("virtcost", "report", path, NULL);
    check_has(run.out, "]  worse\n");
    outcome_free(&run);
    run = program_run("virtcost", "report", path, "--margin", "3", NULL);
    check_has(run.out, "]  same\n");
    outcome_free(&run);
    run = program_run("virtcost", "list", "--margin", "3", NULL);
    ck_assert_int_eq(run.status, 2);
    check_has(run.err, "--margin: not an option of list; try: ");
    outcome_free(&run);
    run = program_run("virtcost", "report", path, "--fail-if-unclear", NULL);
    ck_assert_int_eq(run.status, 2);
    check_has(run.err, "--fail-if-unclear: not an option of report; try: ");
    outcome_free(&run);
    folder_end();
}
END_TEST

static void put_older(const char *name)
{
    FILE *file = fopen(in_folder(name), "w");

    ck_assert(file && fputs("older", file) >= 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void check_older(const char *name)
{
    FILE *file = fopen(in_folder(name), "r");
    char text[16] = "";

    ck_assert(file && fgets(text, sizeof(text), file));
    ck_assert_str_eq(text, "older");
    ck_assert_int_eq(fgetc(file), EOF);
    fclose(file);
}

START_TEST(a_failure_before_the_first_block_replaces_nothing)
{
    char path[128], page[128];
    struct outcome run;

    /* One environment runs, and the other does not. */
    folder_begin("exit 3");
    put_older("json");
    put_older("page");
    snprintf(path, sizeof(path), "%s", in_folder("json"));
    snprintf(page, sizeof(page), "%s", in_folder("page"));
    for (int i = 0; i < 4; i++) {
        char seed[16];

        snprintf(seed, sizeof(seed), "%d", i);
        run = program_run("virtcost", "run", FAKE, "--blocks", "2", "--seed", seed, "-o", path,
                          "--html", page, NULL);
        ck_assert_int_eq(run.status, 1);
        check_has(run.err, "vm: minivmm exited with status 3");
        outcome_free(&run);
        check_older("json");
        check_older("page");
    }
    /* Where there is nothing to lose, the runs are written. */
    unlink(path);
    for (int i = 0; i < 4 && access(path, F_OK); i++) {
        char seed[16];

        snprintf(seed, sizeof(seed), "%d", i);
        run =
            program_run("virtcost", "run", FAKE, "--blocks", "2", "--seed", seed, "-o", path, NULL);
        ck_assert_int_eq(run.status, 1);
        outcome_free(&run);
    }
    json_decref(load(path));
    folder_end();
}
END_TEST

/* A stop or SIGKILL within the first block, after a run of it or before. */
START_TEST(a_stop_before_the_first_block_replaces_nothing)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGKILL};
    const struct timespec pause = {0, 5000000};
    char path[128];

    for (unsigned i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        const char *args[] = {"run", FAKE, "--blocks", "2", "-o", path, NULL};
        struct program program;
        struct outcome run;

        folder_begin(": >\"$0.ran\"; exec sleep 60");
        put_older("json");
        snprintf(path, sizeof(path), "%s", in_folder("json"));
        program = program_start("virtcost", args);
        while (access(in_folder("minivmm.ran"), F_OK))
            nanosleep(&pause, NULL);
        kill(program.pid, signals[i]);
        run = program_wait(&program);
        ck_assert_int_eq(run.status, signals[i] == SIGKILL ? 128 + SIGKILL : 1);
        if (signals[i] != SIGKILL)
            check_has(run.err, "stopped: 0 blocks complete\n");
        outcome_free(&run);
        check_older("json");
        folder_end();
    }
}
END_TEST

/* Reports of two hosts; unlike files are refused. */
START_TEST(reports_of_single_runs_are_compared)
{
    char vm[] = "/tmp/virtcost-vm-XXXXXX", native[] = "/tmp/virtcost-native-XXXXXX";
    struct outcome run;
    json_t *json;

    close(mkstemp(vm));
    close(mkstemp(native));
    run = program_run("minivmm", "--bench", "fma", "--quick", "--mem", "64M", "--report", "json",
                      "--output", vm, NULL);
    ck_assert_msg(run.status == 0, "%s", run.err);
    outcome_free(&run);
    run = program_run("bench-native", "--bench", "fma", "--quick", "--mem", "64M", "--report",
                      "json", "--output", native, NULL);
    ck_assert_msg(run.status == 0, "%s", run.err);
    outcome_free(&run);

    run = program_run("virtcost", "compare", vm, vm, NULL);
    ck_assert_msg(run.status == 0, "%s", run.err);
    check_has(run.out, "\nfma isa=");
    check_has(run.out, "(no interval)      unclear\n");
    check_has(run.out, "warning   each side is a single run: ");
    outcome_free(&run);
    run = program_run("virtcost", "compare", native, native, NULL);
    ck_assert_msg(run.status == 0, "%s", run.err);
    check_has(run.out, " native ");
    outcome_free(&run);
    run = program_run("virtcost", "compare", vm, native, NULL);
    ck_assert_int_eq(run.status, 2);
    check_has(run.err, " has 'vm', ");
    outcome_free(&run);

    /* Half of it in the other file: with so few samples it does not pass. */
    json = load(vm);
    json_array_clear(json_at(json, "benches.0.samples"));
    json_array_append_new(json_at(json, "benches.0.samples"), json_real(0.5));
    ck_assert_int_eq(json_dump_file(json, native, 0), 0);
    json_decref(json);
    run = program_run("virtcost", "compare", vm, native, "--fail-if-worse", "5", NULL);
    ck_assert_int_eq(run.status, 1);
    check_has(run.err, "cannot be judged; try: runs without --quick");
    outcome_free(&run);

    json = json_pack("{s:s}", "schema", "virtcost/2");
    ck_assert_int_eq(json_dump_file(json, native, 0), 0);
    json_decref(json);
    run = program_run("virtcost", "compare", vm, native, NULL);
    ck_assert_int_eq(run.status, 2);
    check_has(run.err, "samples of one run are not blocks; try: two reports");
    outcome_free(&run);
    unlink(vm);
    unlink(native);
}
END_TEST

SUITE_MAIN_KVM("virtcost_verdicts", a_comparison_has_its_status, the_margin_is_kept,
               a_failure_before_the_first_block_replaces_nothing,
               a_stop_before_the_first_block_replaces_nothing, reports_of_single_runs_are_compared)
