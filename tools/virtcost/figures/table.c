/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/figures/measure.h"
#include "tools/virtcost/figures/table.h"
#include "vmm/base/wrapped.h"

#define NAME_COLUMNS 26

void table_header(FILE *out, const char *const *titles, unsigned count, const char *ratio)
{
    fprintf(out, "%-*s %3s %-9s", NAME_COLUMNS, "benchmark", "thr", "env");
    for (unsigned i = 0; i < count; i++)
        fprintf(out, " %8s", titles[i]);
    fprintf(out, *ratio ? " %-7s %s\n" : " %s%s\n", "unit", ratio);
}

void table_name(FILE *out, const json_t *row, char last[FIGURES_LABEL_MAX])
{
    char label[FIGURES_LABEL_MAX], env[10];

    figures_label(label, row);
    if (strlen(label) > NAME_COLUMNS) {
        if (strcmp(label, last))
            fprintf(out, "%.*s\n", WRAPPED_COLUMNS, label);
        strcpy(last, label);
        *label = '\0';
    }
    fprintf(out, "%-*s %3lld %-9s", NAME_COLUMNS, label, (long long)get_integer(row, "threads"),
            figures_clean(env, sizeof(env), get_text(row, "env")));
}

/* The smallest above 0, which is to keep its digits; 0: there is none. */
static double smallest(const json_t *const *numbers, unsigned count)
{
    double least = 0;

    for (unsigned i = 0; i < count; i++) {
        double number = json_number_value(numbers[i]);

        if (number > 0 && (least == 0 || number < least))
            least = number;
    }
    return least;
}

void table_numbers(FILE *out, const char *unit, const json_t *const *numbers, unsigned count)
{
    struct measure measure = measure_of(unit, smallest(numbers, count));
    char plain[MEASURE_TEXT_MAX], clean[8];

    for (unsigned i = 0; i < count; i++) {
        char text[MEASURE_TEXT_MAX] = "-";

        if (json_is_number(numbers[i]))
            measure_value(text, &measure, json_number_value(numbers[i]));
        fprintf(out, " %8s", text);
    }
    fprintf(out, " %-7s", figures_clean(clean, sizeof(clean), measure_plain(plain, &measure)));
}

void table_ratio(FILE *out, const json_t *ratio, const json_t *ci95, const char *none)
{
    char text[64];

    if (ratio)
        snprintf(text, sizeof(text), "%#.4g [%#.4g, %#.4g]", json_number_value(ratio),
                 json_number_value(json_array_get(ci95, 0)),
                 json_number_value(json_array_get(ci95, 1)));
    fprintf(out, " %-25s", ratio ? text : none);
}
