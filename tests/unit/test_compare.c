/* SPDX-License-Identifier: MIT */
/* Comparisons of two results files, with known answers, and of arbitrary JSON. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/program.h"
#include "tests/support/suite.h"
#include "tools/virtcost/compare/compare.h"

static json_t *parse(const char *text)
{
    json_error_t error;
    json_t *json = json_loads(text, 0, &error);

    ck_assert_msg(json != NULL, "%s: %s", error.text, text);
    return json;
}

/* Results with one figure, whose samples are JSON. */
static json_t *results_of(const char *better, const char *samples)
{
    json_t *json = json_pack(
        "{s:s, s:i, s:b, s:{s:s}, s:{s:s}, s:[{s:s, s:[{s:s, s:s, s:{s:s}, s:i, s:s, s:s, s:s, "
        "s:o}]}]}",
        "schema", "virtcost/2", "seed", rand(), "quick", 0, "end", "reason", "done", "host", "cpu",
        "A CPU", "experiments", "name", "kernels", "values", "step", "threads=1", "name",
        "stream.triad", "params", "store", "nt", "threads", 1, "unit", "GB/s", "better", better,
        "env", "vm", "samples", parse(samples));

    ck_assert(json != NULL);
    return json;
}

static const struct compare_how how = {3, 1};

static json_t *compare_within(const char *better, const char *a, const char *b, double margin_pct)
{
    const struct compare_how within = {margin_pct, 1};
    json_t *of_a = results_of(better, a), *of_b = results_of(better, b);
    json_t *comparison = compare_results(of_a, of_b, &within);

    ck_assert(comparison != NULL);
    json_decref(of_a);
    json_decref(of_b);
    return comparison;
}

static json_t *compare(const char *better, const char *a, const char *b)
{
    return compare_within(better, a, b, 3);
}

static const char *verdict(json_t *comparison)
{
    static char text[16];

    snprintf(text, sizeof(text), "%s", json_text_at(comparison, "rows.0.verdict"));
    json_decref(comparison);
    return text;
}

static int has_warning(const json_t *comparison, const char *code)
{
    json_t *warning;
    size_t i;

    json_array_foreach (json_at(comparison, "warnings"), i, warning) {
        if (!strcmp(json_text_at(warning, "code"), code))
            return 1;
    }
    return 0;
}

static double real_at(const json_t *json, const char *path)
{
    return json_real_value(json_at(json, path));
}

#define TENS      "[10, 10.1, 9.9, 10.2, 9.8, 10]"
#define TWENTIES  "[20, 20.1, 19.9, 20.2, 19.8, 20]"
#define SCATTERED "[5, 20, 9, 11, 14, 8]"

START_TEST(a_ratio_is_b_over_a)
{
    json_t *comparison = compare("higher", TENS, TWENTIES);

    ck_assert_uint_eq(json_array_size(json_at(comparison, "rows")), 1);
    ck_assert_str_eq(json_text_at(comparison, "rows.0.experiment"), "kernels");
    ck_assert_str_eq(json_text_at(comparison, "rows.0.step"), "threads=1");
    ck_assert_str_eq(json_text_at(comparison, "rows.0.params.store"), "nt");
    ck_assert_str_eq(json_text_at(comparison, "rows.0.env"), "vm");
    ck_assert_str_eq(json_text_at(comparison, "rows.0.unit"), "GB/s");
    ck_assert(!json_has(comparison, "rows.0.row"));
    ck_assert_double_eq(real_at(comparison, "rows.0.a_median"), 10);
    ck_assert_double_eq(real_at(comparison, "rows.0.b_median"), 20);
    ck_assert_double_eq(real_at(comparison, "rows.0.ratio"), 2);
    ck_assert_double_eq(real_at(comparison, "rows.0.confidence"), 0.95);
    ck_assert(real_at(comparison, "rows.0.ci95.0") > 1.9);
    ck_assert(real_at(comparison, "rows.0.ci95.1") < 2.1);
    ck_assert_str_eq(json_text_at(comparison, "hosts.a.cpu"), "A CPU");
    ck_assert_uint_eq(json_array_size(json_at(comparison, "warnings")), 0);
    json_decref(comparison);
}
END_TEST

