/* SPDX-License-Identifier: MIT */
/* Comparisons of single runs' reports, and the refusal of unlike files. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/program.h"
#include "tests/support/suite.h"
#include "tools/virtcost/compare/compare.h"
#include "tools/virtcost/compare/report.h"

static const struct compare_how how = {3, 1};

#define SIX  "[10, 10.1, 9.9, 10.2, 9.8, 10]"
#define HALF "[5, 5.05, 4.95, 5.1, 4.9, 5]"

/* A report with one row; `config` is a list of members. */
static json_t *report_of(const char *env, const char *samples, const char *config)
{
    json_t *report = json_pack(
        "{s:s, s:{s:s, s:s}, s:s, s:{s:s}, s:o, s:{s:s}, s:[], s:[{s:s, s:{s:s}, s:i, s:s, s:s, "
        "s:s, s:o}]}",
        "schema", REPORT_SCHEMA, "tool", "version", "1", "commit", "c", "env", env, "host", "cpu",
        "A CPU", "config", json_loads(config, 0, NULL), "end", "reason", "guest", "warnings",
        "benches", "name", "stream.triad", "params", "store", "nt", "threads", 1, "unit", "GB/s",
        "better", "higher", "check", "ok", "samples", json_loads(samples, 0, NULL));

    ck_assert(report != NULL);
    return report;
}

/* Takes both references. */
static json_t *compare(json_t *a, json_t *b)
{
    json_t *of_a = report_results(a), *of_b = report_results(b), *comparison;

    ck_assert(of_a && of_b);
    comparison = compare_results(of_a, of_b, &how);
    ck_assert(comparison != NULL);
    json_decref(of_a);
    json_decref(of_b);
    json_decref(a);
    json_decref(b);
    return comparison;
}

/* The text of a warning, or NULL. */
static const char *warning(const json_t *comparison, const char *code)
{
    json_t *found;
    size_t i;

    json_array_foreach (json_at(comparison, "warnings"), i, found)
        if (!strcmp(json_text_at(found, "code"), code))
            return json_text_at(found, "text");
    return NULL;
}

START_TEST(two_runs_are_compared_by_their_samples)
{
    json_t *comparison = compare(report_of("vm", SIX, "{}"), report_of("vm", HALF, "{}"));
    struct err err[COMPARE_FAILURES];
    const struct compare_gate gate = {5, false};

    ck_assert_uint_eq(json_array_size(json_at(comparison, "rows")), 1);
    ck_assert_str_eq(json_text_at(comparison, "rows.0.experiment"), "report");
    ck_assert_str_eq(json_text_at(comparison, "rows.0.env"), "vm");
    ck_assert_str_eq(json_text_at(comparison, "rows.0.verdict"), "worse");
    ck_assert_double_eq(json_real_value(json_at(comparison, "rows.0.ratio")), 0.5);
    ck_assert_str_eq(json_text_at(comparison, "sampled"), "samples");
    ck_assert_uint_eq(compare_fails(comparison, &gate, err), 1);
    ck_assert_str_eq(err[0].text, "--fail-if-worse: 1 figure is worse by more than 5 %");
    /* A warning states that single runs do not show the variation between runs. */
    ck_assert(warning(comparison, "one_run") != NULL);
    ck_assert_uint_eq(json_array_size(json_at(comparison, "warnings")), 1);
    json_decref(comparison);
}
END_TEST

START_TEST(few_samples_are_unclear)
{
    json_t *comparison =
        compare(report_of("vm", "[10, 10, 10]", "{}"), report_of("vm", HALF, "{}"));
    struct err err[COMPARE_FAILURES];
    const struct compare_gate gate = {5, false};

    ck_assert_str_eq(json_text_at(comparison, "rows.0.verdict"), "unclear");
    ck_assert_uint_eq(compare_fails(comparison, &gate, err), 1);
    ck_assert_str_eq(err[0].text, "--fail-if-worse: 1 figure may be worse by more than 5 % and "
                                  "cannot be judged");
    ck_assert_str_eq(err[0].hint, "runs without --quick, or virtcost run for more samples");
    json_decref(comparison);
}
END_TEST

