/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tools/virtcost/experiments/experiment.h"
#include "tools/virtcost/figures/figures.h"
#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/figures/settle.h"
#include "tools/virtcost/figures/table.h"
#include "tools/virtcost/results/text.h"
#include "vmm/core/base/units.h"
#include "vmm/core/base/wrapped.h"

/* Width of the labels "host", "skipped" and "warning". */
#define LABEL_COLUMNS 9

/* Print a ratio with both medians. */
static void put_known(struct tabular *table, const json_t *ratio, double margin)
{
    const json_t *medians[] = {json_object_get(ratio, "base_median"),
                               json_object_get(ratio, "env_median")};
    const struct verdict_ratio known = verdict_read(ratio);
    json_int_t voided = get_integer(ratio, "voided");

    table_numbers(table, get_text(ratio, "unit"), medians, 2);
    table_ratio(table, &known, margin, "");
    if (voided)
        tabular_cell(table, "(%lld void)", (long long)voided);
}

static void put_ratio(struct tabular *table, const json_t *ratio, double margin)
{
    json_int_t voided = get_integer(ratio, "voided");
    const char *reason = get_text(ratio, "reason");
    char text[256];

    if (!*reason)
        reason = "no result";
    if (voided)
        snprintf(text, sizeof(text), "%.200s (%lld void)", reason, (long long)voided);
    else
        snprintf(text, sizeof(text), "%.200s", reason);
    table_name(table, ratio);
    if (json_object_get(ratio, "ci95"))
        put_known(table, ratio, margin);
    else
        tabular_rest(table, text);
    tabular_end(table);
}

static void put_values(struct tabular *table, const void *ctx)
{
    json_t *value;
    size_t i;

    json_array_foreach ((const json_t *)ctx, i, value) {
        const json_t *ci95 = json_object_get(value, "ci95");
        /* Few blocks give no interval. */
        bool sure = verdict_read(value).sure;
        const json_t *numbers[] = {json_object_get(value, "median"),
                                   sure ? json_array_get(ci95, 0) : NULL,
                                   sure ? json_array_get(ci95, 1) : NULL};

        table_name(table, value);
        if (ci95)
            table_numbers(table, get_text(value, "unit"), numbers, 3);
        else
            tabular_rest(table, "no result");
        tabular_end(table);
    }
}

/* Print absolute figures, where there is no ratio. */
static void print_values(FILE *out, const json_t *values)
{
    static const char *const titles[] = {"median", "from", "to"};
    struct tabular_column column[TABULAR_COLUMNS_MAX];

    tabular_print(out, column, table_columns(column, titles, 3, NULL), put_values, values);
}

/* Selects the ratios of a table: to the base environment, or (`step`) to the base step. */
struct ratio_rows {
    const json_t *ratios;
    bool step;
    double margin;
};

/* The next such ratio from index *i on, or NULL; sets *i past it. */
static const json_t *next_ratio(const struct ratio_rows *rows, size_t *i)
{
    while (*i < json_array_size(rows->ratios)) {
        const json_t *ratio = json_array_get(rows->ratios, (*i)++);

        if ((json_object_get(ratio, "base_step") != NULL) == rows->step)
            return ratio;
    }
    return NULL;
}

static void put_ratios(struct tabular *table, const void *ctx)
{
    const struct ratio_rows *rows = ctx;
    const char *step = "";
    const json_t *ratio;
    size_t i = 0;

    while ((ratio = next_ratio(rows, &i))) {
        if (strcmp(step, get_text(ratio, "step")) != 0) {
            FILE *out = tabular_between(table);

            if (out)
                wrapped_note(out, "%s:\n", get_text(ratio, "step"));
        }
        step = get_text(ratio, "step");
        put_ratio(table, ratio, rows->margin);
    }
}

/* Returns whether any was printed. */
static bool print_ratios(FILE *out, const json_t *ratios, double margin, bool step)
{
    const struct ratio_rows rows = {ratios, step, margin};
    struct tabular_column column[TABULAR_COLUMNS_MAX];
    const char *titles[2];
    size_t i = 0;
    const json_t *first = next_ratio(&rows, &i);

    if (!first)
        return false;
    titles[0] = step ? "first" : get_text(first, "base");
    titles[1] = step ? "step" : "env";
    if (step) {
        fputc('\n', out);
        wrapped_note(out, "ratio to the first step, \"%s\", in the same environment:\n",
                     get_text(first, "base_step"));
    }
    tabular_print(out, column, table_columns(column, titles, 2, "ratio  95 % interval"), put_ratios,
                  &rows);
    return true;
}

