/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tools/virtcost/compare.h"
#include "tools/virtcost/figures.h"
#include "tools/virtcost/get.h"
#include "vmm/base/wrapped.h"

/* Names too long for their column have a line of their own. */
#define NAME_COLUMNS 26

static void print_ratio(FILE *out, const json_t *row)
{
    const json_t *ci95 = json_object_get(row, "ci95");
    char text[64] = "no ratio";

    if (json_object_get(row, "ratio"))
        snprintf(text, sizeof(text), "%#.4g [%#.4g, %#.4g]", get_number(row, "ratio"),
                 json_number_value(json_array_get(ci95, 0)),
                 json_number_value(json_array_get(ci95, 1)));
    fprintf(out, " %-25s", text);
}

static void print_median(FILE *out, const json_t *row, const char *key)
{
    char text[UNITS_TEXT_MAX] = "-";

    if (json_object_get(row, key))
        figures_number(text, get_number(row, key));
    fprintf(out, " %8s", text);
}

/* `last` holds the label of the row before, which a long one is not repeated after. */
static void print_row(FILE *out, const json_t *row, char last[FIGURES_LABEL_MAX])
{
    char label[FIGURES_LABEL_MAX], env[10], unit[8], verdict[8];

    figures_label(label, row);
    if (strlen(label) > NAME_COLUMNS) {
        if (strcmp(label, last))
            fprintf(out, "%.*s\n", WRAPPED_COLUMNS, label);
        strcpy(last, label);
        *label = '\0';
    }
    fprintf(out, "%-*s %3lld %-9s", NAME_COLUMNS, label, (long long)get_integer(row, "threads"),
            figures_clean(env, sizeof(env), get_text(row, "env")));
    print_median(out, row, "a_median");
    print_median(out, row, "b_median");
    fprintf(out, " %-7s", figures_clean(unit, sizeof(unit), get_text(row, "unit")));
    print_ratio(out, row);
    fprintf(out, " %s\n", figures_clean(verdict, sizeof(verdict), get_text(row, "verdict")));
}

/* The experiment and its step, if it has any. */
static void print_step(FILE *out, const json_t *row)
{
    char name[32], step[64];

    figures_clean(name, sizeof(name), get_text(row, "experiment"));
    figures_clean(step, sizeof(step), get_text(row, "step"));
    fprintf(out, "%s%s%s\n", name, *step ? " " : "", step);
}

static void print_rows(FILE *out, const json_t *rows)
{
    char label[FIGURES_LABEL_MAX] = "";
    const json_t *last = NULL;
    json_t *row;
    size_t i;

    fprintf(out, "%-*s %3s %-9s %8s %8s %-7s %s\n", NAME_COLUMNS, "benchmark", "thr", "env", "a",
            "b", "unit", "b/a    95 % interval");
    json_array_foreach (rows, i, row) {
        if (!last || strcmp(get_text(last, "experiment"), get_text(row, "experiment")) ||
            strcmp(get_text(last, "step"), get_text(row, "step"))) {
            print_step(out, row);
            *label = '\0';
        }
        last = row;
        print_row(out, row, label);
    }
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

void compare_print(FILE *out, const json_t *comparison)
{
    const json_t *rows = json_object_get(comparison, "rows");

    if (json_array_size(rows)) {
        print_rows(out, rows);
        fprintf(out,
                "verdicts: %u better, %u worse, %u same (1 is in the interval), %u few samples\n",
                compare_count(comparison, "better"), compare_count(comparison, "worse"),
                compare_count(comparison, "same"), compare_count(comparison, "few"));
    } else {
        fprintf(out, "the two have no figure in common\n");
    }
    print_texts(out, "only in a", json_object_get(comparison, "only_a"), NULL);
    print_texts(out, "only in b", json_object_get(comparison, "only_b"), NULL);
    print_texts(out, "warning", json_object_get(comparison, "warnings"), "text");
}