START_TEST(different_options_are_warnings)
{
    static const struct {
        const char *a, *b, *code, *text;
    } cases[] = {
        {"{'mem_bytes': 1048576}", "{'mem_bytes': 2097152}", "config_mem",
         "the value of --mem in bytes differs: 1048576 in a, 2097152 in b"},
        {"{'vcpus': 1}", "{'vcpus': 2}", "config_vcpus",
         "the value of --vcpus differs: 1 in a, 2 in b"},
        {"{'hugepage_bytes': 0}", "{'hugepage_bytes': 2097152}", "config_hugepages", NULL},
        {"{'thp': 'on'}", "{'thp': 'off'}", "config_thp", NULL},
        {"{'prefault': true}", "{'prefault': false}", "config_prefault",
         "the setting of --prefault differs: yes in a, no in b"},
        {"{'guest_page_bytes': 4096}", "{'guest_page_bytes': 2097152}", "config_guest_page", NULL},
        {"{'pin': [0]}", "{'pin': []}", "config_pin",
         "the value of --pin differs: [0] in a, [] in b"},
        {"{'cpu_features': {'asked': 'host', 'disabled': []}}",
         "{'cpu_features': {'asked': 'baseline', 'disabled': []}}", "config_cpu", NULL},
        {"{'cpu_features': {'asked': 'host', 'disabled': []}}",
         "{'cpu_features': {'asked': 'host', 'disabled': ['avx']}}", "cpu_disabled", NULL},
        {"{'topology': {'sockets': 1}}", "{'topology': {'sockets': 2}}", "config_topology", NULL},
        {"{'numa': {'nodes': 2}}", "{}", "config_numa",
         "the value of --numa differs: 2 in a, unknown in b"},
        {"{'args': 'isa=avx2'}", "{'args': 'isa=sse2'}", "config_args", NULL},
        {"{'kernels_sha256': 'a'}", "{'kernels_sha256': 'b'}", "kernels",
         "the code of the benchmarks differs: a in a, b in b"},
        {"{'quick': true}", "{'quick': false}", "quick", NULL},
        {"{'disks': [{'path': '/a', 'direct': true}]}",
         "{'disks': [{'path': '/b', 'direct': "
         "false}]}",
         "config_disk",
         "the value of --disk differs: [{\"direct\":true}] in a, [{\"direct\":false}] in b"},
        {"{'disks': [{'path': '/a', 'direct': true}]}",
         "{'disks': [{'path': '/b', 'direct': "
         "true}]}",
         NULL, NULL},
        {"{'host_page_used_bytes': {'4k': 1}}", "{'host_page_used_bytes': {'4k': 2}}", NULL, NULL},
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char a[256], b[256];
        json_t *comparison;
        const char *text;

        snprintf(a, sizeof(a), "%s", cases[i].a);
        snprintf(b, sizeof(b), "%s", cases[i].b);
        for (char *at = a; *at; at++)
            *at = *at == '\'' ? '"' : *at;
        for (char *at = b; *at; at++)
            *at = *at == '\'' ? '"' : *at;
        comparison = compare(report_of("vm", SIX, a), report_of("vm", HALF, b));
        ck_assert_msg(json_array_size(json_at(comparison, "warnings")) == (cases[i].code ? 2u : 1u),
                      "case %u", i);
        text = cases[i].code ? warning(comparison, cases[i].code) : NULL;
        ck_assert_msg(!cases[i].code || text, "case %u", i);
        if (cases[i].text)
            ck_assert_str_eq(text, cases[i].text);
        json_decref(comparison);
    }
}
END_TEST

START_TEST(different_hosts_and_builds_are_warnings)
{
    json_t *a = report_of("vm", SIX, "{}"), *b = report_of("vm", HALF, "{}"), *comparison;

    json_object_set_new(json_at(b, "host"), "cpu", json_string("B CPU"));
    json_object_set_new(json_at(b, "host"), "cpu_limit", json_real(0.5));
    json_object_set_new(json_at(b, "tool"), "commit", json_string("d"));
    json_object_set_new(json_at(b, "end"), "reason", json_string("signal"));
    json_array_append_new(json_at(b, "warnings"),
                          json_pack("{s:s, s:s}", "code", "steal", "text", "time was stolen"));
    comparison = compare(a, b);
    ck_assert_str_eq(warning(comparison, "host_cpu"), "the CPU differs: A CPU in a, B CPU in b");
    ck_assert_str_eq(warning(comparison, "cpu_limit"),
                     "the CPU limit differs: unknown in a, 0.5 in b");
    ck_assert_str_eq(warning(comparison, "tool"),
                     "the version of the programs differs: c in a, d in b");
    ck_assert_str_eq(warning(comparison, "incomplete"),
                     "b was ended by a signal: results are missing");
    ck_assert_str_eq(warning(comparison, "steal"), "b: time was stolen");
    json_decref(comparison);
    comparison = compare(report_of("vm", SIX, "{}"), report_of("vm", SIX, "{}"));
    ck_assert(warning(comparison, "same_file") != NULL);
    json_decref(comparison);
}
END_TEST

