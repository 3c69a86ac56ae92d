/* SPDX-License-Identifier: MIT */
/* --trace and --kvm-trace. */
#include <string.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/suite.h"

static uint64_t exits_of(const json_t *json)
{
    static const char *const kinds[] = {"vcpus.0.exits_user", "vcpus.0.exits_harness"};
    uint64_t sum = 0;

    for (unsigned i = 0; i < 2; i++) {
        json_t *value;
        const char *key;

        json_object_foreach (json_at(json, kinds[i]), key, value)
            sum += (uint64_t)json_int_at(value, "count");
    }
    return sum;
}

/* Rows of benchmarks seen so far; they must not overlap. */
struct rows {
    unsigned begun, ended;
    double at; /* time of the last event, in us */
};

static void check_row(const json_t *event, struct rows *rows)
{
    static const char *const names[] = {"exits.pio.out work=none", "exits.pio.out work=1us",
                                        "exits.cpuid work=none", "exits.cpuid work=1us"};
    const char *ph = json_text_at(event, "ph");

    if (strcmp(ph, "B") && strcmp(ph, "E"))
        return;
    ck_assert_int_eq(json_int_at(event, "tid"), 1);
    ck_assert(json_number_value(json_at(event, "ts")) > rows->at);
    rows->at = json_number_value(json_at(event, "ts"));
    if (*ph == 'E') {
        ck_assert_uint_eq(++rows->ended, rows->begun);
        return;
    }
    ck_assert_uint_eq(rows->ended, rows->begun);
    ck_assert_uint_lt(rows->begun, 4);
    ck_assert_str_eq(json_text_at(event, "name"), names[rows->begun]);
    ck_assert_int_eq(json_int_at(event, "args.row"), rows->begun++);
}

START_TEST(every_exit_is_traced)
{
    char path[] = "/tmp/minivmm-trace-XXXXXX";
    struct outcome run, converted;
    json_t *event, *events;
    struct rows rows = {0};
    uint64_t exits = 0;
    json_int_t probes = 0, channels = 0;
    size_t i;

    close(mkstemp(path));
    run = program_run("minivmm", "--mem", "64M", "--quick", "--bench", "exits.pio.out,exits.cpuid",
                      "--report", "json", "--trace", path, NULL);
    ck_assert_msg(run.status == 0, "%s", run.err);
    converted = program_run("minivmm-trace", path, NULL);
    ck_assert_msg(converted.status == 0, "%s", converted.err);
    events = json_at(converted.json, "traceEvents");
    json_array_foreach (events, i, event) {
        check_row(event, &rows);
        if (strcmp(json_text_at(event, "ph"), "X") != 0)
            continue;
        exits++;
        ck_assert_int_eq(json_int_at(event, "tid"), 0);
        ck_assert(json_number_value(json_at(event, "ts")) > 0);
        /* Including exits of the harness. */
        probes += !strcmp(json_text_at(event, "args.device"), "probe");
        channels += !strcmp(json_text_at(event, "args.device"), "channel");
    }
    ck_assert_int_eq(probes, json_int_at(run.json, "vcpus.0.exits_devices.probe.count"));
    ck_assert_int_eq(channels, json_int_at(run.json, "vcpus.0.exits_harness.channel.count"));
    ck_assert_uint_eq(rows.begun, json_array_size(json_at(run.json, "benches")));
    ck_assert_uint_eq(rows.ended, rows.begun);
    ck_assert_uint_eq(exits, exits_of(run.json));
    outcome_free(&run);
    outcome_free(&converted);
    unlink(path);
}
END_TEST

