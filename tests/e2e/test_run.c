/* SPDX-License-Identifier: MIT */
/* Successful runs: a guest starts, and its records arrive. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/suite.h"

START_TEST(hello_arrives)
{
    struct outcome run = program_run("minivmm", "--guest", program_path("hello.elf"), "--mem",
                                     "64M", "--args", "x=1 y", "--report", "json", NULL);

    ck_assert_int_eq(run.status, 0);
    ck_assert_str_eq(run.err, "hello from 1 vCPUs, arguments 'x=1 y'\n");
    ck_assert_str_eq(json_text_at(run.json, "schema"), "minivmm-report/1");
    ck_assert_str_eq(json_text_at(run.json, "env"), "vm");
    ck_assert_str_eq(json_text_at(run.json, "end.reason"), "guest");
    ck_assert_uint_eq(json_array_size(json_at(run.json, "benches")), 1);
    ck_assert_str_eq(json_text_at(run.json, "benches.0.name"), "hello");
    ck_assert_int_eq(json_int_at(run.json, "benches.0.params.a"), 1);
    ck_assert_str_eq(json_text_at(run.json, "benches.0.params.b"), "x");
    ck_assert_str_eq(json_text_at(run.json, "benches.0.check"), "ok");
    ck_assert_double_eq(json_real_value(json_at(run.json, "benches.0.median")), 2.0);
    ck_assert_int_eq(json_int_at(run.json, "benches.0.ops"), 1);
    /* Two doorbells for the records and one for the end, not charged to the benchmark. */
    ck_assert_int_eq(json_int_at(run.json, "vcpus.0.exits_harness.channel.count"), 3);
    ck_assert_uint_eq(json_object_size(json_at(run.json, "vcpus.0.exits_user")), 0);
    outcome_free(&run);
}
END_TEST

/* Arguments may be any bytes; invalid UTF-8 is escaped in JSON. */
START_TEST(any_arguments_are_in_the_report)
{
    struct outcome run = program_run("minivmm", "--guest", program_path("status.elf"), "--mem",
                                     "64M", "--args", "a\xff\x80z", "--report", "json", NULL);

    ck_assert_msg(run.status == 0, "%s", run.err);
    ck_assert_msg(run.json != NULL, "%s", run.out);
    ck_assert_str_eq(json_text_at(run.json, "config.args"), "a\\xff\\x80z");
    outcome_free(&run);
}
END_TEST

START_TEST(startup_is_timed)
{
    struct timespec now;
    struct outcome run;
    char text[32];

    clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(text, sizeof(text), "%lld", now.tv_sec * 1000000000ll + now.tv_nsec);
    setenv("MINIVMM_T0", text, 1);
    run = program_run("minivmm", "--guest", program_path("hello.elf"), "--mem", "64M", "--vcpus",
                      "3", "--report", "json", NULL);
    ck_assert_int_eq(run.status, 0);
    ck_assert_int_gt(json_int_at(run.json, "startup.exec_to_main_ns"), 0);
    ck_assert_int_gt(json_int_at(run.json, "startup.main_to_entry_ns"), 0);
    ck_assert_int_gt(json_int_at(run.json, "startup.entry_to_user_ns"), 0);
    ck_assert_int_gt(json_int_at(run.json, "startup.teardown_ns"), 0);
    ck_assert_int_ge(json_int_at(run.json, "startup.exec_to_last_user_ns"),
                     json_int_at(run.json, "startup.exec_to_user_ns"));
    outcome_free(&run);

    unsetenv("MINIVMM_T0");
    run = program_run("minivmm", "--guest", program_path("hello.elf"), "--mem", "64M", "--report",
                      "json", NULL);
    ck_assert(!json_has(run.json, "startup.exec_to_main_ns"));
    ck_assert(!json_has(run.json, "startup.exec_to_user_ns"));
    outcome_free(&run);
}
END_TEST