START_TEST(the_verdict_knows_which_direction_is_better)
{
    ck_assert_str_eq(verdict(compare("higher", TENS, TWENTIES)), "better");
    ck_assert_str_eq(verdict(compare("lower", TENS, TWENTIES)), "worse");
    ck_assert_str_eq(verdict(compare("higher", TWENTIES, TENS)), "worse");
    ck_assert_str_eq(verdict(compare("lower", TWENTIES, TENS)), "better");
    ck_assert_str_eq(verdict(compare("higher", TENS, SCATTERED)), "unclear");
    ck_assert_str_eq(verdict(compare("lower", TENS, TENS)), "same");
    ck_assert_str_eq(verdict(compare_within("lower", TENS, TENS, 0.1)), "unclear");
    ck_assert_str_eq(verdict(compare_within("lower", TENS, SCATTERED, 100)), "same");
}
END_TEST

/* The errors of a gate, joined by "; ". */
static const char *failures(const json_t *comparison, double pct, bool unclear)
{
    const struct compare_gate gate = {pct, unclear};
    struct err err[COMPARE_FAILURES];
    static char text[1200];
    unsigned count = compare_fails(comparison, &gate, err);

    text[0] = '\0';
    for (unsigned i = 0; i < count; i++) {
        ck_assert_int_eq(err[i].code, ERR_FAILED);
        strcat(strcat(text, i ? "; " : ""), err[i].text);
    }
    return text;
}

#define WORSE(pct) "--fail-if-worse: 1 figure is worse by more than " pct " %"
#define MAYBE(pct) \
    "--fail-if-worse: 1 figure may be worse by more than " pct " % and cannot be judged"
#define UNCLEAR      "--fail-if-unclear: 1 figure cannot be judged"
#define FIVE_TENS    "[10, 10.1, 9.9, 10.2, 9.8]"
#define HALF         "[5, 5.05, 4.95, 5.1, 4.9]"
#define WIDE         "[5, 20, 9, 11, 14, 8.8]"
#define WIDE_AND_LOW "[5, 14, 7, 11, 8, 6]"
#define LESS         "[9.1, 9.15, 9.05, 9.2, 9.0, 9.1]"

