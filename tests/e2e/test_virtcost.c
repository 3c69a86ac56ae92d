/* SPDX-License-Identifier: MIT */
/* virtcost: blocks of real runs, and failures of runs. */
#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/stand_in.h"
#include "tests/support/suite.h"

#define PATH_BYTES 128

/* Settings for stand-in scripts: no container, and one step. */
#define FAKE "--bench", "row", "--envs", "native,vm,null"

/* Each block has each environment once, and each report is complete and of the same kernels. */
static void check_runs(const json_t *json, unsigned blocks)
{
    const char *kernels = json_text_at(json, "runs.0.report.config.kernels_sha256");
    unsigned seen[2][3] = {0};
    json_t *run;
    size_t i;

    ck_assert_uint_eq(strlen(kernels), 64);
    ck_assert_uint_eq(json_array_size(json_at(json, "runs")), 3 * blocks);
    json_array_foreach (json_at(json, "runs"), i, run) {
        const char *env = json_text_at(run, "env");
        json_int_t block = json_int_at(run, "block");

        ck_assert(block >= 0 && block < blocks);
        seen[block][!strcmp(env, "vm") ? 0 : !strcmp(env, "null") ? 1 : 2]++;
        ck_assert_int_eq(json_int_at(run, "order"), (json_int_t)i % 3);
        ck_assert_str_eq(json_text_at(run, "report.schema"), "minivmm-report/1");
        ck_assert_str_eq(json_text_at(run, "report.env"), strcmp(env, "vm") ? "native" : "vm");
        ck_assert_str_eq(json_text_at(run, "report.config.kernels_sha256"), kernels);
        ck_assert_int_eq(json_int_at(run, "report.config.mem_bytes"), 256 << 20);
        ck_assert_int_gt(json_int_at(run, "report.startup.exec_to_main_ns"), 0);
        ck_assert_str_eq(json_text_at(run, "report.end.reason"), "guest");
        ck_assert_str_eq(json_text_at(run, "report.benches.0.name"), "fma");
        ck_assert_str_eq(json_text_at(run, "report.benches.0.check"), "ok");
    }
    for (unsigned block = 0; block < blocks; block++)
        for (unsigned env = 0; env < 3; env++)
            ck_assert_uint_eq(seen[block][env], 1);
}

START_TEST(blocks_are_whole)
{
    char path[] = "/tmp/virtcost-json-XXXXXX";
    struct outcome run;
    json_t *json;

    close(mkstemp(path));
    ck_assert_int_eq(truncate(path, 1 << 20), 0);
    run = program_run("virtcost", "run", "--quick", "--blocks", "2", "--seed", "7", "--bench",
                      "fma", "--mem", "256M", "--envs", "native,vm,null", "-o", path, NULL);
    ck_assert_msg(run.status == 0, "status %d\n%s", run.status, run.err);
    ck_assert_str_eq(run.err, "");
    check_has(
        run.out,
        "bench: The benchmarks of --bench with the given options; the default if --bench is given\n"
        "2 blocks of quick runs, for a first look, seed 7\n");
    json = load(path);
    ck_assert_str_eq(json_text_at(json, "schema"), "virtcost/2");
    ck_assert_int_eq(json_int_at(json, "experiments.0.blocks"), 2);
    ck_assert_int_eq(json_int_at(json, "experiments.0.blocks_wanted"), 2);
    ck_assert_int_eq(json_int_at(json, "seed"), 7);
    ck_assert(json_is_true(json_at(json, "quick")));
    ck_assert_str_eq(json_text_at(json, "end.reason"), "done");
    check_runs(json, 2);
    ck_assert_uint_eq(json_array_size(json_at(json, "experiments.0.ratios")) % 2, 0);
    ck_assert_uint_ge(json_array_size(json_at(json, "experiments.0.values")), 3);
    ck_assert_uint_eq(json_array_size(json_at(json, "experiments.0.ratios.0.samples")), 2);
    ck_assert(json_real_value(json_at(json, "experiments.0.ratios.0.median")) > 0);
    json_decref(json);
    unlink(path);
    outcome_free(&run);
}
END_TEST

