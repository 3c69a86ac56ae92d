/* SPDX-License-Identifier: MIT */
/* Costs of exits: each exit is counted, by the component that handles it. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/program.h"
#include "tests/support/suite.h"

#define COLUMNS 100

static struct outcome run_exits(const char *benches, const char *vcpus, const char *report)
{
    struct outcome run = program_run("minivmm", "--bench", benches, "--quick", "--mem", "64M",
                                     "--vcpus", vcpus, "--report", report, NULL);

    ck_assert_msg(run.status == 0, "status %d\n%.500s%.2000s", run.status, run.err, run.out);
    return run;
}

static bool text_is(const json_t *json, const char *path, const char *text)
{
    return json_has(json, path) && !strcmp(json_text_at(json, path), text);
}

/* Times of single operations: as many round trips as handler times, each at least as long. */
static void check_times(const char *name, const json_t *cost)
{
    const json_t *roundtrip = json_at(cost, "roundtrip_samples_ns");
    const json_t *handler = json_at(cost, "handler_samples_ns");
    size_t count = json_array_size(roundtrip);

    ck_assert_uint_gt(count, 0);
    ck_assert_uint_eq(json_array_size(handler), count);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(json_integer_value(json_array_get(roundtrip, i)) >=
                          json_integer_value(json_array_get(handler, i)),
                      "%s: operation %zu took less than its handler", name, i);
    ck_assert(json_has(cost, "switch_ns.p99"));
}

/* A constant number of exits per operation, for the reason that the row names. */
static void check_by_vmm(const json_t *row, const char *name, const json_t *cost)
{
    json_int_t ops = json_int_at(row, "ops"), expected = ops;
    const char *exit = json_text_at(cost, "exit"), *reason;
    json_t *count;

    if (!strcmp(name, "exits.pio.string")) {
        expected = json_integer_value(json_object_get(json_at(row, "exits_user"), exit));
        ck_assert_msg(expected >= ops && expected % ops == 0, "%s: %lld exits, %lld operations",
                      name, (long long)expected, (long long)ops);
    }
    json_object_foreach (json_at(row, "exits_user"), reason, count) {
        if (!strcmp(reason, "signal"))
            continue;
        ck_assert_msg(!strcmp(reason, exit) && json_integer_value(count) == expected,
                      "%s: %s %lld, expected %s %lld", name, reason,
                      (long long)json_integer_value(count), exit, (long long)expected);
    }
    ck_assert_int_eq(json_int_at(json_at(row, "exits_user"), exit), expected);
    ck_assert_int_eq(json_int_at(row, "exits_devices.probe"), expected);
    check_times(name, cost);
}

/* The exits of a row other than for a signal. */
static json_int_t exits_of(const json_t *row)
{
    json_int_t exits = 0;
    const char *reason;
    json_t *count;

    json_object_foreach (json_at(row, "exits_user"), reason, count)
        exits += strcmp(reason, "signal") ? json_integer_value(count) : 0;
    return exits;
}

static void check_by_others(const json_t *row, const char *name, const json_t *cost)
{
    json_int_t ops = json_int_at(row, "ops"), exits = exits_of(row);
    bool coalesced = strstr(name, ".coalesced") != NULL;

    /* One exit per full ring of about 170 entries, which may not be empty at first.
     */
    ck_assert_msg(coalesced ? exits <= 1 + ops / 150 : exits == 0,
                  "%s: %lld exits in %lld operations", name, (long long)exits, (long long)ops);
    ck_assert_msg(!json_has(cost, "handler_ns") && !json_has(cost, "switch_ns"), "%s has a handler",
                  name);
    if (text_is(cost, "answered_by", "kvm")) {
        const json_t *count =
            json_object_get(json_at(row, "exits_kernel"), json_text_at(cost, "exit"));

        ck_assert_msg(count && text_is(count, "source", "guest"), "%s: %s", name,
                      json_dumps(json_at(row, "exits_kernel"), 0));
        ck_assert_int_eq(json_int_at(count, "count"), ops);
    } else {
        ck_assert_msg(text_is(cost, "answered_by", "guest") ||
                          text_is(cost, "answered_by", "machine"),
                      "%s", name);
    }
}