START_TEST(an_undetectable_change_does_not_pass)
{
    static const struct {
        const char *better, *a, *b;
        double pct; /* negative: option not given */
        bool unclear;
        const char *failures;
    } cases[] = {
        {"lower", TENS, TWENTIES, 0, false, WORSE("0")},
        {"lower", TENS, TWENTIES, 99, false, WORSE("99")},
        {"lower", TENS, TWENTIES, 101, true, ""},
        {"higher", TENS, TWENTIES, 0, true, ""},
        {"higher", TWENTIES, TENS, 49, false, WORSE("49")},
        {"higher", TWENTIES, TENS, 51, false, ""},
        {"lower", TWENTIES, TENS, 0, true, ""},
        {"higher", TENS, LESS, 5, false, WORSE("5")},
        {"higher", TENS, LESS, 10, true, ""},
        {"higher", TENS, TENS, 5, true, ""},
        /* Half as much, but too few samples to decide. */
        {"higher", FIVE_TENS, HALF, 5, false, MAYBE("5")},
        {"higher", TENS, HALF, 5, true, MAYBE("5") "; " UNCLEAR},
        {"lower", HALF, TENS, 5, false, MAYBE("5")},
        {"higher", "[10]", "[5]", 5, false, MAYBE("5")},
        {"higher", TENS, WIDE_AND_LOW, 5, false, MAYBE("5")},
        {"higher", TENS, WIDE_AND_LOW, 30, false, ""},
        {"higher", TENS, WIDE_AND_LOW, 30, true, UNCLEAR},
        /* A gain cannot be judged either, but no option requires that. */
        {"lower", FIVE_TENS, HALF, 5, false, ""},
        {"lower", FIVE_TENS, HALF, 5, true, UNCLEAR},
        {"higher", TENS, WIDE, 5, false, ""},
        {"higher", TENS, WIDE, -1, true, UNCLEAR},
        {"higher", TENS, WIDE, -1, false, ""},
        {"higher", TENS, HALF, -1, false, ""},
        /* A missing figure. */
        {"higher", TENS, "[]", 5, false, MAYBE("5")},
        {"lower", TENS, "[]", 5, false, MAYBE("5")},
        {"higher", TENS, "[0, 0, 0, 0, 0, 0]", 5, false, MAYBE("5")},
        {"lower", TENS, "[0, 0, 0, 0, 0, 0]", 5, false, ""},
        {"lower", TENS, "[0, 0, 0, 0, 0, 0]", 5, true, UNCLEAR},
        /* One sample of 0 leaves no ratio, but the medians are known. */
        {"higher", TENS, "[0, 5, 5, 5, 5, 5, 5]", 5, false, MAYBE("5")},
        {"higher", TENS, "[-1, 5, 5, 5, 5, 5, 5]", 5, false, MAYBE("5")},
        {"higher", TENS, "[0, 5, 5, 5, 5, 5, 5]", 51, false, ""},
        {"higher", TENS, "[0, 10, 10, 10, 10, 10, 10]", 5, false, ""},
        {"lower", TENS, "[0, 20, 20, 20, 20, 20, 20]", 5, false, MAYBE("5")},
        {"lower", "[0, 0, 0, 0, 0, 0]", TENS, 5, false, MAYBE("5")},
        {"higher", "[0, 0, 0, 0, 0, 0]", TENS, 5, false, ""},
        {"higher", "[0, 0, 0, 0, 0, 0]", "[0, 0, 0, 0, 0, 0]", 5, false, ""},
        {"lower", "[]", TENS, 5, false, ""},
        {"lower", "[]", "[]", 5, true, UNCLEAR},
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *comparison = compare(cases[i].better, cases[i].a, cases[i].b);
        const char *got = failures(comparison, cases[i].pct, cases[i].unclear);

        ck_assert_msg(!strcmp(got, cases[i].failures), "case %u: %s", i, got);
        json_decref(comparison);
    }
}
END_TEST

/* A figure within the margin never fails, however large the margin is. */
START_TEST(the_same_never_fails)
{
    json_t *comparison = compare_within("higher", TENS, LESS, 15);

    ck_assert_str_eq(json_text_at(comparison, "rows.0.verdict"), "same");
    ck_assert_str_eq(failures(comparison, 15, true), "");
    json_decref(comparison);
}
END_TEST

static char *print_unclear(const json_t *comparison, double pct)
{
    const struct compare_gate gate = {pct, false};
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);

    compare_print_unclear(out, "virtcost", comparison, &gate);
    fclose(out);
    return text;
}

START_TEST(what_cannot_be_judged_is_named)
{
    static const struct {
        const char *a, *b, *text;
    } cases[] = {
        {TENS, TENS, ""},
        {FIVE_TENS, HALF, ": may be 50 % worse: 5 samples, at least 6 are needed\n"},
        {"[10]", "[10]", ": 1 sample, at least 6 are needed\n"},
        {TENS, WIDE_AND_LOW, ": may be 25 % worse: 0.75 ["},
        {TENS, WIDE_AND_LOW, "] is too wide, about "},
        {TENS, WIDE_AND_LOW, " blocks would settle it\n"},
        {TENS, "[]", ": no ratio, b has no sample\n"},
        {"[]", TENS, ": no ratio\n"},
        {TENS, "[0, 5, 5, 5, 5, 5, 5]", ": may be 50 % worse: no ratio, a sample is not above 0\n"},
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *comparison = compare("higher", cases[i].a, cases[i].b);
        char *text = print_unclear(comparison, 5);

        ck_assert_msg(*cases[i].text ? strstr(text, cases[i].text) != NULL : !*text, "case %u: %s",
                      i, text);
        if (*text)
            ck_assert(
                !strncmp(text,
                         "virtcost: 1 of 1 figure cannot be judged:\n  kernels threads=1: "
                         "stream.triad store=nt, 1 thr, vm:",
                         strlen("virtcost: 1 of 1 figure cannot be judged:\n  kernels threads=1: "
                                "stream.triad store=nt, 1 thr, vm:")));
        free(text);
        json_decref(comparison);
    }
}
END_TEST