START_TEST(arguments_are_checked)
{
    static const struct {
        const char *experiment, *option, *argument;
    } chosen[] = {
        {"pages", "--hugepages", "2M"},     {"pages", "--thp", "off"},
        {"pages", "--guest-page", "4K"},    {"pages", "--vcpus", "2"},
        {"vector", "--cpu", "host"},        {"topology", "--topology", "sockets=1"},
        {"topology", "--numa", "1"},        {"scaling", "--vcpus", "2"},
        {"noise", "--disk", "path=/tmp/x"},
    };
    struct outcome run = program_run("virtcost", NULL);

    ck_assert_int_eq(run.status, 2);
    check_has(run.err, "missing command; try: virtcost list, run, report or compare");
    outcome_free(&run);
    run = program_run("virtcost", "compare", "a", "b", "--html", "page", NULL);
    ck_assert_int_eq(run.status, 2);
    check_has(run.err, "--html: not an option of compare; try: ");
    outcome_free(&run);
    check_refused(2, "--fail-if-worse: not an option of run", "--fail-if-worse", "1");
    check_refused(2, "--seed x: not a number; try: a number, such as 42", "--seed", "x");
    check_refused(2, "--seed 9223372036854775808: too large; try: a number below 2^63", "--seed",
                  "9223372036854775808");
    check_refused(2, "--blocks 99999: too large; try: 1 to 10000", "--blocks", "99999");
    check_refused(2, "--blocks 0: must not be 0; try: 1 to 10000", "--blocks", "0");
    check_refused(2, "--blocks ten: not a number; try: a number, such as 10", "--blocks", "ten");
    check_refused(2, "--envs vm: at least two environments are required; try: native,vm", "--envs",
                  "vm");
    check_refused(2, "--envs vm,vm: duplicate environment", "--envs", "vm,vm");
    check_refused(2,
                  "--envs vm,: unknown environment ''; try: native, container, overlayfs, vm, null",
                  "--envs", "vm,");
    check_refused(2, "--envs null,vm: the base cannot be null", "--envs", "null,vm");
    check_refused(2, "--mem lots: invalid size; try: ", "--mem", "lots");
    check_refused(2, "--mem 3 MiB: not a multiple of 2 MiB", "--mem", "3M");
    check_refused(2, "unrecognized option", "--kvm-trace", NULL);
    check_refused(2, "here: unknown experiment; try: virtcost list", "here", NULL);
    check_refused(2, "--html x: same file as the results; try: a different file", "--output=x",
                  "--html=x");
    check_refused(2, "another option uses this file", "--disk=path=x,size=1M,create", "-ox");
    for (unsigned i = 0; i < sizeof(chosen) / sizeof(chosen[0]); i++) {
        char text[80];

        snprintf(text, sizeof(text), "%s: set by the experiment %s; try: ", chosen[i].option,
                 chosen[i].experiment);
        run = program_run("virtcost", "run", chosen[i].experiment, chosen[i].option,
                          chosen[i].argument, NULL);
        ck_assert_int_eq(run.status, 2);
        check_has(run.err, text);
        outcome_free(&run);
    }
    check_refused(1, "--output /nowhere/results.json: No such file or directory; try: ", "-o",
                  "/nowhere/results.json");
    check_refused(1, "--output /: Is a directory; try: ", "-o", "/");
}
END_TEST

/* The program's own message is printed, with its status. */
START_TEST(failed_runs_are_reported)
{
    /* Before any run. */
    check_refused(2, "virtcost: --pin: CPU 1000 is offline", "--pin", "1000");
    check_refused(2, "virtcost: --disk cpu: CPU 1000 is offline", "--disk",
                  "engine=null,size=8M,cpu=1000");
    check_refused(2, "virtcost: --args n=0: invalid value; try: n=1..", "--args", "n=0");
    check_refused(2, "virtcost: --bench streem: unknown benchmark 'streem'; try: bench-native",
                  "--bench", "streem");
}
END_TEST

static void check_failure(const char *minivmm, int status, const char *text)
{
    struct outcome run;

    folder_begin(minivmm);
    run = program_run("virtcost", "run", FAKE, "--blocks", "1", NULL);
    ck_assert_msg(run.status == status, "%s: status %d\n%s", text, run.status, run.err);
    check_has(run.err, text);
    outcome_free(&run);
    folder_end();
}

START_TEST(failures_have_their_status)
{
    check_failure("echo 'no KVM' >&2; exit 77", 77,
                  "no KVM\nvirtcost: vm: minivmm exited with status 77, with the message above\n");
    check_failure("exit 5", 1, "vm: minivmm exited with status 5, without a message\n");
    check_failure("kill -SEGV $$", 1, "vm: minivmm was killed by signal 11 (Segmentation fault)");
    check_failure("echo '{'", 1, "vm: invalid JSON report from minivmm: line ");
    check_failure("exit 0", 1, "vm: invalid JSON report from minivmm: line ");
    check_failure(NULL, 1,
                  "/minivmm: No such file or directory\nvirtcost: vm: minivmm exited with ");
    check_failure(REPORT("2", "failed"), 2, "vm: minivmm exited with status 2");
    check_failure("echo '{}'", 1, "the environments ran different kernels; try: ");
}
END_TEST