/* A row that failed its check or was interrupted has no figure. */
START_TEST(void_rows_are_not_compared)
{
    static const char *const keys[] = {"check", "interrupted"};

    for (unsigned i = 0; i < 2; i++) {
        json_t *b = report_of("vm", SIX, "{}"), *comparison;
        struct err err[COMPARE_FAILURES];
        const struct compare_gate gate = {5, false};

        json_object_set_new(json_at(b, "benches.0"), keys[i],
                            i ? json_true() : json_string("failed"));
        comparison = compare(report_of("vm", SIX, "{}"), b);
        ck_assert_str_eq(json_text_at(comparison, "rows.0.verdict"), "none");
        ck_assert(!json_has(comparison, "rows.0.b_median"));
        ck_assert(warning(comparison, i ? "interrupted" : "check_failed") != NULL);
        ck_assert_uint_eq(compare_fails(comparison, &gate, err), 1);
        json_decref(comparison);
    }
}
END_TEST

START_TEST(unlike_files_are_refused)
{
    json_t *vm = report_of("vm", SIX, "{}"), *native = report_of("native", SIX, "{}");
    json_t *of_vm = report_results(vm), *of_native = report_results(native);
    json_t *results = json_pack("{s:s}", "schema", "virtcost/2");
    struct err err;

    ck_assert_int_eq(report_check_pair(of_vm, of_vm, "A", "B", &err), 0);
    ck_assert_int_eq(report_check_pair(results, results, "A", "B", &err), 0);
    ck_assert_int_eq(report_check_pair(of_vm, of_native, "A", "B", &err), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_str_eq(err.text, "different environments: A has 'vm', B has 'native'");
    for (unsigned turned = 0; turned < 2; turned++) {
        ck_assert_int_eq(report_check_pair(turned ? results : of_vm, turned ? of_vm : results,
                                           turned ? "B" : "A", turned ? "A" : "B", &err),
                         -1);
        ck_assert_str_eq(err.text, "A is a report of one run, B a results file of virtcost: "
                                   "samples of one run are not blocks");
    }
    json_decref(results);
    json_decref(of_native);
    json_decref(of_vm);
    json_decref(native);
    json_decref(vm);
}
END_TEST

/* Runs within results state their configuration, each on its own. */
START_TEST(configurations_of_runs_are_compared)
{
    json_t *results[2], *comparison;

    for (int i = 0; i < 2; i++)
        results[i] = json_pack(
            "{s:s, s:[{s:s, s:s, s:s, s:i, s:{s:{s:s, s:i}}}, {s:s, s:s, s:s, s:i, s:{s:{s:s}}}]}",
            "schema", "virtcost/2", "runs", "experiment", "kernels", "step", "threads=1", "env",
            "vm", "block", 0, "report", "config", "kernels_sha256", i ? "a" : "b", "vcpus", 1,
            "experiment", "kernels", "step", i ? "threads=2" : "threads=3", "env", "vm", "block", 0,
            "report", "config", "kernels_sha256", i ? "c" : "d");
    comparison = compare_results(results[0], results[1], &how);
    ck_assert_str_eq(warning(comparison, "kernels"),
                     "the code of the benchmarks differs: b in a, a in b");
    ck_assert_uint_eq(json_array_size(json_at(comparison, "warnings")), 1);
    json_decref(comparison);
    json_decref(results[0]);
    json_decref(results[1]);
}
END_TEST

START_TEST(arbitrary_reports_are_safe)
{
    static const char *const files[] = {
        "{}",
        "{\"benches\": 1, \"config\": [], \"env\": {}, \"host\": 3, \"end\": [], \"warnings\": {}}",
        "{\"benches\": [1, null, [], {}, {\"name\": \"\\u001b\", \"check\": \"ok\", \"samples\": "
        "{}}], \"warnings\": [1, {\"code\": 1}], \"config\": {\"disks\": [1, {}], \"numa\": 1}}",
        "{\"schema\": \"minivmm-report/1\", \"env\": \"\\u001b[2J\", \"warnings\": [{\"text\": "
        "\"\\u001b\"}]}",
    };
    const unsigned count = sizeof(files) / sizeof(files[0]);

    for (unsigned i = 0; i < count * count; i++) {
        json_t *of_a = json_loads(files[i / count], 0, NULL), *a = report_results(of_a);
        json_t *of_b = json_loads(files[i % count], 0, NULL), *b = report_results(of_b);
        json_t *comparison;
        struct err err;

        ck_assert(a && b);
        if (report_check_pair(a, b, "A", "B", &err))
            ck_assert(strchr(err.text, '\033') == NULL);
        comparison = compare_results(a, b, &how);
        ck_assert(comparison != NULL);
        json_decref(comparison);
        json_decref(a);
        json_decref(b);
        json_decref(of_a);
        json_decref(of_b);
    }
    json_decref(report_results(NULL));
}
END_TEST

SUITE_MAIN("compare_report", two_runs_are_compared_by_their_samples, few_samples_are_unclear,
           different_options_are_warnings, different_hosts_and_builds_are_warnings,
           void_rows_are_not_compared, unlike_files_are_refused,
           configurations_of_runs_are_compared, arbitrary_reports_are_safe)
