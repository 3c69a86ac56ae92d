/* SPDX-License-Identifier: MIT */
/* Verdicts on intervals, at all boundaries. */
#include <math.h>

#include "tests/support/suite.h"
#include "tools/virtcost/figures/settle.h"
#include "tools/virtcost/figures/verdict.h"

#define MARGIN 0.03

static struct verdict_ratio ratio_of(double low, double high)
{
    return (struct verdict_ratio){
        .median = sqrt(low * high),
        .interval = {low, high},
        .ranged = true,
        .sure = true,
        .directed = true,
        .samples = 10,
    };
}

static const struct border {
    double low, high, margin;
    enum verdict verdict; /* where more is better */
} borders[] = {
    {1, 1, MARGIN, VERDICT_SAME},
    {1, 1, 0, VERDICT_SAME},
    {1 / 1.03, 1.03, MARGIN, VERDICT_SAME},
    {0.97, 1.03, MARGIN, VERDICT_UNCLEAR}, /* 1/1.03 is 0.97087 */
    {0.971, 1.0301, MARGIN, VERDICT_UNCLEAR},
    /* Within the margin, on one side of 1: the first that applies. */
    {1.01, 1.02, MARGIN, VERDICT_SAME},
    {0.98, 0.99, MARGIN, VERDICT_SAME},
    {1.01, 1.02, 0, VERDICT_BETTER},
    {0.98, 0.99, 0, VERDICT_WORSE},
    {1.02, 1.04, MARGIN, VERDICT_BETTER},
    {0.96, 0.98, MARGIN, VERDICT_WORSE},
    {1.0001, 2, MARGIN, VERDICT_BETTER},
    {0.5, 0.9999, MARGIN, VERDICT_WORSE},
    /* An interval that touches 1 does not lie on one side of it. */
    {1, 1.2, MARGIN, VERDICT_UNCLEAR},
    {0.8, 1, MARGIN, VERDICT_UNCLEAR},
    {0.07, 2.67, MARGIN, VERDICT_UNCLEAR},
    {0.9, 1.1, 0.1, VERDICT_UNCLEAR},
    {0.91, 1.1, 0.1, VERDICT_SAME},
    {0, 0.5, MARGIN, VERDICT_WORSE},
    {0, 1.5, MARGIN, VERDICT_UNCLEAR},
};

#define BORDERS (sizeof(borders) / sizeof(borders[0]))

static void check_border(const struct border *border)
{
    struct verdict_ratio ratio = ratio_of(border->low, border->high);
    enum verdict turned = border->verdict == VERDICT_BETTER  ? VERDICT_WORSE
                          : border->verdict == VERDICT_WORSE ? VERDICT_BETTER
                                                             : border->verdict;

    ck_assert_msg(verdict_of(&ratio, border->margin) == border->verdict, "[%g, %g]: %s",
                  border->low, border->high, verdict_name(verdict_of(&ratio, border->margin)));
    ratio.lower = true;
    ck_assert_int_eq(verdict_of(&ratio, border->margin), turned);
    ratio.sure = false;
    ck_assert_int_eq(verdict_of(&ratio, border->margin), VERDICT_UNCLEAR);
    ratio.directed = false;
    ck_assert_int_eq(verdict_of(&ratio, border->margin), VERDICT_NONE);
}

START_TEST(the_first_rule_that_applies_is_the_verdict)
{
    for (unsigned i = 0; i < BORDERS; i++)
        check_border(&borders[i]);
}
END_TEST

START_TEST(without_an_interval_there_is_no_verdict)
{
    struct verdict_ratio ratio = ratio_of(1, 1);

    ratio.ranged = false;
    ck_assert_int_eq(verdict_of(&ratio, MARGIN), VERDICT_NONE);
    ck_assert_uint_eq(verdict_samples(&ratio, MARGIN), 0);
    ck_assert_str_eq(verdict_name(VERDICT_NONE), "");
}
END_TEST