static void check_row(const json_t *row)
{
    const char *name = json_text_at(row, "name");
    const json_t *cost;

    ck_assert_msg(text_is(row, "check", "ok"), "%s: %s", name,
                  json_dumps(json_at(row, "check_detail"), 0));
    ck_assert_int_gt(json_int_at(row, "ops"), 0);
    if (!json_has(row, "exit_cost"))
        return;
    cost = json_at(row, "exit_cost");
    if (text_is(cost, "answered_by", "vmm"))
        check_by_vmm(row, name, cost);
    else
        check_by_others(row, name, cost);
    /* Emulated operations are not timed one by one: that would time the emulator. */
    if (json_is_true(json_at(cost, "interpreted"))) {
        ck_assert_msg(!json_has(cost, "roundtrip_ns"), "%s", name);
        ck_assert_msg(json_int_at(cost, "ring") == 0, "%s: ring 3 is interpreted", name);
    }
    ck_assert_msg(json_int_at(cost, "ring") == 0 || !json_has(cost, "trap_ns"), "%s", name);
}

/* Each of these names occurs once, measured or skipped with a reason. */
static unsigned count_names(const json_t *json)
{
    const char *last = "";
    unsigned count = 0;
    json_t *item;
    size_t i;

    json_array_foreach (json_at(json, "benches"), i, item) {
        count += strcmp(json_text_at(item, "name"), last) != 0;
        last = json_text_at(item, "name");
    }
    json_array_foreach (json_at(json, "skipped"), i, item) {
        ck_assert_str_ne(json_text_at(item, "reason"), "");
        count++;
    }
    return count;
}

static const json_t *find_row(const json_t *json, const char *name)
{
    json_t *row;
    size_t i;

    json_array_foreach (json_at(json, "benches"), i, row)
        if (text_is(row, "name", name))
            return row;
    return NULL;
}

START_TEST(every_exit_has_the_expected_reason)
{
    struct outcome run = run_exits("exits", "1", "json");
    json_t *row;
    size_t i;

    ck_assert_uint_ge(count_names(run.json), 20);
    json_array_foreach (json_at(run.json, "benches"), i, row)
        check_row(row);
    ck_assert(text_is(find_row(run.json, "exits.mmio.write"), "exit_cost.answered_by", "vmm"));
    ck_assert(text_is(find_row(run.json, "exits.cpuid"), "exit_cost.answered_by", "kvm"));
    ck_assert(text_is(find_row(run.json, "exits.rdtsc"), "exit_cost.answered_by", "guest"));
    outcome_free(&run);
}
END_TEST

/* Bare exits reach no handler; of the comparison, half of the exits do. */
START_TEST(bare_exits_have_no_handler)
{
    struct outcome run = run_exits("exits.floor,exits.added", "1", "json");
    json_t *row;
    size_t i;

    ck_assert_uint_eq(json_array_size(json_at(run.json, "benches")), 8);
    json_array_foreach (json_at(run.json, "benches"), i, row) {
        bool added = text_is(row, "name", "exits.added");

        check_row(row);
        ck_assert_int_eq(exits_of(row), added ? json_int_at(row, "ops") / 2 : 0);
    }
    outcome_free(&run);
}
END_TEST

START_TEST(two_vcpus_interrupt_each_other)
{
    struct outcome run = run_exits("exits.ipi", "2", "json");
    json_t *row;
    size_t i;

    ck_assert_uint_eq(json_array_size(json_at(run.json, "skipped")), 0);
    json_array_foreach (json_at(run.json, "benches"), i, row)
        check_row(row);
    ck_assert_int_eq(json_int_at(find_row(run.json, "exits.ipi.spinning"), "threads"), 2);
    ck_assert_int_eq(json_int_at(find_row(run.json, "exits.ipi.halted"), "threads"), 2);
    outcome_free(&run);
}
END_TEST