static void print_skipped(FILE *out, const json_t *skipped)
{
    char text[1024];

    snprintf(text, sizeof(text), "%s%s%s: %s", get_text(skipped, "env"),
             *get_text(skipped, "env") && *get_text(skipped, "step") ? " " : "",
             get_text(skipped, "step"), get_text(skipped, "reason"));
    wrapped_print(out, LABEL_COLUMNS, "skipped", text);
}

static void print_experiment(FILE *out, const json_t *results, const json_t *part)
{
    const struct experiment *experiment = experiment_find(get_text(part, "name"));
    const json_t *ratios = json_object_get(part, "ratios");
    const double margin = verdict_margin(results), blocks = get_number(part, "blocks");
    char unclear[SETTLE_TEXT_MAX];
    json_t *skipped;
    size_t i;

    wrapped_note(out, "%s: %s\n", get_text(part, "name"), get_text(part, "help"));
    wrapped_note(
        out, "%lld block%s%s, seed %lld\n", (long long)get_integer(part, "blocks"),
        units_s((uint64_t)get_integer(part, "blocks")),
        json_is_true(json_object_get(results, "quick")) ? " of quick runs, for a first look" : "",
        (long long)get_integer(results, "seed"));
    if (!print_ratios(out, ratios, margin, false) && !json_array_size(ratios))
        print_values(out, json_object_get(part, "values"));
    print_ratios(out, ratios, margin, true);
    if (settle_rows(unclear, ratios, margin, blocks > 0 ? get_number(part, "seconds") / blocks : 0))
        wrapped_print(out, LABEL_COLUMNS, "unclear", unclear);
    if (experiment && experiment->print)
        experiment->print(out, part);
    json_array_foreach (json_object_get(part, "skipped"), i, skipped)
        print_skipped(out, skipped);
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

static void print_host(FILE *out, const json_t *host)
{
    const char *module = get_text(host, "kvm_module"), *paging = get_text(host, "paging");
    long long cpus = get_integer(host, "cpus");
    double memory = get_number(host, "memory_bytes");
    char text[512], of_cpus[32] = "", of_memory[32] = "";

    if (!json_object_size(host))
        return;
    /* Omit what is unknown. */
    if (cpus)
        snprintf(of_cpus, sizeof(of_cpus), "; %lld CPU%s", cpus, cpus == 1 ? "" : "s");
    if (memory > 0)
        snprintf(of_memory, sizeof(of_memory), "; %.1f GiB", memory / (1 << 30));
    snprintf(text, sizeof(text), "%.128s%s%s; %.160s; %s, %s paging", get_text(host, "cpu"),
             of_cpus, of_memory, get_text(host, "kernel"), *module ? module : "KVM",
             *paging ? paging : "unknown");
    wrapped_print(out, LABEL_COLUMNS, "host", text);
    fputc('\n', out);
}

void text_print(FILE *out, const json_t *results)
{
    const char *base = json_string_value(json_array_get(json_object_get(results, "envs"), 0));
    json_t *part, *warning;
    size_t i;

    print_host(out, json_object_get(results, "host"));
    json_array_foreach (json_object_get(results, "experiments"), i, part)
        print_experiment(out, results, part);
    base = base ? base : "?";
    wrapped_note(
        out,
        "A ratio is the median of env/%s within each block. same: its whole 95 %% interval\n"
        "lies within %g %% of 1; better, worse: on one side of 1; unclear: neither.\n",
        base, 100 * verdict_margin(results));
    if (has_null(results))
        wrapped_note(out, "The ratio of \"null\", %s against %s, shows the noise.\n", base, base);
    json_array_foreach (json_object_get(results, "warnings"), i, warning) {
        if (!i)
            fputc('\n', out);
        wrapped_print(out, LABEL_COLUMNS, "warning", get_text(warning, "text"));
    }
}
