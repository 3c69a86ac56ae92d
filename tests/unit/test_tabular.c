/* SPDX-License-Identifier: MIT */
/* Tables and wrapped text at each terminal width: complete, aligned, within the width. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/suite.h"
#include "vmm/core/base/tabular.h"
#include "vmm/core/base/wrapped.h"

static const char pair[] = "a pair";

static const struct tabular_column columns[] = {
    {"what", 20, true, NULL}, {"number", 12, false, NULL}, {"unit", 9, true, NULL},
    {"low", 12, false, pair}, {"high", 12, false, pair},   {"verdict", 10, true, NULL},
};

struct row {
    const char *cell[6], *rest;
};

/* Ends with a row without a label. */
static void put_rows(struct tabular *table, const void *ctx)
{
    for (const struct row *row = ctx; row->cell[0]; row++) {
        if (!row->cell[1] && !row->rest) {
            FILE *out = tabular_between(table);

            if (out)
                fprintf(out, "%s\n", row->cell[0]);
            continue;
        }
        for (unsigned i = 0; i < 6 && row->cell[i]; i++)
            tabular_cell(table, "%s", row->cell[i]);
        if (row->rest)
            tabular_rest(table, row->rest);
        tabular_end(table);
    }
}

static const struct row rows[] = {
    {{"short", "1.5", "GB/s", "1", "2", "same"}, NULL},
    {{"a label of many words", "22.5", "k IOPS", "20.5", "23.125", "worse"}, NULL},
    {{"step=2"}, NULL},
    {{"short", "3"}, NULL},
    {{"short"}, "no result at all"},
    {{NULL}, NULL},
};

/* The table at a width, which the caller frees. */
static char *table_at(int width, const struct row *row)
{
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);

    ck_assert(out != NULL);
    wrapped_fit(width);
    tabular_print(out, columns, 6, put_rows, row);
    ck_assert_int_eq(fclose(out), 0);
    wrapped_fit(WRAPPED_COLUMNS);
    return text;
}

static void check_table(int width, const struct row *row, const char *expected)
{
    char *text = table_at(width, row);

    ck_assert_msg(!strcmp(text, expected), "at %d columns:\n%s", width, text);
    free(text);
}

START_TEST(wide_terminals_get_declared_widths)
{
    check_table(100, rows,
                "                                                                a pair\n"
                "what                        number unit               low         high verdict\n"
                "short                          1.5 GB/s                 1            2 same\n"
                "a label of many words         22.5 k IOPS            20.5       23.125 worse\n"
                "step=2\n"
                "short                            3\n"
                "short                 no result at all\n");
}
END_TEST

START_TEST(columns_shrink_to_their_cells)
{
    check_table(62, rows,
                "                                         a pair\n"
                "what                  number unit    low   high verdict\n"
                "short                    1.5 GB/s      1      2 same\n"
                "a label of many words   22.5 k IOPS 20.5 23.125 worse\n"
                "step=2\n"
                "short                      3\n"
                "short                 no result at all\n");
}
END_TEST

START_TEST(a_long_label_has_a_separate_line)
{
    check_table(45, rows,
                "                               a pair\n"
                "what        number unit    low   high verdict\n"
                "short          1.5 GB/s      1      2 same\n"
                "a label of many words\n"
                "              22.5 k IOPS 20.5 23.125 worse\n"
                "step=2\n"
                "short            3\n"
                "short       no result at all\n");
}
END_TEST

START_TEST(cells_wrap_to_the_next_line)
{
    static const struct row wide[] = {
        {{"name", "123456789012", "GFLOP/s", "1.123456789", "2.123456789", "better"}, NULL},
        {{"name", "1", "ns", "1", "2", "same"}, NULL},
        {{NULL}, NULL},
    };
    static const struct row labelled[] = {
        {{"a longer name", "123456789012", "GFLOP/s", "1.123456789", "2.123456789", "better"},
         NULL},
        {{NULL}, NULL},
    };

    check_table(40, wide,
                "what       number unit\n"
                "                      a pair\n"
                "             low        high verdict\n"
                "name 123456789012 GFLOP/s\n"
                "     1.123456789 2.123456789 better\n"
                "name            1 ns\n"
                "               1           2 same\n");
    check_table(40, labelled,
                "what\n"
                "         number unit\n"
                "                    a pair\n"
                "           low        high verdict\n"
                "a longer name\n"
                "   123456789012 GFLOP/s\n"
                "   1.123456789 2.123456789 better\n");
}
END_TEST