START_TEST(the_tables_of_costs_fit)
{
    static const char *const expected[] = {"\nns per operation ", "\nexits.pio.out work=1us ",
                                           "  VMM\n", "\nexits.floor exit=pio_out ",
                                           "\npio_out: a bare KVM_RUN takes "};
    struct outcome run =
        run_exits("exits.pio.out,exits.cpuid,exits.rdmsr,exits.floor,exits.added", "1", "text");

    for (unsigned i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
        ck_assert_msg(strstr(run.out, expected[i]) != NULL, "no '%s' in:\n%.3000s", expected[i],
                      run.out);
    for (const char *line = run.out; *line; line += strcspn(line, "\n") + 1)
        ck_assert_msg(strcspn(line, "\n") <= COLUMNS, "%.200s", line);
    outcome_free(&run);
}
END_TEST

/* Run the guest abuse_probe. */
static struct outcome abuse(const char *how, const char *vcpus, const char *timeout)
{
    struct outcome run = program_run("minivmm", "--guest", program_path("abuse_probe.elf"), "--mem",
                                     "64M", "--vcpus", vcpus, "--timeout", timeout, "--args", how,
                                     "--report", "json", NULL);

    ck_assert_msg(run.status <= 1 && run.json, "%s: status %d\n%.3000s", how, run.status, run.err);
    ck_assert_msg(!strstr(run.err, "Sanitizer") && !strstr(run.err, "runtime error"),
                  "%s:\n%.3000s", how, run.err);
    /* Enough for a sanitizer's memory. */
    ck_assert_msg(json_int_at(run.json, "memory.vmm_pss_bytes") < 256 << 20, "%s: %lld bytes", how,
                  (long long)json_int_at(run.json, "memory.vmm_pss_bytes"));
    return run;
}

START_TEST(endless_work_is_stopped)
{
    static const char *const endless[] = {"endless-bare",      "endless-bare-spinning",
                                          "endless-bare-exit", "endless-immediate-exit",
                                          "endless-ioctl",     "endless-eventfd"};

    for (unsigned i = 0; i < sizeof(endless) / sizeof(endless[0]); i++) {
        struct outcome run = abuse(endless[i], "1", "500ms");

        ck_assert_msg(text_is(run.json, "end.reason", "timeout"), "%s: %s", endless[i], run.err);
        outcome_free(&run);
    }
}
END_TEST

START_TEST(finite_abuse_is_harmless)
{
    static const struct {
        const char *how, *vcpus;
    } abuses[] = {{"bare-doorbell", "1"}, {"no-work", "1"}, {"times", "1"},
                  {"absent", "1"},        {"pending", "1"}, {"at-once", "2"}};

    for (unsigned i = 0; i < sizeof(abuses) / sizeof(abuses[0]); i++) {
        struct outcome run = abuse(abuses[i].how, abuses[i].vcpus, "60");

        ck_assert_msg(run.status == 0, "%s: %s", abuses[i].how, run.err);
        outcome_free(&run);
    }
}
END_TEST

/* The guest reports the vectors of exceptions as faults. */
START_TEST(any_vector_may_come)
{
    static const char *const vectors[] = {"vector=0",  "vector=2",  "vector=8",  "vector=14",
                                          "vector=31", "vector=32", "vector=255"};

    for (unsigned i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        struct outcome run = abuse(vectors[i], "1", "1");

        ck_assert_msg(i < 5 || run.status == 0, "%s: %s", vectors[i], run.err);
        outcome_free(&run);
    }
}
END_TEST

SUITE_MAIN_KVM("exits", every_exit_has_the_expected_reason, bare_exits_have_no_handler,
               two_vcpus_interrupt_each_other, the_tables_of_costs_fit, endless_work_is_stopped,
               finite_abuse_is_harmless, any_vector_may_come)