/* A figure only in a cannot be judged either; of very many, not all are named. */
START_TEST(missing_figures_are_counted)
{
    json_t *a = results_of("higher", TENS), *b = results_of("higher", TENS), *comparison;
    json_t *values = json_at(a, "experiments.0.values"), *value;
    char *text, step[16];

    for (unsigned i = 0; i < 30; i++) {
        value = json_copy(json_array_get(values, 0));
        snprintf(step, sizeof(step), "%u", i);
        json_object_set_new(value, "step", json_string(step));
        json_array_append_new(values, value);
    }
    comparison = compare_results(a, b, &how);
    ck_assert_str_eq(failures(comparison, -1, false), "");
    ck_assert_str_eq(failures(comparison, 5, false),
                     "--fail-if-worse: 30 figures of a are missing from b");
    ck_assert_str_eq(failures(comparison, -1, true),
                     "--fail-if-unclear: 30 figures cannot be judged");
    text = print_unclear(comparison, 5);
    ck_assert(strstr(text, "virtcost: 30 of 31 figures cannot be judged:\n  kernels 0: ") == text);
    ck_assert(strstr(text, ", vm: only in a\n") != NULL);
    ck_assert(strstr(text, "\n  and 10 more\n") != NULL);
    free(text);
    json_decref(comparison);
    json_decref(a);
    json_decref(b);
}
END_TEST

/* A figure whose unit or direction changed is not compared, and does not pass. */
START_TEST(incomparable_figures_do_not_pass)
{
    static const struct {
        const char *key, *value;
    } cases[] = {{"unit", "MB/s"}, {"better", "lower"}, {"better", "none"}};

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *a = results_of("higher", TENS), *b = results_of("higher", TENS), *comparison;
        json_t *values = json_at(a, "experiments.0.values");
        json_t *other = json_copy(json_array_get(values, 0));
        char *text;

        json_object_set_new(other, "step", json_string("other"));
        json_array_append(values, other);
        json_array_append_new(json_at(b, "experiments.0.values"), json_copy(other));
        json_object_set_new(json_at(b, "experiments.0.values.1"), cases[i].key,
                            json_string(cases[i].value));
        comparison = compare_results(a, b, &how);
        ck_assert_str_eq(failures(comparison, 5, false),
                         "--fail-if-worse: 1 figure of a is missing from b");
        ck_assert_str_eq(failures(comparison, -1, true), UNCLEAR);
        text = print_unclear(comparison, 5);
        ck_assert(strstr(text, "virtcost: 1 of 2 figures cannot be judged:\n") == text);
        ck_assert(strstr(text, ", vm: another unit or direction in b\n") != NULL);
        free(text);
        json_decref(comparison);
        json_decref(other);
        json_decref(a);
        json_decref(b);
    }
}
END_TEST

START_TEST(few_samples_have_no_verdict)
{
    json_t *comparison = compare("lower", TENS, "[90, 91, 92, 93, 94]");

    ck_assert_str_eq(json_text_at(comparison, "rows.0.verdict"), "unclear");
    ck_assert_int_eq(json_int_at(comparison, "rows.0.samples"), 5);
    ck_assert_int_eq(json_int_at(comparison, "rows.0.settled_by_blocks"), 6);
    ck_assert_uint_eq(compare_count(comparison, "unclear"), 1);
    ck_assert(has_warning(comparison, "few"));
    /* The interval that the two ranges allow, and its confidence: (1 - 2/64) (1 - 2/32). */
    ck_assert_double_eq_tol(real_at(comparison, "rows.0.ci95.0"), 90 / 10.2, 1e-12);
    ck_assert_double_eq_tol(real_at(comparison, "rows.0.ci95.1"), 94 / 9.8, 1e-12);
    ck_assert_double_eq_tol(real_at(comparison, "rows.0.confidence"), 0.96875 * 0.9375, 1e-12);
    json_decref(comparison);
    ck_assert_str_eq(verdict(compare("lower", "[1]", TENS)), "unclear");
}
END_TEST

