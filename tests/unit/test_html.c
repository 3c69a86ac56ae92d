/* SPDX-License-Identifier: MIT */
/* The page of virtcost's results: correct, complete, small, and safe for any file. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/suite.h"
#include "tests/unit/costs.h"
#include "tests/unit/wellformed.h"
#include "tools/virtcost/page/html.h"
#include "vmm/core/base/stats.h"

/* The page, to be freed by the caller. Checks that it is well-formed and within the size limit. */
static char *make(const json_t *results, const json_t *claims)
{
    struct err err = {0};
    size_t bytes = 0;
    char *text = NULL;
    FILE *out = open_memstream(&text, &bytes);

    ck_assert(out != NULL);
    ck_assert_msg(!html_write(out, results, claims, &err), "%s", err.text);
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_uint_eq(strlen(text), bytes);
    ck_assert_uint_lt(bytes, HTML_BYTES_MAX);
    wellformed_check(text);
    return text;
}

static char *make_whole(void)
{
    json_t *results = costs_results(), *claims = costs_claims();
    char *text = make(results, claims);

    json_decref(claims);
    json_decref(results);
    return text;
}

static void check_has(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "no \"%s\"", part);
}

static void check_has_not(const char *text, const char *part)
{
    const char *found = strstr(text, part);

    ck_assert_msg(!found, "\"%s\" in \"%.80s\"", part, found);
}

