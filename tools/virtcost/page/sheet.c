/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/figures/measure.h"
#include "tools/virtcost/page/chart.h"
#include "tools/virtcost/page/markup.h"
#include "tools/virtcost/page/sheet.h"
#include "vmm/core/base/stats.h"

/* No figure is larger, and sums and products below it stay finite. */
#define ABSURD 1e21

bool sheet_number(const json_t *value, double *number)
{
    double found = json_number_value(value);

    if (!json_is_number(value) || !isfinite(found) || fabs(found) > ABSURD)
        return false;
    *number = fabs(found) < 1 / ABSURD ? 0 : found;
    return true;
}

/* The index of an environment, or -1. */
static int find_env(const struct envs *envs, const char *name)
{
    for (unsigned i = 0; i < envs->count; i++)
        if (!strcmp(envs->name[i], name))
            return (int)i;
    return -1;
}

static void add_env(struct envs *envs, const char *name)
{
    if (name && *name && strlen(name) <= SHEET_ENV_MAX && envs->count < SHEET_ENVS_MAX &&
        find_env(envs, name) < 0)
        envs->name[envs->count++] = name;
}

void sheet_envs(struct envs *envs, const json_t *results)
{
    const json_t *experiment, *row;
    size_t i, k;

    *envs = (struct envs){.margin = verdict_margin(results)};
    json_array_foreach (json_object_get(results, "envs"), i, row)
        add_env(envs, json_string_value(row));
    json_array_foreach (json_object_get(results, "experiments"), i, experiment)
        json_array_foreach (json_object_get(experiment, "values"), k, row)
            add_env(envs, get_text(row, "env"));
    if (!envs->count)
        add_env(envs, "native");
}

static struct estimate estimate_of(const json_t *row)
{
    const json_t *ci95 = json_object_get(row, "ci95");
    struct estimate estimate = {0};

    estimate.voided = get_integer(row, "voided");
    estimate.known = sheet_number(json_object_get(row, "median"), &estimate.median);
    estimate.ranged = estimate.known && sheet_number(json_array_get(ci95, 0), &estimate.low) &&
                      sheet_number(json_array_get(ci95, 1), &estimate.high) &&
                      estimate.low <= estimate.high && verdict_read(row).sure;
    return estimate;
}

static struct estimate ratio_of(const json_t *row, double margin)
{
    struct estimate ratio = estimate_of(row);
    const struct verdict_ratio read = verdict_read(row);

    ratio.verdict = ratio.known ? verdict_of(&read, margin) : VERDICT_NONE;
    ratio.blocks = verdict_samples(&read, margin);
    return ratio;
}

/* Write sizes in words as fio does, all else unchanged. */
static void append_param(char *label, const char *key, const json_t *value, char separator)
{
    size_t used = strlen(label);
    char size[MEASURE_TEXT_MAX];

    if (!strcmp(key, "bs") && json_is_integer(value))
        snprintf(label + used, SHEET_LABEL_MAX - used, "%c%s=%s", separator, key,
                 measure_size(size, json_integer_value(value)));
    else if (json_is_integer(value))
        snprintf(label + used, SHEET_LABEL_MAX - used, "%c%s=%lld", separator, key,
                 (long long)json_integer_value(value));
    else if (json_is_string(value))
        snprintf(label + used, SHEET_LABEL_MAX - used, "%c%s=%s", separator, key,
                 json_string_value(value));
}

static void name_row(struct sheet_row *row)
{
    char separator = ' ';
    const char *key;
    json_t *value;

    snprintf(row->label, sizeof(row->label), "%s", row->name);
    json_object_foreach ((json_t *)row->params, key, value) {
        append_param(row->label, key, value, separator);
        separator = ',';
    }
    /* A full buffer may end within a character. */
    if (strlen(row->label) == sizeof(row->label) - 1)
        markup_cut(row->label, markup_columns(row->label) - 1);
}