START_TEST(without_a_positive_sample_there_is_no_ratio)
{
    static const char *const wrong[] = {
        "[]",
        "[0, 0, 0, 0, 0, 0]",
        "[-1, 10, 10, 10, 10, 10, 10]",
        "[null, \"10\", [], {}]",
        "{}",
        "[1e-308, 1e-308, 1e-308, 1e-308, 1e-308, 1e-308]",
    };

    for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        for (unsigned turned = 0; turned < 2; turned++) {
            const char *other = "[1e308, 1e308, 1e308, 1e308, 1e308, 1e308]";
            json_t *comparison =
                turned ? compare("lower", other, wrong[i]) : compare("lower", wrong[i], other);

            ck_assert_str_eq(json_text_at(comparison, "rows.0.verdict"), "none");
            ck_assert(!json_has(comparison, "rows.0.ratio"));
            ck_assert(!json_has(comparison, "rows.0.ci95"));
            ck_assert(!json_has(comparison, "rows.0.settled_by_blocks"));
            ck_assert(has_warning(comparison, "no_ratio"));
            json_decref(comparison);
        }
    }
}
END_TEST

/* Samples that are not numbers are skipped, the others count. */
START_TEST(void_samples_are_left_out)
{
    json_t *comparison = compare("lower", "[10, null, 10, 10, \"x\", 10, 10, 10]", TWENTIES);

    ck_assert_double_eq(real_at(comparison, "rows.0.a_median"), 10);
    ck_assert_str_eq(json_text_at(comparison, "rows.0.verdict"), "worse");
    json_decref(comparison);
}
END_TEST

START_TEST(what_only_one_file_has_is_named)
{
    json_t *a = results_of("higher", TENS), *b = results_of("higher", TENS), *comparison;

    json_object_set_new(json_at(b, "experiments.0.values.0"), "env", json_string("native"));
    comparison = compare_results(a, b, &how);
    ck_assert_uint_eq(json_array_size(json_at(comparison, "rows")), 0);
    ck_assert_str_eq(json_text_at(comparison, "only_a.0"),
                     "kernels threads=1: stream.triad store=nt, 1 thr, vm");
    ck_assert_str_eq(json_text_at(comparison, "only_b.0"),
                     "kernels threads=1: stream.triad store=nt, 1 thr, native");
    json_decref(comparison);
    json_decref(a);
    json_decref(b);
}
END_TEST

START_TEST(other_units_are_not_compared)
{
    static const char *const keys[] = {"unit", "better"};

    for (unsigned i = 0; i < 2; i++) {
        json_t *a = results_of("higher", TENS), *b = results_of("higher", TENS), *comparison;

        json_object_set_new(json_at(b, "experiments.0.values.0"), keys[i], json_string("lower"));
        comparison = compare_results(a, b, &how);
        ck_assert_uint_eq(json_array_size(json_at(comparison, "rows")), 0);
        ck_assert_uint_eq(json_array_size(json_at(comparison, "only_a")), 0);
        ck_assert(has_warning(comparison, "unit"));
        json_decref(comparison);
        json_decref(a);
        json_decref(b);
    }
}
END_TEST

/* The page sizes in use cannot be worse. */
START_TEST(properties_are_not_compared)
{
    json_t *comparison = compare("none", TENS, TWENTIES);

    ck_assert_uint_eq(json_array_size(json_at(comparison, "rows")), 0);
    ck_assert_uint_eq(json_array_size(json_at(comparison, "only_a")), 0);
    ck_assert(!has_warning(comparison, "unit"));
    json_decref(comparison);
}
END_TEST

