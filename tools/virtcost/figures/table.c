/* SPDX-License-Identifier: MIT */
#include "tools/virtcost/figures/table.h"
#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/figures/measure.h"

unsigned table_columns(struct tabular_column column[TABULAR_COLUMNS_MAX], const char *const *titles,
                       unsigned count, const char *ratio)
{
    unsigned columns = 3;

    column[0] = (struct tabular_column){"benchmark", 26, true, NULL};
    column[1] = (struct tabular_column){"thr", 3, false, NULL};
    column[2] = (struct tabular_column){"env", 9, true, NULL};
    for (unsigned i = 0; i < count; i++)
        column[columns++] = (struct tabular_column){titles[i], 8, false, NULL};
    column[columns++] = (struct tabular_column){ratio ? "unit" : "", 7, true, NULL};
    if (ratio) {
        column[columns++] = (struct tabular_column){ratio, 24, true, NULL};
        column[columns++] = (struct tabular_column){"", 7, true, NULL};
    }
    return columns;
}

void table_name(struct tabular *table, const json_t *row)
{
    char label[FIGURES_LABEL_MAX], env[10];

    tabular_cell(table, "%s", figures_label(label, row));
    tabular_cell(table, "%lld", (long long)get_integer(row, "threads"));
    tabular_cell(table, "%s", figures_clean(env, sizeof(env), get_text(row, "env")));
}

/* The first value above 0 selects the unit: rows that repeat it show it in the same unit. */
static double typical(const json_t *const *numbers, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (json_number_value(numbers[i]) > 0)
            return json_number_value(numbers[i]);
    return 0;
}

void table_numbers(struct tabular *table, const char *unit, const json_t *const *numbers,
                   unsigned count)
{
    struct measure measure = measure_of(unit, typical(numbers, count));
    char plain[MEASURE_TEXT_MAX], clean[8];

    for (unsigned i = 0; i < count; i++) {
        char text[MEASURE_TEXT_MAX] = "-";

        if (json_is_number(numbers[i]))
            measure_value(text, &measure, json_number_value(numbers[i]));
        tabular_cell(table, "%s", text);
    }
    tabular_cell(table, "%s", figures_clean(clean, sizeof(clean), measure_plain(plain, &measure)));
}

void table_ratio(struct tabular *table, const struct verdict_ratio *ratio, double margin,
                 const char *none)
{
    if (!ratio->ranged)
        tabular_cell(table, "%s", none);
    else if (ratio->sure)
        tabular_cell(table, "%#.4g [%#.4g, %#.4g]", ratio->median, ratio->interval.low,
                     ratio->interval.high);
    else
        tabular_cell(table, "%#.4g (no interval)", ratio->median);
    tabular_cell(table, "%s", verdict_name(verdict_of(ratio, margin)));
}