/* A silent neighbour, and a victim with a wrong row of I/O and its latency. */
#define WRONG_IO                                                                              \
    "case \"$*\" in *load*) echo ready >&2; exec sleep 60;; esac\n"                           \
    "echo '{\"config\": {\"kernels_sha256\": \"0\"}, \"end\": {\"reason\": \"guest\", "       \
    "\"guest_status\": 1}, \"benches\": [{\"name\": \"blk.row\", \"params\": {\"bs\": 512}, " \
    "\"threads\": 1, \"unit\": \"IOPS\", \"better\": \"higher\", \"check\": \"failed\", "     \
    "\"median\": 2.0, \"latency_ns\": {\"p99\": 5.0}}]}'; exit 1"

START_TEST(the_latency_of_wrong_io_is_void)
{
    struct outcome run;
    json_t *json, *value;
    size_t i;

    folder_begin(WRONG_IO);
    script("bench-native", WRONG_IO);
    run = program_run("virtcost", "run", "noise", "--bench", "row", "--envs", "native,vm",
                      "--blocks", "1", "-o", in_folder("json"), NULL);
    ck_assert_int_eq(run.status, 1);
    json = load(in_folder("json"));
    ck_assert_uint_eq(json_array_size(json_at(json, "experiments.0.values")), 16);
    json_array_foreach (json_at(json, "experiments.0.values"), i, value) {
        ck_assert_uint_eq(json_array_size(json_at(value, "samples")), 0);
        ck_assert_int_eq(json_int_at(value, "params.bs"), 512);
    }
    json_decref(json);
    outcome_free(&run);
    folder_end();
}
END_TEST

/* A wrong result is void and the others are not; the exit status is 1. */
START_TEST(wrong_results_are_void)
{
    struct outcome run;
    json_t *json;

    folder_begin(REPORT("1", "failed"));
    run = program_run("virtcost", "run", FAKE, "--blocks", "2", "-o", in_folder("json"), NULL);
    ck_assert_msg(run.status == 1, "status %d\n%s", run.status, run.err);
    check_has(run.out, "vm        no result (2 void)\n");
    check_has(run.out, "warning  vm: row, 1 thr: wrong result in 2 of the runs");
    json = load(in_folder("json"));
    ck_assert_int_eq(json_int_at(json, "experiments.0.blocks"), 2);
    ck_assert_int_eq(json_int_at(json, "experiments.0.ratios.0.voided"), 2);
    ck_assert_int_eq(json_int_at(json, "experiments.0.ratios.1.voided"), 0);
    ck_assert_str_eq(json_text_at(json, "warnings.0.code"), "check_failed");
    json_decref(json);
    outcome_free(&run);
    folder_end();
}
END_TEST

/* Earlier measurements are kept. */
START_TEST(a_late_failure_keeps_the_blocks_before)
{
    struct outcome run;
    json_t *json;

    folder_begin("[ -e \"$0.ran\" ] && exit 3; : >\"$0.ran\"; " RIGHT);
    run = program_run("virtcost", "run", FAKE, "--blocks", "5", "-o", in_folder("json"), NULL);
    ck_assert_int_eq(run.status, 1);
    check_has(run.err, "vm: minivmm exited with status 3");
    check_has(run.out, "warning  bench: ended by an error: 1 of 5 blocks are complete\n");
    json = load(in_folder("json"));
    ck_assert_int_eq(json_int_at(json, "experiments.0.blocks"), 1);
    ck_assert_str_eq(json_text_at(json, "end.reason"), "error");
    check_has(json_text_at(json, "end.error"), "vm: minivmm exited with status 3");
    json_decref(json);
    outcome_free(&run);
    folder_end();
}
END_TEST

START_TEST(full_disk)
{
    struct outcome run;

    folder_begin(RIGHT);
    run = program_run("virtcost", "run", FAKE, "--blocks", "1", "-o", "/dev/full", NULL);
    ck_assert_int_eq(run.status, 1);
    check_has(run.err, "cannot write the JSON to /dev/full; printing it here: No space");
    check_has(run.err, "\"schema\": \"virtcost/2\"");
    check_has(run.out, "1 block, seed");
    outcome_free(&run);

    script("to-full", "exec \"${0%/*}/virtcost\" \"$@\" >/dev/full");
    run = program_run("to-full", "run", FAKE, "--blocks", "1", "-o", in_folder("json"), NULL);
    ck_assert_int_eq(run.status, 1);
    check_has(run.err, "cannot write the table to standard output; printing it here: No space");
    check_has(run.err, "1 block, seed");
    json_decref(load(in_folder("json")));
    outcome_free(&run);
    folder_end();
}
END_TEST