START_TEST(differences_of_the_files_are_warnings)
{
    json_t *a = parse("{\"schema\": \"virtcost/2\", \"seed\": 7, \"quick\": false, \"host\": "
                      "{\"cpu\": \"A\", \"kernel\": \"6.1\", \"paging\": \"ept\", \"cpus\": 2}, "
                      "\"end\": {\"reason\": \"error\"}}");
    json_t *b = parse("{\"schema\": \"virtcost/1\", \"seed\": 7, \"quick\": true, \"host\": "
                      "{\"cpu\": \"B\", \"kernel\": \"6.2\", \"paging\": \"shadow\"}, "
                      "\"end\": {\"reason\": \"done\"}}");
    json_t *comparison = compare_results(a, b, &how);
    static const char *const codes[] = {"schema", "same_seed",  "quick",     "host_cpu",
                                        "paging", "incomplete", "host_cpus", "host_kernel"};

    for (unsigned i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        ck_assert_msg(has_warning(comparison, codes[i]), "%s", codes[i]);
    ck_assert_uint_eq(json_array_size(json_at(comparison, "warnings")), 8);
    ck_assert_str_eq(json_text_at(comparison, "warnings.0.text"),
                     "the setting of --quick differs: no in a, yes in b");
    json_decref(comparison);
    json_decref(a);
    json_decref(b);
}
END_TEST

static char *print(const json_t *comparison)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);

    compare_print(out, comparison);
    fclose(out);
    return text;
}

static void check_columns(const char *text)
{
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        ck_assert_msg(strcspn(line, "\n") <= 100, "%.*s", (int)strcspn(line, "\n"), line);
}

static void check_has(const char *text, const char *expected)
{
    ck_assert_msg(strstr(text, expected) != NULL, "'%s' expected in:\n%s", expected, text);
}

START_TEST(the_table_fits_and_judges)
{
    json_t *comparison = compare("lower", "[10, 10, 10, 10, 10, 10]", "[20, 20, 20, 20, 20, 20]");
    char *text = print(comparison);

    check_has(text, "kernels threads=1\n");
    check_has(text, "stream.triad store=nt        1 vm           10.00    20.00 GB/s    "
                    "2.000 [2.000, 2.000]     worse\n");
    check_has(text, "verdicts: 0 better, 1 worse, 0 same within 3 %, 0 unclear\n");
    check_columns(text);
    free(text);
    json_decref(comparison);
}
END_TEST

START_TEST(few_samples_are_shown_without_an_interval)
{
    json_t *comparison = compare("lower", "[10, 11]", "[20, 21]");
    char *text = print(comparison);

    check_has(text, "GB/s    1.952 (no interval)      unclear\n");
    check_has(text, "unclear   1 of 1 ratio. 1 has too few blocks for a 95 % interval: take at "
                    "least 6 blocks.\n");
    check_columns(text);
    free(text);
    json_decref(comparison);
}
END_TEST

/* A label that is too long for its column is printed once, above its environments. */
START_TEST(long_labels_stand_above_their_rows)
{
    json_t *a = results_of("lower", TENS), *native, *comparison;
    char *text;

    json_object_set_new(json_at(a, "experiments.0.values.0"), "params",
                        json_pack("{s:i, s:i}", "bs", 1048576, "iodepth", 1));
    native = json_copy(json_at(a, "experiments.0.values.0"));
    json_object_set_new(native, "env", json_string("native"));
    json_array_append_new(json_at(a, "experiments.0.values"), native);
    comparison = compare_results(a, a, &how);
    text = print(comparison);
    check_has(text, "stream.triad bs=1048576,iodepth=1\n                             1 vm ");
    check_has(text, " same\n                             1 native ");
    free(text);
    json_decref(comparison);
    json_decref(a);
}
END_TEST