static const struct file_row {
    const char *json;
    enum verdict verdict;
} file_rows[] = {
    {"{'better': 'higher', 'median': 1, 'ci95': [0.99, 1.01], 'confidence': 0.95}", VERDICT_SAME},
    {"{'better': 'lower', 'median': 2, 'ci95': [1.9, 2.1], 'confidence': 0.97}", VERDICT_WORSE},
    {"{'better': 'higher', 'median': 2, 'ci95': [1.9, 2.1], 'confidence': 0.9499}",
     VERDICT_UNCLEAR},
    /* Without a stated confidence, the samples count; one that they contradict does not. */
    {"{'better': 'higher', 'median': 2, 'ci95': [1.9, 2.1]}", VERDICT_UNCLEAR},
    {"{'better': 'higher', 'median': 2, 'ci95': [1.9, 2.1], 'samples': [2, 2, 2, 2, 2, 2]}",
     VERDICT_BETTER},
    {"{'better': 'higher', 'median': 2, 'ci95': [2, 2], 'samples': [2, 2, 2, 2, 2], "
     "'confidence': 1}",
     VERDICT_UNCLEAR},
    {"{'better': 'higher', 'median': 2, 'ci95': [2, 2], 'confidence': 'high'}", VERDICT_UNCLEAR},
    /* A property is neither better nor worse. */
    {"{'better': 'none', 'median': 2, 'ci95': [2, 2], 'confidence': 1}", VERDICT_NONE},
    {"{'median': 2, 'ci95': [2, 2], 'confidence': 1}", VERDICT_NONE},
    {"{'better': 'higher', 'median': 2, 'confidence': 1}", VERDICT_NONE},
    {"{'better': 'higher', 'median': 2, 'ci95': [2.1, 1.9], 'confidence': 1}", VERDICT_NONE},
    {"{'better': 'higher', 'median': 3, 'ci95': [1, 2], 'confidence': 1}", VERDICT_NONE},
    {"{'better': 'higher', 'median': 1, 'ci95': ['1', 2], 'confidence': 1}", VERDICT_NONE},
    {"{'better': 'higher', 'median': -1, 'ci95': [-2, -1], 'confidence': 1}", VERDICT_NONE},
    {"{'better': 'higher', 'ci95': [1, 1], 'confidence': 1}", VERDICT_NONE},
    {"[]", VERDICT_NONE},
};

#define FILE_ROWS (sizeof(file_rows) / sizeof(file_rows[0]))

static json_t *parse(const char *quoted)
{
    char text[256];
    json_t *json;

    snprintf(text, sizeof(text), "%s", quoted);
    for (char *at = text; *at; at++)
        *at = *at == '\'' ? '"' : *at;
    json = json_loads(text, 0, NULL);
    ck_assert_msg(json != NULL, "%s", text);
    return json;
}

static enum verdict verdict_row(const json_t *row, double margin)
{
    const struct verdict_ratio ratio = verdict_read(row);

    return verdict_of(&ratio, margin);
}

START_TEST(rows_of_a_file_are_untrusted)
{
    for (unsigned i = 0; i < FILE_ROWS; i++) {
        json_t *row = parse(file_rows[i].json);

        ck_assert_msg(verdict_row(row, MARGIN) == file_rows[i].verdict, "%s: '%s'",
                      file_rows[i].json, verdict_name(verdict_row(row, MARGIN)));
        json_decref(row);
    }
    ck_assert_int_eq(verdict_row(NULL, MARGIN), VERDICT_NONE);
}
END_TEST

START_TEST(an_interval_narrows_with_the_root_of_samples)
{
    struct verdict_ratio ratio = ratio_of(0.5, 2);

    /* Twice as far from 1 as the median allows: four times the samples. */
    ratio.median = sqrt(2);
    ratio.interval = (struct stats_interval){sqrt(0.5), 2};
    ck_assert_uint_eq(verdict_samples(&ratio, MARGIN), 40);
    ratio.lower = true;
    ck_assert_uint_eq(verdict_samples(&ratio, MARGIN), 40);
    ratio = ratio_of(1 / 1.03 / 1.03, 1.03 * 1.03);
    ck_assert_uint_eq(verdict_samples(&ratio, MARGIN), 40);
    /* The nearer of: within the margin, or apart from 1. */
    ratio.median = 1.03;
    ratio.interval = (struct stats_interval){1 / 1.03, 1.06};
    ck_assert_uint_eq(verdict_samples(&ratio, MARGIN), 40);
    /* At the boundary, and without a margin, no number suffices. */
    ratio = ratio_of(0.5, 2);
    ck_assert_uint_eq(verdict_samples(&ratio, 0), VERDICT_SAMPLES_MAX);
    ck_assert_uint_gt(verdict_samples(&ratio, MARGIN), 1000);
}
END_TEST

START_TEST(no_number_if_more_samples_cannot_settle)
{
    struct verdict_ratio ratio = ratio_of(1, 1);

    ck_assert_uint_eq(verdict_samples(&ratio, MARGIN), 0);
    ratio = ratio_of(1.5, 2);
    ck_assert_uint_eq(verdict_samples(&ratio, MARGIN), 0);
    ratio = ratio_of(0.5, 2);
    ratio.samples = 0;
    ck_assert_uint_eq(verdict_samples(&ratio, MARGIN), 0);
    ratio = ratio_of(0, 2);
    ck_assert_uint_eq(verdict_samples(&ratio, MARGIN), 0);
    /* Too few for any interval: its future width is unknown. */
    ratio = ratio_of(1.5, 2);
    ratio.samples = 2;
    ratio.sure = false;
    ck_assert_uint_eq(verdict_samples(&ratio, MARGIN), VERDICT_SAMPLES_MIN);
    /* Always more than it has. */
    ratio = ratio_of(1 / 1.0300001, 1.0300001);
    ck_assert_uint_eq(verdict_samples(&ratio, MARGIN), 11);
}
END_TEST