/* Start virtcost with a second VM run that hangs; sets *child to that run's process. */
static struct program start_stuck(pid_t *child)
{
    const char *args[] = {"run", FAKE, "--blocks", "5", "-o", NULL, NULL};
    const struct timespec pause = {0, 5000000};
    struct program program;
    char path[2 * PATH_BYTES];
    FILE *file;
    int pid;

    folder_begin("[ -e \"$0.ran\" ] && { echo $$ >\"$0.new\"; mv \"$0.new\" \"$0.pid\";"
                 " exec sleep 60; }; : >\"$0.ran\"; " RIGHT);
    args[8] = strcpy(path, in_folder("json"));
    program = program_start("virtcost", args);
    while (!(file = fopen(in_folder("minivmm.pid"), "r"))) {
        siginfo_t ended = {0};

        waitid(P_PID, (id_t)program.pid, &ended, WEXITED | WNOHANG | WNOWAIT);
        ck_assert(!ended.si_pid);
        nanosleep(&pause, NULL);
    }
    ck_assert_int_eq(fscanf(file, "%d", &pid), 1);
    fclose(file);
    *child = pid;
    return program;
}

static void stop_with(int signal)
{
    pid_t child;
    struct program program = start_stuck(&child);
    struct outcome run;
    json_t *json;

    kill(program.pid, signal);
    run = program_wait(&program);
    ck_assert_msg(run.status == 1, "signal %d: status %d\n%s", signal, run.status, run.err);
    check_has(run.err, "stopped: 1 block complete\n");
    check_has(run.out, "1 block, seed");
    check_has(run.out, "warning  bench: ended by a signal: 1 of 5 blocks are complete\n");
    ck_assert_int_eq(kill(child, 0), -1);
    json = load(in_folder("json"));
    ck_assert_int_eq(json_int_at(json, "experiments.0.blocks"), 1);
    ck_assert_int_eq(json_int_at(json, "experiments.0.blocks_wanted"), 5);
    ck_assert_str_eq(json_text_at(json, "end.reason"), "signal");
    ck_assert_uint_ge(json_array_size(json_at(json, "runs")), 3);
    json_decref(json);
    outcome_free(&run);
    folder_end();
}

START_TEST(a_signal_keeps_the_results_so_far)
{
    stop_with(SIGINT);
    stop_with(SIGTERM);
    stop_with(SIGHUP);
}
END_TEST

/* Steps that cannot run are detected before the first block; a stop is not such a step. */
START_TEST(a_stop_while_it_plans_is_a_stop)
{
    const char *args[] = {"run", "vector", "--envs", "native,vm", NULL};
    const struct timespec pause = {0, 5000000};
    struct program program;
    struct outcome run;

    folder_begin(": >\"$0.ran\"; exec sleep 60");
    program = program_start("virtcost", args);
    while (access(in_folder("minivmm.ran"), F_OK))
        nanosleep(&pause, NULL);
    kill(program.pid, SIGINT);
    run = program_wait(&program);
    ck_assert_int_eq(run.status, 1);
    ck_assert_str_eq(run.err, "virtcost: stopped: 0 blocks complete\n");
    ck_assert_str_eq(run.out, "");
    outcome_free(&run);
    folder_end();
}
END_TEST

/* A step that the base cannot run is skipped for it and for "null". */
START_TEST(what_the_base_cannot_run_is_skipped)
{
    struct outcome run;

    folder_begin(RIGHT);
    script("bench-native", "case \"$*\" in *isa=sse2*) echo 'bench-native: no such unit' >&2; "
                           "exit 77;; esac\n" RIGHT);
    run =
        program_run("virtcost", "run", "vector", "--envs", "native,vm,null", "--blocks", "1", NULL);
    ck_assert_msg(run.status == 0, "%s", run.err);
    check_has(run.out, "skipped  native isa=sse2: no such unit\n");
    outcome_free(&run);
    folder_end();
}
END_TEST

/* If nothing can be run, it fails with the reason. */
START_TEST(without_a_step_it_fails)
{
    struct outcome run;

    folder_begin(
        "case \"$*\" in *cpu*) echo 'minivmm: no KVM; try: another' >&2; exit 77;; esac\n" RIGHT);
    script("bench-native", RIGHT);
    run = program_run("virtcost", "run", "vector", "--envs", "native,vm", "--blocks", "1", NULL);
    ck_assert_int_eq(run.status, 77);
    check_has(run.err, "vector: no step can be run: no KVM");
    outcome_free(&run);
    folder_end();
}
END_TEST

