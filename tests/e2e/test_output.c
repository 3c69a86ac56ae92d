/* SPDX-License-Identifier: MIT */
/* Output of the report, and what happens if it cannot be written. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/suite.h"

static struct outcome run_to(const char *output, const char *format)
{
    return program_run("minivmm", "--guest", program_path("hello.elf"), "--mem", "64M", "--report",
                       format, "--output", output, NULL);
}

static bool has_warning(const struct outcome *run, const char *code)
{
    json_t *warnings = json_at(run->json, "warnings"), *warning;
    size_t i;

    json_array_foreach (warnings, i, warning) {
        if (!strcmp(json_text_at(warning, "code"), code))
            return true;
    }
    return false;
}

START_TEST(report_replaces_the_file)
{
    char path[] = "/tmp/minivmm-report-XXXXXX";
    struct outcome run;
    json_t *json;

    close(mkstemp(path));
    ck_assert_int_eq(truncate(path, 1 << 20), 0);
    run = run_to(path, "json");
    ck_assert_int_eq(run.status, 0);
    ck_assert_str_eq(run.out, "");
    json = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    ck_assert(json != NULL);
    ck_assert_str_eq(json_text_at(json, "schema"), "minivmm-report/1");
    json_decref(json);
    unlink(path);
    outcome_free(&run);
}
END_TEST

/* A run that fails early keeps an existing report and creates no empty one. */
START_TEST(early_failures_keep_the_file)
{
    char path[] = "/tmp/minivmm-report-XXXXXX", text[8] = "";
    int fd = mkstemp(path);

    ck_assert_int_eq(write(fd, "older", 5), 5);
    expect_failure(2, "unknown benchmark 'x'", "--guest", program_path("hello.elf"), "--bench", "x",
                   "--output", path, NULL);
    expect_failure(2, "unknown benchmark 'x'", "--guest", program_path("hello.elf"), "--bench", "x",
                   "--log", path, NULL);
    expect_failure(2, "unknown benchmark 'x'", "--guest", program_path("hello.elf"), "--bench", "x",
                   "--trace", path, NULL);
    ck_assert_int_eq(pread(fd, text, sizeof(text), 0), 5);
    ck_assert_str_eq(text, "older");
    close(fd);
    unlink(path);
    expect_failure(2, "unknown benchmark 'x'", "--guest", program_path("hello.elf"), "--bench", "x",
                   "--output", path, NULL);
    ck_assert_int_ne(access(path, F_OK), 0);
    expect_failure(0, "", "--guest", program_path("hello.elf"), "--mem", "64M", "--dry-run",
                   "--output", path, NULL);
    ck_assert_int_ne(access(path, F_OK), 0);
    expect_failure(2, " are the same file; try: a different", "--output", path, "--log", path,
                   NULL);
    expect_failure(2, " are the same file; try: a different", "--output", path, "--dump-dtb", path,
                   NULL);
}
END_TEST

/* No output may overwrite the guest, under any name. */
START_TEST(a_guest_is_not_overwritten)
{
    static const char *const options[] = {"--output", "--log", "--trace", "--dump-dtb"};
    char path[] = "/tmp/minivmm-guest-XXXXXX", alias[sizeof(path) + 8], text[8] = {0};
    int fd = mkstemp(path);

    ck_assert_int_eq(write(fd, "guest", 5), 5);
    snprintf(alias, sizeof(alias), "%s-alias", path);
    ck_assert_int_eq(link(path, alias), 0);
    for (unsigned i = 0; i < sizeof(options) / sizeof(options[0]); i++)
        expect_failure(2, " file; try: a", "--guest", path, options[i], alias, NULL);
    ck_assert_int_eq(pread(fd, text, sizeof(text), 0), 5);
    ck_assert_str_eq(text, "guest");
    close(fd);
    unlink(alias);
    unlink(path);
}
END_TEST