START_TEST(vcpus_meet)
{
    static const char *const counts[] = {"1", "2", "3", "16"};

    for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        struct outcome run =
            program_run("minivmm", "--guest", program_path("barrier.elf"), "--mem", "64M",
                        "--vcpus", counts[i], "--args", i < 3 ? "50" : "5", NULL);

        ck_assert_msg(run.status == 0, "%s vCPUs: status %d\n%.500s%.500s", counts[i], run.status,
                      run.err, run.out);
        outcome_free(&run);
    }
}
END_TEST

/* vCPUs need more files than the soft limit; the VMM raises it. */
START_TEST(many_vcpus_need_no_higher_limit_of_files)
{
    struct rlimit files;
    struct outcome run;

    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &files), 0);
    files.rlim_cur = 64;
    ck_assert_uint_ge(files.rlim_max, 1024);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &files), 0);
    run = program_run("minivmm", "--bench", "none", "--mem", "64M", "--vcpus", "100", "--report",
                      "json", NULL);
    ck_assert_msg(run.status == 0, "status %d\n%.500s%.500s", run.status, run.err, run.out);
    ck_assert_uint_eq(json_array_size(json_at(run.json, "vcpus")), 100);
    outcome_free(&run);
}
END_TEST

START_TEST(interrupts_arrive)
{
    struct outcome run = program_run("minivmm", "--guest", program_path("interrupt.elf"), "--mem",
                                     "64M", "--timeout", "10", NULL);

    ck_assert_msg(run.status == 0, "status %d\n%.500s%.500s", run.status, run.err, run.out);
    outcome_free(&run);
}
END_TEST

START_TEST(guest_status_is_a_failure)
{
    struct outcome run = program_run("minivmm", "--guest", program_path("status.elf"), "--mem",
                                     "64M", "--args", "3", "--report", "json", NULL);

    ck_assert_int_eq(run.status, 1);
    ck_assert_int_eq(json_int_at(run.json, "end.guest_status"), 3);
    outcome_free(&run);
}
END_TEST

START_TEST(wrong_results_fail)
{
    struct outcome run = program_run("minivmm", "--guest", program_path("wrong.elf"), "--mem",
                                     "64M", "--report", "json", NULL);

    ck_assert_int_eq(run.status, 1);
    ck_assert_str_eq(json_text_at(run.json, "benches.0.check"), "failed");
    ck_assert_str_eq(json_text_at(run.json, "benches.1.check"), "failed");
    ck_assert(!json_has(run.json, "benches.1.check_detail.value"));
    outcome_free(&run);
}
END_TEST

/* The reason is printed even if the report goes to a file. */
START_TEST(failures_are_reported)
{
    static const struct {
        const char *guest, *option, *value, *expected;
    } runs[] = {
        {"spin.elf", "--timeout", "300ms", ": --timeout: expired before the run finished; try: "},
        {"wrong.elf", NULL, NULL, ": 2 of 2 results failed their check\n"},
        {"status.elf", "--args", "3", ": the guest ended with status 3\n"},
    };

    for (unsigned i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
        expect_failure(1, runs[i].expected, "--mem", "64M", "--output", "/dev/null", "--guest",
                       program_path(runs[i].guest), runs[i].option, runs[i].value, NULL);
}
END_TEST

START_TEST(guest_text_goes_to_the_log)
{
    char path[] = "/tmp/minivmm-log-XXXXXX", text[64] = "";
    int fd = mkstemp(path);
    struct outcome run = program_run("minivmm", "--guest", program_path("hello.elf"), "--mem",
                                     "64M", "--log", path, NULL);

    ck_assert_int_eq(run.status, 0);
    ck_assert_str_eq(run.err, "");
    ck_assert_int_gt(read(fd, text, sizeof(text) - 1), 0);
    ck_assert_str_eq(text, "hello from 1 vCPUs, arguments ''\n");
    close(fd);
    unlink(path);
    outcome_free(&run);
}
END_TEST

SUITE_MAIN_KVM("run", hello_arrives, any_arguments_are_in_the_report, startup_is_timed, vcpus_meet,
               many_vcpus_need_no_higher_limit_of_files, interrupts_arrive,
               guest_status_is_a_failure, wrong_results_fail, failures_are_reported,
               guest_text_goes_to_the_log)