START_TEST(a_label_is_repeated_only_after_other_lines)
{
    static const struct row again[] = {
        {{"a label of many, many words that has a line of its own", "1"}, NULL},
        {{"a label of many, many words that has a line of its own", "2"}, NULL},
        {{"step=2"}, NULL},
        {{"a label of many, many words that has a line of its own", "3"}, NULL},
        {{NULL}, NULL},
    };
    char *text = table_at(100, again);
    unsigned count = 0;

    for (const char *at = text; (at = strstr(at, "a label")); at++)
        count++;
    ck_assert_msg(count == 2, "%u times in\n%s", count, text);
    free(text);
}
END_TEST

START_TEST(without_rows_nothing_is_printed)
{
    static const struct row none[] = {{{NULL}, NULL}};

    check_table(100, none, "");
}
END_TEST

/* For all widths and contents. */
START_TEST(lines_fit_without_losing_cells)
{
    static const struct row odd[] = {
        {{"stream.triad store=plain,isa=avx512,threads=128,and=more,and=even-more-of-it-than-there",
          "0.000228412345", "GFLOP/s-or-so", "-1.5e+12", "99999999", "worse (10 void)"},
         NULL},
        {{"x", "7"}, "a word, and then some more of them, which is what no line can hold at once"},
        {{NULL}, NULL},
    };
    static const char *const whole[] = {"0.000228412345", "GFLOP/s-or-so",   "-1.5e+12",
                                        "99999999",       "worse (10 void)", "once"};

    for (int width = 40; width <= 100; width++) {
        char *text = table_at(width, odd);

        for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
            ck_assert_msg(strcspn(line, "\n") <= (size_t)width, "at %d:\n%s", width, text);
        for (unsigned i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
            ck_assert_msg(strstr(text, whole[i]) != NULL, "no %s at %d:\n%s", whole[i], width,
                          text);
        ck_assert(strstr(text, " \n") == NULL);
        free(text);
    }
}
END_TEST

static char *note_at(int width, const char *note)
{
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);

    ck_assert(out != NULL);
    wrapped_fit(width);
    wrapped_note(out, "%s", note);
    ck_assert_int_eq(fclose(out), 0);
    wrapped_fit(WRAPPED_COLUMNS);
    return text;
}

START_TEST(notes_keep_their_lines_if_they_fit)
{
    static const char note[] =
        "The first line of a note.\nA second one, which is longer than it.\n";
    char *text = note_at(100, note);

    ck_assert_str_eq(text, note);
    free(text);
    text = note_at(40, note);
    ck_assert_str_eq(text, note);
    free(text);
    text = note_at(40, "A first line that is longer than that.\nAnd a second that is.\nEnd.\n");
    ck_assert_str_eq(text, "A first line that is longer than that.\nAnd a second that is.\nEnd.\n");
    free(text);
    text = note_at(40, "A first line that is longer than forty.\nWord.\nA third line which is too "
                       "long.\n");
    ck_assert_str_eq(text, "A first line that is longer than forty.\nWord.\nA third line which is "
                           "too long.\n");
    free(text);
    text = note_at(40, "A first line that is even longer than 40.\nWord.\n");
    ck_assert_str_eq(text, "A first line that is even longer than\n40. Word.\n");
    free(text);
}
END_TEST

START_TEST(a_word_longer_than_a_line_is_broken)
{
    char *text = note_at(40, "0123456789012345678901234567890123456789abcdef\n");

    ck_assert_str_eq(text, "0123456789012345678901234567890123456789\nabcdef\n");
    free(text);
}
END_TEST

START_TEST(widths_have_limits)
{
    wrapped_fit(1);
    ck_assert_int_eq(wrapped_columns(), WRAPPED_COLUMNS_MIN);
    wrapped_fit(1000);
    ck_assert_int_eq(wrapped_columns(), WRAPPED_COLUMNS);
    wrapped_fit(80);
    ck_assert_int_eq(wrapped_columns(), 80);
}
END_TEST

SUITE_MAIN("tabular", wide_terminals_get_declared_widths, columns_shrink_to_their_cells,
           a_long_label_has_a_separate_line, cells_wrap_to_the_next_line,
           a_label_is_repeated_only_after_other_lines, without_rows_nothing_is_printed,
           lines_fit_without_losing_cells, notes_keep_their_lines_if_they_fit,
           a_word_longer_than_a_line_is_broken, widths_have_limits)