START_TEST(an_incomplete_trace_is_a_failure)
{
    struct outcome run = program_run("minivmm", "--mem", "64M", "--quick", "--bench", "exits.cpuid",
                                     "--trace", "/dev/full", NULL);

    ck_assert_int_eq(run.status, 1);
    ck_assert_msg(strstr(run.out, "--trace /dev/full: the file is incomplete") != NULL, "%s",
                  run.out);
    outcome_free(&run);
    run = program_run("minivmm", "--mem", "64M", "--bench", "none", "--trace", "/nonexistent/t",
                      NULL);
    ck_assert_int_eq(run.status, 2);
    ck_assert_msg(strstr(run.err, "--trace /nonexistent/t: No such file") != NULL, "%s", run.err);
    outcome_free(&run);
    run = program_run("minivmm-trace", "--help", NULL);
    ck_assert_int_eq(run.status, 0);
    ck_assert_ptr_eq(strstr(run.out, "Usage: minivmm-trace FILE"), run.out);
    ck_assert_str_eq(run.err, "");
    outcome_free(&run);
    run = program_run("minivmm-trace", "/dev/null", NULL);
    ck_assert_int_eq(run.status, 2);
    ck_assert_msg(strstr(run.err, "/dev/null: not a trace") != NULL, "%s", run.err);
    outcome_free(&run);
}
END_TEST

/* Files that are not valid traces. */
START_TEST(invalid_traces_are_refused)
{
    static const struct {
        const char *content, *expected;
        size_t bytes;
    } files[] = {
        {"mmtrace1\0\0\0\0\0\0\0\0",
         ": trace format 1; this minivmm-trace reads format 2; "
         "try: minivmm and minivmm-trace of the same build",
         16},
        {"mmtrace\033", ": trace format ?;", 8},
        {"mmtrade2", ": not a trace", 8},
        {"mmtrac", ": not a trace", 6},
        {"mmtrace2", ": truncated before the first record", 8},
        {"mmtrace2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0",
         ": invalid header: TSC frequency is 0", 40},
        {"mmtrace2\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0\377\377\0\0\0\0\0\0",
         ": invalid header: number of devices out of range", 40},
        {"mmtrace2\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0"
         "exit\0\0\0\0\0\0\0\0\0\0\0\0a\"b\0\0\0\0\0\0\0\0\0\0\0\0\0",
         ": invalid name of an exit reason or device", 72},
        {"mmtrace2\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0"
         "exit\0\0\0\0\0\0\0\0\0\0\0\0"
         "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\375\377stream",
         ": the last row is truncated", 86},
    };

    for (unsigned i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        char path[] = "/tmp/minivmm-trace-XXXXXX";
        int fd = mkstemp(path);
        struct outcome run;

        ck_assert_int_eq(write(fd, files[i].content, files[i].bytes), (ssize_t)files[i].bytes);
        close(fd);
        run = program_run("minivmm-trace", path, NULL);
        ck_assert_msg(run.status == 2 && strstr(run.err, files[i].expected), "%u: status %d\n%s", i,
                      run.status, run.err);
        outcome_free(&run);
        unlink(path);
    }
}
END_TEST

/* Without tracepoints, the run fails with the reason. */
START_TEST(tracepoints_are_counted)
{
    struct outcome run = program_run("minivmm", "--mem", "64M", "--quick", "--bench",
                                     "exits.mmio.write", "--kvm-trace", "--report", "json", NULL);
    json_t *kernel, *mmio;

    if (run.status == 77) {
        ck_assert_msg(strstr(run.err, "--kvm-trace: ") && strstr(run.err, "; try: "), "%s",
                      run.err);
        suite_skip_part(run.err);
        outcome_free(&run);
        return;
    }
    ck_assert_msg(run.status == 0, "%s", run.err);
    kernel = json_at(run.json, "benches.0.exits_kernel");
    mmio = json_object_get(kernel, "kvm_mmio");
    ck_assert_msg(mmio != NULL, "%s", json_dumps(kernel, 0));
    ck_assert_str_eq(json_text_at(mmio, "source"), "tracepoint");
    /* One per operation, and a few of the harness. */
    ck_assert_int_ge(json_int_at(mmio, "count"), json_int_at(mmio, "ops"));
    ck_assert_int_le(json_int_at(mmio, "count"), json_int_at(mmio, "ops") + 20);
    outcome_free(&run);
}
END_TEST

SUITE_MAIN_KVM("trace", every_exit_is_traced, an_incomplete_trace_is_a_failure,
               invalid_traces_are_refused, tracepoints_are_counted)
