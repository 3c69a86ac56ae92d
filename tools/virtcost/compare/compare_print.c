/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/compare/compare.h"
#include "tools/virtcost/figures/figures.h"
#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/figures/settle.h"
#include "tools/virtcost/figures/table.h"
#include "vmm/core/base/wrapped.h"

static void put_row(struct tabular *table, const json_t *row, double margin)
{
    const json_t *medians[] = {json_object_get(row, "a_median"), json_object_get(row, "b_median")};
    const struct verdict_ratio ratio = compare_ratio(row);

    table_name(table, row);
    table_numbers(table, get_text(row, "unit"), medians, 2);
    table_ratio(table, &ratio, margin, "no ratio");
    tabular_end(table);
}

/* The experiment and its step, if any. */
static void print_step(FILE *out, const json_t *row)
{
    char name[32], step[64];

    figures_clean(name, sizeof(name), get_text(row, "experiment"));
    figures_clean(step, sizeof(step), get_text(row, "step"));
    wrapped_note(out, "%s%s%s\n", name, *step ? " " : "", step);
}

struct compared_rows {
    const json_t *rows;
    double margin;
};

static void put_rows(struct tabular *table, const void *ctx)
{
    const struct compared_rows *compared = ctx;
    const json_t *last = NULL;
    json_t *row;
    size_t i;

    json_array_foreach (compared->rows, i, row) {
        if (!last || strcmp(get_text(last, "experiment"), get_text(row, "experiment")) ||
            strcmp(get_text(last, "step"), get_text(row, "step"))) {
            FILE *out = tabular_between(table);

            if (out)
                print_step(out, row);
        }
        last = row;
        put_row(table, row, compared->margin);
    }
}

static void print_rows(FILE *out, const json_t *rows, double margin)
{
    static const char *const files[] = {"a", "b"};
    struct tabular_column column[TABULAR_COLUMNS_MAX];

    tabular_print(out, column, table_columns(column, files, 2, "b/a    95 % interval"), put_rows,
                  &(struct compared_rows){rows, margin});
}

static void print_texts(FILE *out, const char *label, const json_t *texts, const char *key)
{
    char clean[512];
    json_t *text;
    size_t i;

    json_array_foreach (texts, i, text) {
        const char *from = key ? get_text(text, key) : json_string_value(text);

        wrapped_print(out, 10, label, figures_clean(clean, sizeof(clean), from ? from : ""));
    }
}

/* How many blocks would settle the unclear ratios. */
static void print_unclear(FILE *out, const json_t *comparison, double margin)
{
    const json_t *rows = json_object_get(comparison, "rows");
    struct verdict_ratio *ratio = calloc(json_array_size(rows) + 1, sizeof(*ratio));
    struct settle settle = {
        .ratio = ratio, .margin = margin, .sampled = get_text(comparison, "sampled")};
    char text[SETTLE_TEXT_MAX];
    json_t *row;
    size_t i;

    json_array_foreach (rows, i, row)
        if (ratio)
            ratio[settle.count++] = compare_ratio(row);
    if (settle_text(text, &settle))
        wrapped_print(out, 10, "unclear", text);
    free(ratio);
}

void compare_print(FILE *out, const json_t *comparison)
{
    const json_t *rows = json_object_get(comparison, "rows");
    const double margin = verdict_margin(comparison);

    if (json_array_size(rows)) {
        print_rows(out, rows, margin);
        wrapped_note(out, "verdicts: %u better, %u worse, %u same within %g %%, %u unclear\n",
                     compare_count(comparison, "better"), compare_count(comparison, "worse"),
                     compare_count(comparison, "same"), 100 * margin,
                     compare_count(comparison, "unclear"));
        print_unclear(out, comparison, margin);
    } else {
        fprintf(out, "no figure in common\n");
    }
    print_texts(out, "only in a", json_object_get(comparison, "only_a"), NULL);
    print_texts(out, "only in b", json_object_get(comparison, "only_b"), NULL);
    print_texts(out, "warning", json_object_get(comparison, "warnings"), "text");
}
