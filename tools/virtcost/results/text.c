/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tools/virtcost/experiments/experiment.h"
#include "tools/virtcost/figures/figures.h"
#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/figures/settle.h"
#include "tools/virtcost/figures/table.h"
#include "tools/virtcost/results/text.h"
#include "vmm/base/wrapped.h"

/* Of "host", "skipped" and "warning". */
#define LABEL_COLUMNS 9

/* A ratio that is there, with its medians. */
static void print_known(FILE *out, const json_t *ratio, double margin)
{
    const json_t *medians[] = {json_object_get(ratio, "base_median"),
                               json_object_get(ratio, "env_median")};
    const struct verdict_ratio known = verdict_read(ratio);

    table_numbers(out, get_text(ratio, "unit"), medians, 2);
    table_ratio(out, &known, margin, "");
}

/* `last` is table_name()'s. */
static void print_ratio(FILE *out, const json_t *ratio, double margin, char last[FIGURES_LABEL_MAX])
{
    json_int_t voided = get_integer(ratio, "voided");

    table_name(out, ratio, last);
    if (json_object_get(ratio, "ci95"))
        print_known(out, ratio, margin);
    else
        fprintf(out, " %s", *get_text(ratio, "reason") ? get_text(ratio, "reason") : "no result");
    if (voided)
        fprintf(out, " (%lld void)", (long long)voided);
    fputc('\n', out);
}

/* Absolute figures, where nothing is there to compare them with. */
static void print_values(FILE *out, const json_t *values)
{
    static const char *const titles[] = {"median", "from", "to"};
    char last[FIGURES_LABEL_MAX] = "";
    json_t *value;
    size_t i;

    json_array_foreach (values, i, value) {
        const json_t *ci95 = json_object_get(value, "ci95");
        /* Of few blocks there is no interval. */
        bool sure = verdict_read(value).sure;
        const json_t *numbers[] = {json_object_get(value, "median"),
                                   sure ? json_array_get(ci95, 0) : NULL,
                                   sure ? json_array_get(ci95, 1) : NULL};

        if (!i)
            table_header(out, titles, 3, "");
        table_name(out, value, last);
        if (ci95)
            table_numbers(out, get_text(value, "unit"), numbers, 3);
        else
            fprintf(out, " no result");
        fputc('\n', out);
    }
}

/* Ratios over the base environment or, if `step` is set, over the base step. */
static int print_ratios(FILE *out, const json_t *ratios, double margin, int step)
{
    const char *label = "", *titles[] = {"", step ? "step" : "env"};
    char last[FIGURES_LABEL_MAX] = "";
    json_t *ratio;
    int count = 0;
    size_t i;

    json_array_foreach (ratios, i, ratio) {
        if ((json_object_get(ratio, "base_step") != NULL) != step)
            continue;
        titles[0] = step ? "first" : get_text(ratio, "base");
        if (step && !count)
            fprintf(out, "\nover the first step, \"%s\", in the same environment:\n",
                    get_text(ratio, "base_step"));
        if (!count++)
            table_header(out, titles, 2, "ratio  95 % interval");
        if (strcmp(label, get_text(ratio, "step")) != 0) {
            fprintf(out, "%s:\n", get_text(ratio, "step"));
            *last = '\0';
        }
        label = get_text(ratio, "step");
        print_ratio(out, ratio, margin, last);
    }
    return count;
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

    fprintf(
        out, "%s: %s\n%lld block%s%s, seed %lld\n", get_text(part, "name"), get_text(part, "help"),
        (long long)get_integer(part, "blocks"), get_integer(part, "blocks") == 1 ? "" : "s",
        json_is_true(json_object_get(results, "quick")) ? " of quick runs, for a first look" : "",
        (long long)get_integer(results, "seed"));
    if (!print_ratios(out, ratios, margin, 0) && !json_array_size(ratios))
        print_values(out, json_object_get(part, "values"));
    print_ratios(out, ratios, margin, 1);
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
    /* What is not known is left out. */
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
    fprintf(out,
            "A ratio is the median of env/%s within each block. same: its whole 95 %% interval\n"
            "lies within %g %% of 1; better, worse: on one side of 1; unclear: neither.\n",
            base, 100 * verdict_margin(results));
    if (has_null(results))
        fprintf(out, "The ratio of \"null\", %s against %s, shows the noise.\n", base, base);
    json_array_foreach (json_object_get(results, "warnings"), i, warning) {
        if (!i)
            fputc('\n', out);
        wrapped_print(out, LABEL_COLUMNS, "warning", get_text(warning, "text"));
    }
}