START_TEST(a_file_states_its_margin)
{
    static const struct {
        const char *json;
        double margin;
    } cases[] = {
        {"{'margin_pct': 5}", 0.05},
        {"{'margin_pct': 0}", 0},
        {"{'margin_pct': 100}", 1},
        {"{'margin_pct': 100.1}", 0.03},
        {"{'margin_pct': -1}", 0.03},
        {"{'margin_pct': '5'}", 0.03},
        {"{}", 0.03},
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *results = parse(cases[i].json);

        ck_assert_double_eq(verdict_margin(results), cases[i].margin);
        json_decref(results);
    }
    ck_assert_double_eq(verdict_margin(NULL), 0.03);
}
END_TEST

/* A verdict in a file is replaced. */
START_TEST(verdicts_are_written_anew)
{
    json_t *rows = json_pack("[o, o, o]", parse(file_rows[0].json), parse(file_rows[3].json),
                             parse(file_rows[8].json));
    json_t *row;
    size_t i;

    json_array_foreach (rows, i, row) {
        json_object_set_new(row, "verdict", json_string("better"));
        json_object_set_new(row, "settled_by_blocks", json_integer(7));
    }
    verdict_write(rows, MARGIN);
    row = json_array_get(rows, 0);
    ck_assert_str_eq(json_string_value(json_object_get(row, "verdict")), "same");
    ck_assert(!json_object_get(row, "settled_by_blocks"));
    row = json_array_get(rows, 1);
    ck_assert_str_eq(json_string_value(json_object_get(row, "verdict")), "unclear");
    ck_assert_int_eq(json_integer_value(json_object_get(row, "settled_by_blocks")), 6);
    row = json_array_get(rows, 2);
    ck_assert(!json_object_get(row, "verdict"));
    ck_assert(!json_object_get(row, "settled_by_blocks"));
    verdict_write(NULL, MARGIN);
    json_decref(rows);
}
END_TEST

/* The text for ratios with these intervals, of ten samples, and `few` without an interval. */
static const char *settle(const double (*interval)[2], unsigned count, unsigned few, double block_s)
{
    static char text[SETTLE_TEXT_MAX];
    struct verdict_ratio ratio[16];
    const struct settle of = {ratio, count + few, MARGIN, "blocks", block_s};

    for (unsigned i = 0; i < count + few; i++) {
        ratio[i] = i < count ? ratio_of(interval[i][0], interval[i][1]) : ratio_of(1, 1);
        ratio[i].sure = i < count;
    }
    ck_assert(settle_text(text, &of) == (*text != 0));
    return text;
}

START_TEST(blocks_that_would_settle_are_stated)
{
    /* The margin itself; then two, three and six times as wide as allowed; never. */
    static const double interval[][2] = {
        {1, 1},
        {1 / 1.03 / 1.03, 1.03 * 1.03},
        {1 / 1.03 / 1.03, 1.03 * 1.03},
        {1 / 1.03 / 1.03 / 1.03, 1.03 * 1.03 * 1.03},
        {0.8374842566967123, 1.194052296529},
        {1e-9, 1e9},
    };

    ck_assert_str_eq(settle(interval, 1, 0, 0), "");
    ck_assert_str_eq(settle(interval, 0, 0, 0), "");
    ck_assert_str_eq(settle(interval, 2, 0, 0),
                     "1 of 2 ratios. 1 has too wide an interval: about 40 blocks would settle 1.");
    ck_assert_str_eq(settle(interval, 3, 0, 1),
                     "2 of 3 ratios. 2 have too wide an interval: about 40 blocks (about 40 s) "
                     "would settle 2.");
    ck_assert_str_eq(settle(interval, 5, 0, 30),
                     "4 of 5 ratios. 4 have too wide an interval: about 40 blocks (about 20 min) "
                     "would settle 2, about 360 blocks (about 3.0 h) 4.");
    ck_assert_str_eq(settle(interval, 6, 2, 0.1),
                     "7 of 8 ratios. 2 have too few blocks for a 95 % interval: take at least 6 "
                     "blocks (about 1 s). 5 have too wide an interval: about 40 blocks (about 4 s) "
                     "would settle 2, about 360 blocks (about 36 s) 4. 1 would take more than 9999 "
                     "blocks.");
    ck_assert_str_eq(settle(&interval[5], 1, 0, 0),
                     "1 of 1 ratio. 1 has too wide an interval. 1 would take more than 9999 "
                     "blocks.");
}
END_TEST

SUITE_MAIN("verdict", the_first_rule_that_applies_is_the_verdict,
           without_an_interval_there_is_no_verdict, rows_of_a_file_are_untrusted,
           an_interval_narrows_with_the_root_of_samples, no_number_if_more_samples_cannot_settle,
           a_file_states_its_margin, verdicts_are_written_anew, blocks_that_would_settle_are_stated)