/* The row of the same benchmark, added if missing; NULL: no room. */
static struct sheet_row *row_like(struct sheet *sheet, const json_t *like)
{
    const json_t *params = json_object_get(like, "params");
    json_int_t threads = get_integer(like, "threads");
    const char *step = get_text(like, "step"), *name = get_text(like, "name");
    struct sheet_row *row;

    for (unsigned i = 0; i < sheet->rows; i++) {
        row = &sheet->row[i];
        if (row->threads == threads && !strcmp(row->name, name) && !strcmp(row->step, step) &&
            (row->params == params || json_equal(row->params, params)))
            return row;
    }
    if (sheet->rows == SHEET_ROWS_MAX)
        return NULL;
    row = &sheet->row[sheet->rows++];
    *row = (struct sheet_row){.step = step,
                              .name = name,
                              .unit = get_text(like, "unit"),
                              .params = params,
                              .threads = threads,
                              .lower = get_is(like, "better", "lower"),
                              .property = get_is(like, "better", "none"),
                              .base_step = ""};
    name_row(row);
    return row;
}

/* The figure that a row of the file belongs to; NULL: none. */
static struct figure *figure_of(struct sheet *sheet, const json_t *json, struct sheet_row **row)
{
    int env = find_env(sheet->envs, get_text(json, "env"));

    *row = json_is_object(json) && env >= 0 ? row_like(sheet, json) : NULL;
    sheet->left_out += !*row;
    return *row ? &(*row)->of[env] : NULL;
}

int sheet_read(struct sheet *sheet, const json_t *experiment, const struct envs *envs)
{
    const json_t *values = json_object_get(experiment, "values");
    const json_t *ratios = json_object_get(experiment, "ratios"), *json;
    size_t most = json_array_size(values) + json_array_size(ratios), i;
    struct sheet_row *row;

    if (most > SHEET_ROWS_MAX)
        most = SHEET_ROWS_MAX;
    *sheet = (struct sheet){.name = get_text(experiment, "name"),
                            .help = get_text(experiment, "help"),
                            .envs = envs,
                            .experiment = experiment,
                            .row = calloc(most + 1, sizeof(*sheet->row))};
    if (!sheet->row)
        return -1;
    json_array_foreach (values, i, json) {
        struct figure *figure = figure_of(sheet, json, &row);

        if (figure) {
            figure->row = json;
            figure->value = estimate_of(json);
        }
    }
    json_array_foreach (ratios, i, json) {
        const char *base_step = json_string_value(json_object_get(json, "base_step"));
        struct figure *figure = figure_of(sheet, json, &row);

        if (!figure)
            continue;
        if (base_step)
            row->base_step = base_step;
        *(base_step ? &figure->kept : &figure->ratio) = ratio_of(json, envs->margin);
    }
    return 0;
}

void sheet_free(struct sheet *sheet)
{
    free(sheet->row);
}

const struct sheet_row *sheet_find(const struct sheet *sheet, const char *name, unsigned from)
{
    for (unsigned i = from; i < sheet->rows; i++)
        if (!strcmp(sheet->row[i].name, name))
            return &sheet->row[i];
    return NULL;
}

double *sheet_samples(const json_t *row, size_t *count)
{
    const json_t *samples = json_object_get(row, "samples"), *sample;
    double *values = calloc(json_array_size(samples) + 1, sizeof(*values));
    size_t i;

    *count = 0;
    json_array_foreach (samples, i, sample)
        if (values && sheet_number(sample, &values[*count]))
            ++*count;
    if (!*count) {
        free(values);
        return NULL;
    }
    stats_sort(values, *count);
    return values;
}

int sheet_shade(const struct sheet_row *row, const struct estimate *ratio)
{
    int shade = chart_shade(ratio->median, row->lower);

    if (ratio->verdict == VERDICT_BETTER)
        return shade > 1 ? shade : 1;
    if (ratio->verdict == VERDICT_WORSE)
        return shade < -1 ? shade : -1;
    return 0;
}
