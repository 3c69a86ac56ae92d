/* SPDX-License-Identifier: MIT */
/* Where the report goes, and what becomes of it if it cannot go there. */
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

/* The results are not lost: they go to standard error, and the status tells. */
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
    check_fallback("/dev/full", "cannot write the report to /dev/full; it follows here: No space");
}
END_TEST

START_TEST(unwritable_file)
{
    check_fallback("/nowhere/report.json", "--output /nowhere/report.json: No such file");
    check_fallback("/", "--output /: Is a directory");
}
END_TEST

START_TEST(closed_reader)
{
    /* As `minivmm | true` would: the end of the reader ends the program, quietly. */
    char command[8192];

    snprintf(command, sizeof(command), "%s --guest ", program_path("minivmm"));
    strcat(command, program_path("hello.elf"));
    strcat(command, " --mem 64M 2>&1 | true");
    ck_assert_int_eq(system(command), 0);
}
END_TEST

/* The longest line of a text, in characters; all of them printable ASCII. */
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

SUITE_MAIN_KVM("output", report_replaces_the_file, full_disk, unwritable_file, closed_reader,
               text_fits, bench_text_fits)
