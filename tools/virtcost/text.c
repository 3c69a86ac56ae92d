/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tools/virtcost/experiment.h"
#include "tools/virtcost/figures.h"
#include "tools/virtcost/get.h"
#include "tools/virtcost/text.h"

/* Whether an interval says more than that the two may be the same. */
static const char *verdict(const json_t *ratio, double low, double high)
{
    int lower_is_better = get_is(ratio, "better", "lower");

    if (get_number(ratio, "confidence") < 0.95)
        return "few";
    if (low <= 1 && high >= 1)
        return "same";
    return (low > 1) != lower_is_better ? "better" : "worse";
}

static void print_ratio(FILE *out, const json_t *ratio)
{
    const json_t *ci95 = json_object_get(ratio, "ci95");
    double low = json_number_value(json_array_get(ci95, 0));
    double high = json_number_value(json_array_get(ci95, 1));
    json_int_t voided = get_integer(ratio, "voided");
    char name[FIGURES_LABEL_MAX];

    fprintf(out, "%-32s %3lld %-9s", figures_label(name, ratio),
            (long long)get_integer(ratio, "threads"), get_text(ratio, "env"));
    if (!ci95)
        fprintf(out, " no result");
    else
        fprintf(out, " %8.5g %8.5g %-7s %6.4f [%6.4f, %6.4f] %s", get_number(ratio, "base_median"),
                get_number(ratio, "env_median"), get_text(ratio, "unit"),
                get_number(ratio, "median"), low, high, verdict(ratio, low, high));
    if (voided)
        fprintf(out, " (%lld void)", (long long)voided);
    fputc('\n', out);
}

/* Absolute figures, where nothing is there to compare them with. */
static void print_value(FILE *out, const json_t *value)
{
    const json_t *ci95 = json_object_get(value, "ci95");
    char name[FIGURES_LABEL_MAX];

    fprintf(out, "%-32s %3lld %-9s", figures_label(name, value),
            (long long)get_integer(value, "threads"), get_text(value, "env"));
    if (!ci95)
        fprintf(out, " no result\n");
    else
        fprintf(out, " %8.5g %-7s [%.5g, %.5g]\n", get_number(value, "median"),
                get_text(value, "unit"), json_number_value(json_array_get(ci95, 0)),
                json_number_value(json_array_get(ci95, 1)));
}

/* Ratios over the base environment or, if `step` is set, over the base step. */
static int print_ratios(FILE *out, const json_t *ratios, int step)
{
    const char *label = "";
    json_t *ratio;
    int count = 0;
    size_t i;

    json_array_foreach (ratios, i, ratio) {
        if ((json_object_get(ratio, "base_step") != NULL) != step)
            continue;
        if (!count++)
            fprintf(out, "%-32s %3s %-9s %8s %8s %-7s %6s %-18s\n", "benchmark", "thr", "env",
                    step ? get_text(ratio, "base_step") : get_text(ratio, "base"),
                    step ? "step" : "env", "unit", "ratio", " 95 % interval");
        if (strcmp(label, get_text(ratio, "step")) != 0)
            fprintf(out, "%s:\n", get_text(ratio, "step"));
        label = get_text(ratio, "step");
        print_ratio(out, ratio);
    }
    return count;
}

static void print_experiment(FILE *out, const json_t *results, const json_t *part)
{
    const struct experiment *experiment = experiment_find(get_text(part, "name"));
    const json_t *ratios = json_object_get(part, "ratios");
    json_t *skipped, *value;
    size_t i;

    fprintf(out, "%s: %s\n%lld blocks%s, seed %lld\n", get_text(part, "name"),
            get_text(part, "help"), (long long)get_integer(part, "blocks"),
            json_is_true(json_object_get(results, "quick")) ? " of quick runs, for a first look"
                                                            : "",
            (long long)get_integer(results, "seed"));
    if (!print_ratios(out, ratios, 0) && !json_array_size(ratios))
        json_array_foreach (json_object_get(part, "values"), i, value)
            print_value(out, value);
    print_ratios(out, ratios, 1);
    if (experiment && experiment->print)
        experiment->print(out, part);
    json_array_foreach (json_object_get(part, "skipped"), i, skipped)
        fprintf(out, "skipped  %s%s%s: %s\n", get_text(skipped, "env"),
                *get_text(skipped, "env") && *get_text(skipped, "step") ? " " : "",
                get_text(skipped, "step"), get_text(skipped, "reason"));
    fputc('\n', out);
}

static int has_null(const json_t *results)
{
    json_t *part, *ratio;
    size_t i, k;

    json_array_foreach (json_object_get(results, "experiments"), i, part)
        json_array_foreach (json_object_get(part, "ratios"), k, ratio)
            if (get_is(ratio, "env", "null"))
                return 1;
    return 0;
}

void text_print(FILE *out, const json_t *results)
{
    const char *base = json_string_value(json_array_get(json_object_get(results, "envs"), 0));
    json_t *part, *warning;
    size_t i;

    json_array_foreach (json_object_get(results, "experiments"), i, part)
        print_experiment(out, results, part);
    base = base ? base : "?";
    fprintf(
        out,
        "A ratio is the median of env/%s within each block; \"same\" if 1 is in its interval.\n",
        base);
    if (has_null(results))
        fprintf(out, "The ratio of \"null\", %s against %s, shows the noise.\n", base, base);
    json_array_foreach (json_object_get(results, "warnings"), i, warning)
        fprintf(out, "%swarning  %s\n", i ? "" : "\n", get_text(warning, "text"));
}