/* Arbitrary content causes no crash, and control characters never reach the terminal. */
START_TEST(arbitrary_files_are_safe)
{
    static const char *const files[] = {
        "[]",
        "{}",
        "{\"experiments\": 3, \"host\": [], \"end\": 1, \"seed\": \"x\"}",
        "{\"experiments\": [1, null, {\"values\": {}}, {\"values\": [1, null, [], {}]}]}",
        "{\"experiments\": [{\"name\": [], \"values\": [{\"name\": {}, \"params\": [1], "
        "\"threads\": \"1\", \"env\": 1, \"unit\": 2, \"better\": \"lower\", \"samples\": [1]}]}]}",
        "{\"experiments\": [{\"name\": \"\\u001b[2J\", \"values\": [{\"name\": \"\\u001b[31m\", "
        "\"step\": \"\\u001b\", \"params\": {\"\\n\": \"\\u001b\", \"x\": 1.5}, \"threads\": "
        "9223372036854775807, \"env\": \"\\u001b\\u00e9\", \"unit\": \"\\u001b\", \"better\": "
        "\"lower\", \"samples\": [1, 2, 3, 4, 5, 6]}]}]}",
        "{\"host\": {\"cpu\": \"\\u001b[2J\", \"cpus\": 1.5}, \"end\": {\"reason\": \"\\u001b\"}}",
    };
    const unsigned count = sizeof(files) / sizeof(files[0]);

    for (unsigned i = 0; i < count * count; i++) {
        json_t *a = parse(files[i / count]), *b = parse(files[i % count]);
        json_t *comparison = compare_results(a, b, &how);
        char *text = print(comparison);

        failures(comparison, 0, true);
        ck_assert(strchr(text, '\033') == NULL);
        free(text);
        text = print_unclear(comparison, 0);
        ck_assert(strchr(text, '\033') == NULL);
        free(text);
        json_decref(comparison);
        json_decref(a);
        json_decref(b);
    }
    json_decref(compare_results(NULL, NULL, &how));
    free(print(NULL));
    free(print_unclear(NULL, 0));
    ck_assert_str_eq(failures(NULL, 0, false), "--fail-if-worse: no figure in common");
    ck_assert_str_eq(failures(NULL, -1, true), "--fail-if-unclear: no figure in common");
    ck_assert_str_eq(failures(NULL, -1, false), "");
}
END_TEST

START_TEST(long_names_do_not_widen_the_table)
{
    char name[1000];
    json_t *a = results_of("lower", TENS), *b, *comparison;
    char *text;

    memset(name, 'x', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    json_object_set_new(json_at(a, "experiments.0.values.0"), "name", json_string(name));
    json_object_set_new(json_at(a, "experiments.0.values.0"), "env", json_string(name));
    json_object_set_new(json_at(a, "experiments.0.values.0"), "unit", json_string(name));
    b = json_deep_copy(a);
    json_object_set_new(json_at(b, "experiments.0.values.0"), "step", json_string(name));
    json_array_append(json_at(b, "experiments.0.values"), json_at(a, "experiments.0.values.0"));
    comparison = compare_results(a, b, &how);
    text = print(comparison);
    ck_assert_uint_eq(json_array_size(json_at(comparison, "rows")), 1);
    ck_assert_uint_eq(json_array_size(json_at(comparison, "only_b")), 1);
    check_columns(text);
    free(text);
    json_decref(comparison);
    json_decref(a);
    json_decref(b);
}
END_TEST

SUITE_MAIN("compare", a_ratio_is_b_over_a, the_verdict_knows_which_direction_is_better,
           an_undetectable_change_does_not_pass, the_same_never_fails,
           what_cannot_be_judged_is_named, missing_figures_are_counted,
           incomparable_figures_do_not_pass, few_samples_have_no_verdict,
           few_samples_are_shown_without_an_interval, without_a_positive_sample_there_is_no_ratio,
           void_samples_are_left_out, what_only_one_file_has_is_named, other_units_are_not_compared,
           properties_are_not_compared, differences_of_the_files_are_warnings,
           the_table_fits_and_judges, long_labels_stand_above_their_rows, arbitrary_files_are_safe,
           long_names_do_not_widen_the_table)