static void check_self_contained(const char *text)
{
    static const char *const forbidden[] = {"http:", "https:",    "src=",    "<script",
                                            "<link", "@import",   "<iframe", "<object",
                                            "data:", "javascript"};

    for (unsigned i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
        check_has_not(text, forbidden[i]);
    for (const char *at = text; (at = strstr(at, "url(")); at++)
        ck_assert_int_eq(at[4], '#');
    for (const char *at = text; (at = strstr(at, "href='")); at++)
        ck_assert_int_eq(at[6], '#');
}

/* From the heading of a section to the next. To be freed by the caller. */
static char *section(const char *text, const char *heading)
{
    char start[80];
    const char *from, *to;

    snprintf(start, sizeof(start), ">%s</h2>", heading);
    from = strstr(text, start);
    ck_assert_msg(from != NULL, "no section \"%s\"", heading);
    to = strstr(from, "</section>");
    ck_assert(to != NULL);
    return strndup(from, (size_t)(to - from));
}

START_TEST(the_page_needs_nothing_but_itself)
{
    char *text = make_whole();

    check_self_contained(text);
    free(text);
}
END_TEST

START_TEST(every_experiment_has_its_section_and_its_line_in_the_contents)
{
    static const char *const headings[] = {"Compute and memory",
                                           "Block I/O",
                                           "Start-up",
                                           "Density",
                                           "Noisy neighbours",
                                           "Page sizes of host and guest",
                                           "Vector instructions",
                                           "Scaling",
                                           "network"};
    char *text = make_whole(), *part, link[120];

    for (unsigned i = 0; i < sizeof(headings) / sizeof(headings[0]); i++) {
        part = section(text, headings[i]);
        check_has(part, "<figure>");
        check_has(part, "<caption>Medians");
        check_has(part, "<th scope='row'>");
        snprintf(link, sizeof(link), "<a href='#experiment-%u'>%s</a>", i, headings[i]);
        check_has(text, link);
        free(part);
    }
    free(text);
}
END_TEST

START_TEST(every_reference_within_the_page_has_one_target)
{
    char *text = make_whole(), target[64], id[80];

    for (const char *at = text; (at = strchr(at, '#')); at++) {
        size_t length = strcspn(at + 1, "')");
        const char *found;

        if (strncmp(at - 4, "url", 3) && strncmp(at - 6, "href='", 6))
            continue;
        ck_assert_uint_lt(length, sizeof(target));
        snprintf(target, sizeof(target), "%.*s", (int)length, at + 1);
        snprintf(id, sizeof(id), " id='%s'", target);
        found = strstr(text, id);
        ck_assert_msg(found != NULL, "no %s", id);
        ck_assert_msg(strstr(found + 1, id) == NULL, "%s twice", id);
    }
    free(text);
}
END_TEST

/* A shape with a pattern fill becomes an image of the whole page when printed. */
START_TEST(hatches_are_lines)
{
    char *text = make_whole();

    check_has(text, "<use class='ink' href='#h");
    ck_assert(!strstr(text, "<pattern") && !strstr(text, "url(#"));
    free(text);
}
END_TEST

START_TEST(each_environment_is_in_the_pictures)
{
    static const char *const envs[] = {"container", "vm", "null"};
    char *text = make_whole(), *part = section(text, "Compute and memory"), mark[80];

    for (unsigned i = 0; i < sizeof(envs) / sizeof(envs[0]); i++) {
        snprintf(mark, sizeof(mark), "<tspan class='faint'>%s</tspan>", envs[i]);
        check_has(part, mark);
    }
    check_has(part, "class='reference'");
    check_has(part, "native 110.0 GFLOP/s");
    free(part);
    part = section(text, "Block I/O");
    check_has(part, "<strong>blk.randread: overlayfs / native</strong>");
    check_has(part, "<strong>blk.randread: vm / native</strong>");
    free(part);
    part = section(text, "Density");
    check_has(part, "<tspan class='faint'>native</tspan>");
    free(part);
    free(text);
}
END_TEST

START_TEST(numbers_have_units_intervals_and_verdicts)
{
    char *text = make_whole(), *part = section(text, "Summary");

    check_has(part, "<td>110.0 GFLOP/s</td>");
    check_has(part, "<b>0.8606</b> <em class='worse'>worse</em><i>[0.8555, 0.8658]</i></td>");
    check_has(part, "<td>110.1 GFLOP/s<i>1.001 same</i></td>");
    check_has(part, "<td>370.0 \xc2\xb5s</td>");
    free(part);
    part = section(text, "Block I/O");
    check_has(part, "<td>76.39 k IOPS<i>[");
    check_has(part, "kick, in KVM");
    check_has(part, "p50 \xc2\xb7 p99 \xc2\xb7 p99.9");
    free(part);
    free(text);
}
END_TEST

START_TEST(page_sizes_are_a_grid_of_ratios_with_intervals)
{
    char *text = make_whole(), *part = section(text, "Page sizes of host and guest");

    check_has(part, "<strong>gups.stream mib=1024, 1 thr: vm / native</strong>");
    check_has(part, "<td class='q2'>0.7033<i>[0.6893, 0.7174]</i></td>");
    check_has_not(part, "1 thr: native</strong>");
    free(part);
    free(text);
}
END_TEST

/* A step with a neighbour is no headline, and is labelled as what it is. */
START_TEST(steps_are_compared_with_the_first)
{
    char *text = make_whole(), *part = section(text, "Summary");

    check_has(part, "<i>isa=sse2</i></th><td>21.80 GFLOP/s</td><td>21.82 GFLOP/s"
                    "<i>1.001 same</i></td>");
    check_has_not(part, "0.1982");
    free(part);
    part = section(text, "Vector instructions");
    check_has(part, "ratio to isa=avx512");
    check_has(part, "<i>to isa=avx512: 0.1982 <b>worse</b></i>");
    check_has(part, "<li>isa=avx10: unsupported by these CPUs</li>");
    free(part);
    part = section(text, "Noisy neighbours");
    check_has(part, "ratio to alone");
    free(part);
    free(text);
}
END_TEST

/* One row whose ratio to native has this interval. */
static char *with_ratio(const char *better, double low, double high, double confidence)
{
    json_t *results =
        json_pack("{s:s, s:[s, s], s:[{s:s, s:[{s:s, s:s, s:s, s:s, s:f, s:[f, f], s:f}]}]}",
                  "schema", "virtcost/2", "envs", "native", "vm", "experiments", "name", "bench",
                  "ratios", "name", "x", "unit", "GB/s", "better", better, "env", "vm", "median",
                  (low + high) / 2, "ci95", low, high, "confidence", confidence);
    char *text;

    ck_assert(results != NULL);
    text = make(results, NULL);
    json_decref(results);
    return text;
}

START_TEST(unclear_widths_leave_out_the_number)
{
    static const struct judged {
        const char *better;
        double low, high, confidence;
        const char *verdict;
    } judged[] = {
        {"higher", 0.8, 0.9, 0.95, "'>worse</em>"},
        {"lower", 0.8, 0.9, 0.95, "'>better</em>"},
        {"higher", 1.1, 1.2, 0.95, "'>better</em>"},
        {"lower", 1.1, 1.2, 0.95, "'>worse</em>"},
        {"higher", 0.99, 1.01, 0.95, "'>same</em><i>[0.9900, 1.010]</i>"},
        {"higher", 0.9, 1.1, 0.95, "'>unclear</em><i>1.000 [0.9000, 1.100]</i>"},
        {"higher", 0.8, 0.9, 0.75, "'>unclear</em><i>0.8500</i><i>at least 6 blocks</i>"},
        {"higher", 0.07, 2.67, 0.97, "'>unclear</em><i>wider than 2 to 1</i>"},
        {"higher", 1.01, 1.02, 0.95, "'>same</em><i>["},
    };

    for (unsigned i = 0; i < sizeof(judged) / sizeof(judged[0]); i++) {
        char *text =
            with_ratio(judged[i].better, judged[i].low, judged[i].high, judged[i].confidence);

        check_has(text, judged[i].verdict);
        free(text);
    }
}
END_TEST

static char *page_of(const char *experiment)
{
    json_t *results = json_pack("{s:s, s:[s, s], s:[o]}", "schema", "virtcost/2", "envs", "native",
                                "vm", "experiments", json_loads(experiment, 0, NULL));
    char *text;

    ck_assert(results != NULL);
    text = make(results, NULL);
    json_decref(results);
    return text;
}

/* Each with its unit, as everywhere else. */
START_TEST(a_grid_has_values_with_units)
{
    char *text = page_of(
        "{\"name\": \"pages\", \"values\": ["
        "{\"step\": \"host=4K,guest=4K\", \"name\": \"touch\", \"threads\": 1, \"unit\": \"ns\","
        " \"better\": \"lower\", \"env\": \"vm\", \"median\": 2500},"
        "{\"step\": \"host=2M,guest=2M\", \"name\": \"touch\", \"threads\": 1, \"unit\": \"ns\","
        " \"better\": \"lower\", \"env\": \"vm\", \"median\": 380},"
        "{\"step\": \"host=4K,guest=4K\", \"name\": \"walk\", \"threads\": 1, \"unit\": "
        "\"references\","
        " \"better\": \"none\", \"env\": \"vm\", \"median\": 24}],"
        " \"skipped\": [{\"env\": \"\", \"step\": \"host=1G,guest=4K\", \"reason\": \"no "
        "pages\"}]}");

    check_has(text, "Medians, less is better.");
    check_has(text, ">2.500 \xc2\xb5s<");
    check_has(text, ">380.0 ns<");
    check_has(text, "Medians in references.");
    check_has(text, ">24<");
    check_has(text, "<li>host=1G,guest=4K: no pages</li>");
    free(text);
}
END_TEST

/* However far the ratio is from 1. */
START_TEST(a_colour_follows_the_verdict)
{
    char *text =
        page_of("{\"name\": \"pages\", \"ratios\": ["
                "{\"step\": \"host=4K,guest=4K\", \"name\": \"touch\", \"better\": \"lower\","
                " \"env\": \"vm\", \"median\": 1.9, \"ci95\": [0.9, 3], \"confidence\": 0.97},"
                "{\"step\": \"host=4K,guest=2M\", \"name\": \"touch\", \"better\": \"lower\","
                " \"env\": \"vm\", \"median\": 1.8, \"ci95\": [1.8, 1.8], \"confidence\": 0.5},"
                "{\"step\": \"host=2M,guest=4K\", \"name\": \"touch\", \"better\": \"lower\","
                " \"env\": \"vm\", \"median\": 1.01, \"ci95\": [1, 1.02], \"confidence\": 0.97},"
                "{\"step\": \"host=2M,guest=2M\", \"name\": \"touch\", \"better\": \"lower\","
                " \"env\": \"vm\", \"median\": 1.05, \"ci95\": [1.04, 1.06], \"confidence\": "
                "0.97}]}");

    check_has(text, "<td class='unclear'>1.900<i>[0.9000, 3.000]</i>");
    check_has(text, "<td class='unclear'>1.800</td>");
    check_has(text, "<td class='q4'>1.010<i>[");
    check_has(text, "<td class='q3'>1.050<i>[");
    free(text);
}
END_TEST

/* Bars that differ only in threads are labelled, and the neighbour's step is named. */
START_TEST(bars_are_told_apart)
{
    char *text = page_of(
        "{\"name\": \"topology\", \"ratios\": ["
        "{\"step\": \"floating\", \"name\": \"triad\", \"threads\": 1, \"unit\": \"GB/s\","
        " \"better\": \"higher\", \"env\": \"vm\", \"base\": \"vm\", \"base_step\": \"bound\","
        " \"median\": 1.1, \"ci95\": [1, 1.2], \"confidence\": 0.95},"
        "{\"step\": \"floating\", \"name\": \"triad\", \"threads\": 2, \"unit\": \"GB/s\","
        " \"better\": \"higher\", \"env\": \"vm\", \"base\": \"vm\", \"base_step\": \"bound\","
        " \"median\": 0.9, \"ci95\": [0.8, 1.2], \"confidence\": 0.95}]}");

    check_has(text, "triad, 1 thr");
    check_has(text, "triad, 2 thr");
    check_has(text, "ratio to bound");
    check_has(text, ">vm / bound</th>");
    free(text);
}
END_TEST

START_TEST(times_of_many_threads_are_shown)
{
    char *text =
        page_of("{\"name\": \"scaling\", \"values\": ["
                "{\"step\": \"threads=4\", \"name\": \"gups\", \"threads\": 4, \"unit\": \"GUPS\","
                " \"better\": \"higher\", \"env\": \"vm\", \"median\": 1, \"window_ns\": 2000000,"
                " \"time_ns\": {\"running\": 1000000, \"asleep\": 3000000, \"runqueue\": 4000000},"
                " \"exits_vmm\": 10}]}");

    check_has(text, "<td>12.5</td>\n<td>37.5</td>\n<td>\xe2\x80\x93</td><td>50.0</td>\n"
                    "<td>5.00</td>\n");
    free(text);
}
END_TEST

START_TEST(void_blocks_are_counted_beside_the_ratio)
{
    json_t *results = costs_results();
    json_t *ratios = json_object_get(costs_experiment(results, "network"), "ratios");
    char *text, *part;

    json_object_set_new(json_array_get(ratios, 1), "voided", json_integer(3));
    text = make(results, NULL);
    part = section(text, "network");
    check_has(part, "'>worse</em><i>[1.770, 1.842]</i><i>3 void</i></td>");
    free(part);
    free(text);
    json_decref(results);
}
END_TEST

/* Findings, figures, claims, and the machine last. */
START_TEST(findings_come_first)
{
    static const char *const order[] = {"<h1>",         "class='found'", "class='warnings'",
                                        "<table",       "id='claims'",   "id='experiment-0'",
                                        "id='machine'", "<footer>"};
    char *text = make_whole();
    const char *last = text;

    for (unsigned i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        const char *at = strstr(text, order[i]);

        ck_assert_msg(at && at > last, "%s", order[i]);
        last = at;
    }
    free(text);
}
END_TEST

/* A figure has the same digits and unit everywhere. */
START_TEST(a_value_is_written_the_same_everywhere)
{
    static const struct written {
        const char *text;
        unsigned least;
    } written[] = {
        /* Sentence, headline and table; the bar beside them. */
        {"5.200 ms", 3},
        {"71.00 ms", 3},
        {"900.0 \xc2\xb5s", 3},
        /* Sentence, headlines, picture and table. */
        {"0.8606", 4},
        {"76.39 k IOPS", 2},
    };
    static const char *const other[] = {"0.861", "5200 \xc2\xb5s", "71000 \xc2\xb5s", "76394 IOPS"};
    char *text = make_whole();

    for (unsigned i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
        unsigned count = 0;

        for (const char *at = text; (at = strstr(at, written[i].text)); at++)
            count++;
        ck_assert_msg(count >= written[i].least, "%s: %u times", written[i].text, count);
    }
    for (unsigned i = 0; i < sizeof(other) / sizeof(other[0]); i++)
        check_has_not(text, other[i]);
    free(text);
}
END_TEST

/* The titles of cells on a narrow screen are in the style sheet: plain characters only. */
START_TEST(a_title_does_not_leave_the_style)
{
    json_t *results = costs_results();
    char *text;

    json_array_set_new(json_object_get(results, "envs"), 1, json_string("a\";}*{x:url(b)"));
    text = make(results, NULL);
    check_has(text, "--c3:\"a?????x:url?b?\";");
    free(text);
    json_decref(results);
}
END_TEST

START_TEST(many_warnings_do_not_hide_the_figures)
{
    json_t *results = costs_results(), *warnings = json_array();
    char *text, *part;

    for (int i = 0; i < 9; i++)
        json_array_append_new(warnings, json_pack("{s:s, s:s+}", "code", "c", "text", "warning ",
                                                  i % 2 ? "odd" : "even"));
    json_object_set_new(results, "warnings", warnings);
    text = make(results, NULL);
    part = section(text, "Summary");
    check_has(part, "<summary>6 more warnings</summary>");
    free(part);
    free(text);
    json_decref(results);
}
END_TEST

START_TEST(claims_are_shown_with_verdict_and_cause)
{
    json_t *results = costs_results(), *none = json_array();
    char *text = make_whole(), *part = section(text, "Claims of the studies");

    check_has(text, "<a href='#claims'>");
    check_has(part, "290.8 / 290.9 / 130.3 GFLOPS");
    check_has(part, "\xe2\x9c\x97 not reproduced</span>");
    check_has(part, "\xe2\x9c\x93 reproduced</span>");
    check_has(part, ">not comparable</span>");
    check_has(part, "Each miss of the TLB walks two tables.");
    free(part);
    free(text);
    text = make(results, none);
    check_has_not(text, "#claims");
    check_has_not(text, "Claims of the studies");
    free(text);
    json_decref(none);
    json_decref(results);
}
END_TEST

START_TEST(warnings_are_at_the_top)
{
    json_t *results = costs_results();
    char *text;

    json_object_set_new(results, "seed", json_integer(18446744073));
    text = make(results, NULL);
    check_has(text,
              "<li>this host is itself a virtual machine: &quot;native&quot; results include");
    check_has(text, "<dd>full length</dd>");
    check_has(text, "<dd>10 to 200</dd>");
    check_has(text, "<dd>18446744073</dd>");
    check_has(text, "<dd>kvm_pvm, shadow paging</dd>");
    free(text);
    json_object_set_new(results, "quick", json_true());
    json_object_set_new(results, "schema", json_string("virtcost/9"));
    json_object_set_new(results, "end",
                        json_pack("{s:s, s:s}", "reason", "error", "error", "runc went away"));
    text = make(results, NULL);
    check_has(text, "quick, for a first look");
    check_has(text, "schema &quot;virtcost/9&quot;");
    check_has(text, "ended early (error) runc went away");
    free(text);
    json_decref(results);
}
END_TEST

/* All rows of an experiment of the sample, repeated under other names. */
static void multiply(json_t *experiment, unsigned times)
{
    static const char *const keys[] = {"values", "ratios", "added"};

    for (unsigned k = 0; k < 3; k++) {
        json_t *rows = json_object_get(experiment, keys[k]);
        size_t count = json_array_size(rows);

        for (size_t i = 0; i < count * (times - 1); i++) {
            json_t *row = json_deep_copy(json_array_get(rows, i % count));

            json_object_set_new(row, "threads",
                                json_integer(2 + (json_int_t)i / (json_int_t)count));
            json_array_append_new(rows, row);
        }
    }
}

START_TEST(huge_results_make_a_limited_page_that_states_it)
{
    json_t *results = costs_results();
    char *text;

    multiply(costs_experiment(results, "kernels"), 40);
    multiply(costs_experiment(results, "blk"), 3);
    multiply(costs_experiment(results, "startup"), 100);
    text = make(results, NULL);
    check_has(text, "more rows are in the results file only.");
    check_has(text, ">network</h2>");
    check_has(text, "net.rr bytes=1");
    free(text);
    json_decref(results);
}
END_TEST

#define HOSTILE "</style></title>'\"><script>&amp;alert(1)</script>]]>\x01\xe2\x80\xae<!--"

/* Replace every string by `with`, names of members too, except those that the page looks for. */
static void poison(json_t *json, const char *with)
{
    const char *key;
    void *next;
    json_t *value;
    size_t i;

    json_object_foreach_safe(json, next, key, value)
    {
        if (json_is_string(value) && strcmp(key, "env"))
            json_object_set_new(json, key, json_string_nocheck(with));
        else
            poison(value, with);
        if (!strcmp(key, "exits_per_op") || !strcmp(key, "params"))
            json_object_set_new(value, with, json_integer(1));
    }
    json_array_foreach (json, i, value) {
        if (json_is_string(value))
            json_array_set_new(json, i, json_string_nocheck(with));
        else
            poison(value, with);
    }
}

static void check_harmless(const char *text)
{
    check_has_not(text, "<script");
    check_has_not(text, "\xe2\x80\xae");
    check_has_not(text, "<!--");
    check_has_not(strstr(text, "</style>") + 1, "</style>");
}

START_TEST(hostile_text_stays_text)
{
    json_t *results = costs_results(), *claims = costs_claims();
    char *text;

    poison(results, HOSTILE);
    poison(claims, HOSTILE);
    text = make(results, claims);
    check_harmless(text);
    check_has(text, "&lt;script&gt;&amp;amp;alert(1)&lt;/script&gt;");
    json_decref(claims);
    json_decref(results);
    free(text);
}
END_TEST

/* Names of experiments select how they are drawn: these stay, all else is hostile. */
START_TEST(hostile_text_stays_text_in_every_picture)
{
    static const char *const names[] = {"kernels", "blk",   "startup", "density",
                                        "noise",   "pages", "vector",  "scaling"};
    json_t *results = costs_results();
    json_t *experiments = json_object_get(results, "experiments");
    char *text;

    poison(experiments, HOSTILE);
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        json_object_set_new(json_array_get(experiments, i), "name", json_string(names[i]));
    json_object_set_new(results, "envs", json_pack("[s, s, s]", "native", "<b>'\"&", "vm"));
    text = make(results, NULL);
    check_harmless(text);
    check_has(text, "&lt;b&gt;&#39;&quot;&amp;");
    json_decref(results);
    free(text);
}
END_TEST

static void shorten(json_t *array, size_t length)
{
    while (json_array_size(array) > length)
        json_array_remove(array, json_array_size(array) - 1);
}

/* As much text as fits, five times as long once escaped, and far too many experiments. */
START_TEST(no_results_make_a_page_too_large)
{
    json_t *results = costs_results(), *claims = costs_claims(), *warnings = json_array();
    json_t *experiments = json_object_get(results, "experiments");
    char with[600];

    memset(with, '&', sizeof(with) - 1);
    with[sizeof(with) - 1] = '\0';
    for (size_t i = 0; i < 40; i++)
        json_array_append_new(experiments, json_deep_copy(json_array_get(experiments, i % 9)));
    poison(experiments, with);
    poison(claims, with);
    for (unsigned i = 0; i < 1000; i++)
        json_array_append_new(warnings, json_pack("{s:s}", "text", with));
    json_object_set_new(results, "warnings", warnings);
    for (size_t i = 0; i < 40; i++)
        json_array_append(claims, json_array_get(claims, i % 4));
    free(make(results, claims));
    json_decref(claims);
    json_decref(results);
}
END_TEST

/* A few rows of each experiment with few samples: small enough for many trials. */
static json_t *small(void)
{
    static const char *const keys[] = {"values", "ratios", "added"};
    json_t *results = costs_results(), *experiment, *row;
    size_t i, r;

    json_array_foreach (json_object_get(results, "experiments"), i, experiment) {
        for (unsigned k = 0; k < 3; k++) {
            json_t *rows = json_object_get(experiment, keys[k]);

            shorten(rows, 10);
            json_array_foreach (rows, r, row)
                shorten(json_object_get(row, "samples"), 5);
        }
    }
    return results;
}

static json_t *wrong_value(unsigned i)
{
    static const char *const texts[] = {"null",
                                        "true",
                                        "0",
                                        "-1",
                                        "9223372036854775807",
                                        "1e308",
                                        "-1e308",
                                        "1e-308",
                                        "\"\"",
                                        "\"text=1,more=2\"",
                                        "[]",
                                        "{}",
                                        "[[1, 2], [2, 1]]",
                                        "[{}, {\"env\": \"vm\"}]",
                                        "{\"a\": -5, \"b\": 1e20}",
                                        "\"\\u202e\"",
                                        "[0, 0]",
                                        "[1e300, -1e300]"};

    if (i >= sizeof(texts) / sizeof(texts[0]))
        return NULL;
    return json_loads(texts[i], JSON_DECODE_ANY, NULL);
}

static void collect_keys(json_t *json, json_t *keys)
{
    const char *key;
    json_t *value;
    size_t i;

    json_object_foreach (json, key, value) {
        json_object_set_new(keys, key, json_true());
        collect_keys(value, keys);
    }
    json_array_foreach (json, i, value)
        collect_keys(value, keys);
}

/* Put `value` in place of every member of that name; NULL removes the members. */
static void replace(json_t *json, const char *name, json_t *value)
{
    const char *key;
    void *next;
    json_t *member;
    size_t i;

    json_object_foreach_safe(json, next, key, member)
    {
        if (strcmp(key, name))
            replace(member, name, value);
        else if (value)
            json_object_set(json, key, value);
        else
            json_object_del(json, key);
    }
    json_array_foreach (json, i, member)
        replace(member, name, value);
}

START_TEST(any_member_may_be_missing_or_wrong)
{
    json_t *whole = small(), *keys = json_object(), *value;
    unsigned tried = 0;
    const char *key;

    collect_keys(whole, keys);
    json_object_foreach (keys, key, value) {
        for (unsigned i = 0;; i++) {
            json_t *wrong = wrong_value(i), *results = json_deep_copy(whole);

            replace(results, key, wrong);
            free(make(results, NULL));
            json_decref(results);
            tried++;
            if (!wrong)
                break;
            json_decref(wrong);
        }
    }
    ck_assert_uint_gt(tried, 1000);
    json_decref(keys);
    json_decref(whole);
}
END_TEST

/* Replace a random member or element. */
static void corrupt(json_t *json, uint64_t *state)
{
    size_t members = json_is_object(json) ? json_object_size(json) : json_array_size(json), i = 0;
    uint64_t at = members ? stats_random(state) % members : 0;
    bool here = stats_random(state) % 5 == 0;
    json_t *wrong = wrong_value((unsigned)(stats_random(state) % 18)), *value;
    const char *key;
    void *next;

    json_object_foreach_safe(json, next, key, value)
    {
        if (i++ != at)
            continue;
        if (here)
            json_object_set(json, key, wrong);
        else
            corrupt(value, state);
    }
    if (json_is_array(json) && members && here)
        json_array_set(json, at, wrong);
    else if (json_is_array(json) && members)
        corrupt(json_array_get(json, at), state);
    json_decref(wrong);
}

START_TEST(corrupted_results_still_make_a_page)
{
    json_t *whole = small();
    uint64_t state = 7;

    for (unsigned round = 0; round < 300; round++) {
        json_t *results = json_deep_copy(whole);

        for (unsigned i = 0; i < 40; i++)
            corrupt(results, &state);
        free(make(results, NULL));
        json_decref(results);
    }
    json_decref(whole);
}
END_TEST

START_TEST(arbitrary_claims_are_safe)
{
    json_t *results = small();

    for (unsigned i = 0;; i++) {
        json_t *wrong = wrong_value(i), *claims;

        if (!wrong)
            break;
        claims = json_pack("[O, {s:O, s:O, s:O}]", wrong, "claim", wrong, "verdict", wrong, "cause",
                           wrong);
        free(make(results, wrong));
        free(make(results, claims));
        json_decref(claims);
        json_decref(wrong);
    }
    json_decref(results);
}
END_TEST

START_TEST(an_empty_object_makes_a_page)
{
    json_t *results = json_object();
    char *text = make(results, NULL);

    check_has(text, "<h1>");
    free(text);
    json_decref(results);
}
END_TEST

START_TEST(a_non_object_is_an_error_with_a_hint)
{
    json_t *results = json_array();
    struct err err = {0};

    ck_assert_int_eq(html_write(stdout, results, NULL, &err), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
    check_has(err.text, "not a JSON object");
    check_has(err.hint, "virtcost run");
    ck_assert_int_eq(html_write(stdout, NULL, NULL, &err), -1);
    json_decref(results);
}
END_TEST

START_TEST(a_page_that_cannot_be_written_is_an_error)
{
    json_t *results = costs_results();
    FILE *full = fopen("/dev/full", "w");
    struct err err = {0};

    ck_assert(full != NULL);
    ck_assert_int_eq(html_write(full, results, NULL, &err), -1);
    ck_assert_int_eq(err.code, ERR_FAILED);
    check_has(err.text, "No space left");
    fclose(full);
    json_decref(results);
}
END_TEST

SUITE_MAIN("html", the_page_needs_nothing_but_itself,
           every_experiment_has_its_section_and_its_line_in_the_contents,
           every_reference_within_the_page_has_one_target, hatches_are_lines,
           each_environment_is_in_the_pictures, numbers_have_units_intervals_and_verdicts,
           steps_are_compared_with_the_first, page_sizes_are_a_grid_of_ratios_with_intervals,
           unclear_widths_leave_out_the_number, a_grid_has_values_with_units,
           a_colour_follows_the_verdict, bars_are_told_apart, times_of_many_threads_are_shown,
           void_blocks_are_counted_beside_the_ratio, findings_come_first,
           a_value_is_written_the_same_everywhere, a_title_does_not_leave_the_style,
           many_warnings_do_not_hide_the_figures, claims_are_shown_with_verdict_and_cause,
           warnings_are_at_the_top, huge_results_make_a_limited_page_that_states_it,
           hostile_text_stays_text, hostile_text_stays_text_in_every_picture,
           no_results_make_a_page_too_large, any_member_may_be_missing_or_wrong,
           corrupted_results_still_make_a_page, arbitrary_claims_are_safe,
           an_empty_object_makes_a_page, a_non_object_is_an_error_with_a_hint,
           a_page_that_cannot_be_written_is_an_error)