/* SIGKILL of virtcost kills the program that it runs. */
START_TEST(nothing_outlives_it)
{
    struct program program;
    struct outcome run;
    pid_t child;
    int status;

    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    program = start_stuck(&child);
    kill(program.pid, SIGKILL);
    run = program_wait(&program);
    ck_assert_int_eq(run.status, 128 + SIGKILL);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    outcome_free(&run);
    folder_end();
}
END_TEST

#define POOL "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"

static unsigned pool(void)
{
    FILE *file = fopen(POOL, "r");
    unsigned pages = 0;

    ck_assert(file && fscanf(file, "%u", &pages) == 1);
    fclose(file);
    return pages;
}

/* Reserved huge pages are released, however virtcost ends. */
START_TEST(huge_pages_are_given_back)
{
    static const int signals[] = {SIGINT, SIGKILL};
    const char *args[] = {"run", "pages", "--mem", "4M", "--envs", "native,vm", NULL};
    const struct timespec pause = {0, 5000000};
    unsigned before;

    if (access(POOL, W_OK)) {
        suite_skip_part("root, and huge pages to reserve");
        return;
    }
    before = pool();
    for (unsigned i = 0; i < 2; i++) {
        struct program program;
        struct outcome run;

        folder_begin(
            "case \"$*\" in *'--hugepages 2M'*) : >\"$0.ran\"; exec sleep 60;; esac\n" RIGHT);
        script("bench-native", RIGHT);
        program = program_start("virtcost", args);
        while (access(in_folder("minivmm.ran"), F_OK))
            nanosleep(&pause, NULL);
        ck_assert_uint_ge(pool(), 2);
        kill(program.pid, signals[i]);
        run = program_wait(&program);
        ck_assert_int_eq(run.status, i ? 128 + SIGKILL : 1);
        /* The cleaner releases them; otherwise the test times out. */
        while (pool() != before)
            nanosleep(&pause, NULL);
        outcome_free(&run);
        folder_end();
    }
}
END_TEST

START_TEST(results_are_shown_again_and_compared)
{
    char path[] = "/tmp/virtcost-json-XXXXXX", other[64];
    struct outcome run;
    FILE *empty;

    close(mkstemp(path));
    snprintf(other, sizeof(other), "%s-other", path);
    run = program_run("virtcost", "run", "--quick", "--blocks", "2", "--bench", "fma", "--mem",
                      "256M", "--envs", "native,vm", "-o", path, NULL);
    ck_assert_int_eq(run.status, 0);
    outcome_free(&run);
    run = program_run("virtcost", "report", path, NULL);
    ck_assert_msg(run.status == 0, "%s", run.err);
    check_has(run.out, "fma isa=");
    check_has(run.out, "compute loses half");
    outcome_free(&run);
    /* The page must not replace the results. */
    run = program_run("virtcost", "report", path, "--html", path, NULL);
    ck_assert_int_eq(run.status, 2);
    check_has(run.err, ": same file as the results; try: ");
    outcome_free(&run);
    run = program_run("virtcost", "compare", path, path, "--fail-if-worse", "1", NULL);
    ck_assert_msg(run.status == 0, "%s", run.err);
    outcome_free(&run);
    empty = fopen(other, "w");
    ck_assert(empty && fputs("{\"schema\": \"virtcost/2\"}", empty) >= 0);
    ck_assert_int_eq(fclose(empty), 0);
    run = program_run("virtcost", "compare", path, other, "--fail-if-worse", "1", NULL);
    ck_assert_int_eq(run.status, 1);
    check_has(run.err, "--fail-if-worse: no figure in common; try: ");
    outcome_free(&run);
    unlink(other);
    run = program_run("virtcost", "report", program_path("virtcost"), NULL);
    ck_assert_int_eq(run.status, 2);
    check_has(run.err, "try: a file from virtcost run --output");
    outcome_free(&run);
    run = program_run("virtcost", "list", NULL);
    check_has(run.out, "\ndensity ");
    outcome_free(&run);
    unlink(path);
}
END_TEST

SUITE_MAIN_KVM("virtcost", results_are_shown_again_and_compared, blocks_are_whole,
               arguments_are_checked, failed_runs_are_reported, failures_have_their_status,
               the_latency_of_wrong_io_is_void, wrong_results_are_void,
               a_late_failure_keeps_the_blocks_before, full_disk, a_signal_keeps_the_results_so_far,
               a_stop_while_it_plans_is_a_stop, what_the_base_cannot_run_is_skipped,
               without_a_step_it_fails, nothing_outlives_it, huge_pages_are_given_back)