/* The results go to standard error, and the exit status is a failure. */
static void check_fallback(const char *output, const char *message)
{
    struct outcome run = run_to(output, "json");

    ck_assert_int_eq(run.status, 1);
    ck_assert_msg(strstr(run.err, message) != NULL, "%s", run.err);
    ck_assert(strstr(run.err, "\"schema\": \"minivmm-report/1\"") != NULL);
    outcome_free(&run);
}

START_TEST(full_disk)
{
    check_fallback("/dev/full",
                   "cannot write the report to /dev/full, printed here instead: No space");
}
END_TEST

START_TEST(unwritable_file)
{
    check_fallback("/nowhere/report.json", "--output /nowhere/report.json: No such file");
    check_fallback("/", "--output /: Is a directory");
}
END_TEST

/* The write end of a pipe without a reader. */
static int closed_pipe(void)
{
    int ends[2];

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    close(ends[0]);
    return ends[1];
}

/* As in `minivmm | true`: the exit status is a failure, and the report is not repeated. */
START_TEST(closed_reader)
{
    const char *args[] = {"--guest", program_path("hello.elf"), "--mem", "64M", NULL};
    int out = closed_pipe();
    struct program program = program_start_to("minivmm", args, out, -1);
    struct outcome run = program_wait(&program);

    close(out);
    ck_assert_msg(run.status == 1, "status %d\n%s", run.status, run.err);
    ck_assert_msg(strstr(run.err, "cannot write the report to standard output: Broken pipe\n"),
                  "%s", run.err);
    ck_assert(strstr(run.err, "times ") == NULL);
    outcome_free(&run);
}
END_TEST

/* The report is written even if the log has no reader. */
START_TEST(closed_log)
{
    const char *args[] = {"--guest", program_path("hello.elf"), "--mem", "64M", "--report", "json",
                          NULL};
    int err = closed_pipe();
    struct program program = program_start_to("minivmm", args, -1, err);
    struct outcome run = program_wait(&program);

    close(err);
    ck_assert_int_eq(run.status, 0);
    ck_assert(run.json && has_warning(&run, "log_lost"));
    outcome_free(&run);
}
END_TEST

START_TEST(full_log)
{
    expect_failure(1, "--log /dev/full: 33 bytes of the log were lost: No space", "--guest",
                   program_path("hello.elf"), "--mem", "64M", "--log", "/dev/full", NULL);
}
END_TEST

/* The length of the longest line; fails unless all characters are printable ASCII. */
static size_t widest(const char *text)
{
    size_t width = 0, widest = 0;

    for (; *text; text++) {
        ck_assert_msg(*text == '\n' || (*text >= ' ' && *text <= '~'), "character %d", *text);
        width = *text == '\n' ? 0 : width + 1;
        widest = width > widest ? width : widest;
    }
    return widest;
}

START_TEST(text_fits)
{
    static const char *const guests[] = {"hello.elf", "wrong.elf", "null_pointer.elf"};

    for (unsigned i = 0; i < 3; i++) {
        struct outcome run = program_run("minivmm", "--guest", program_path(guests[i]), "--mem",
                                         "64M", "--vcpus", "3", NULL);

        ck_assert_uint_le(widest(run.out), 100);
        outcome_free(&run);
    }
}
END_TEST

START_TEST(bench_text_fits)
{
    struct outcome run =
        program_run("minivmm", "--guest", program_path("bench.elf"), "--mem", "128M", "--vcpus",
                    "2", "--quick", "--bench", "fma,chase,touch", NULL);

    ck_assert_msg(run.status == 0, "%s", run.err);
    ck_assert_uint_le(widest(run.out), 100);
    outcome_free(&run);
}
END_TEST

SUITE_MAIN_KVM("output", report_replaces_the_file, early_failures_keep_the_file,
               a_guest_is_not_overwritten, full_disk, unwritable_file, closed_reader, closed_log,
               full_log, text_fits, bench_text_fits)
