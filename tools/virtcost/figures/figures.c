/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/figures/figures.h"
#include "tools/virtcost/figures/get.h"

bool figures_void(const json_t *row)
{
    return !get_is(row, "check", "ok") || json_is_true(json_object_get(row, "interrupted"));
}

const json_t *figures_experiment(const json_t *results, const char *name)
{
    json_t *experiment;
    size_t i;

    json_array_foreach (json_object_get(results, "experiments"), i, experiment) {
        if (get_is(experiment, "name", name))
            return experiment;
    }
    return NULL;
}

static bool fits_text(const json_t *row, const char *key, const char *wanted)
{
    return !wanted || get_is(row, key, wanted);
}

static bool fits_integer(const json_t *row, const char *key, json_int_t wanted)
{
    return !wanted || get_integer(row, key) == wanted;
}

static bool fits(const json_t *row, const struct figures_want *want)
{
    const json_t *params = json_object_get(row, "params");

    return fits_text(row, "step", want->step) && fits_text(row, "name", want->name) &&
           fits_text(row, "env", want->env) && fits_text(row, "base", want->base) &&
           fits_integer(row, "threads", want->threads) && fits_integer(params, "bs", want->bs) &&
           fits_integer(params, "iodepth", want->iodepth) &&
           get_is(row, "base_step", want->base_step ? want->base_step : "");
}

const json_t *figures_next(const json_t *rows, const struct figures_want *want, size_t *i)
{
    while (*i < json_array_size(rows)) {
        const json_t *row = json_array_get(rows, (*i)++);

        if (fits(row, want))
            return row;
    }
    return NULL;
}

const json_t *figures_find(const json_t *rows, const struct figures_want *want)
{
    size_t i = 0;

    return figures_next(rows, want, &i);
}

const json_t *figures_like(const json_t *rows, const json_t *row, const char *env)
{
    static const char *const keys[] = {"step", "name", "params", "threads"};
    const struct figures_want want = {.env = env};
    const json_t *found;
    size_t i = 0;

    while ((found = figures_next(rows, &want, &i))) {
        unsigned same = 0;

        for (unsigned k = 0; k < 4; k++)
            same += json_equal(json_object_get(found, keys[k]), json_object_get(row, keys[k]));
        if (same == 4)
            return found;
    }
    return NULL;
}

const char *figures_clean(char *text, size_t size, const char *from)
{
    size_t i = 0;

    for (; i + 1 < size && from[i]; i++)
        text[i] = from[i] >= ' ' && from[i] <= '~' ? from[i] : '?';
    text[i] = '\0';
    return text;
}

const char *figures_label(char text[FIGURES_LABEL_MAX], const json_t *row)
{
    char whole[FIGURES_LABEL_MAX];
    size_t used = (size_t)snprintf(whole, sizeof(whole), "%s", get_text(row, "name"));
    const char *key, *separator = " ";
    json_t *value;

    json_object_foreach (json_object_get(row, "params"), key, value) {
        if (used >= sizeof(whole))
            break;
        if (json_is_integer(value))
            used += (size_t)snprintf(whole + used, sizeof(whole) - used, "%s%s=%lld", separator,
                                     key, (long long)json_integer_value(value));
        else
            used += (size_t)snprintf(whole + used, sizeof(whole) - used, "%s%s=%s", separator, key,
                                     get_text(json_object_get(row, "params"), key));
        separator = ",";
    }
    return figures_clean(text, FIGURES_LABEL_MAX, whole);
}

/* The samples that are numbers, sorted. The caller frees them; NULL if there are none. */
static double *samples_of(const json_t *row, size_t *count)
{
    const json_t *samples = json_object_get(row, "samples");
    double *values = calloc(json_array_size(samples) + 1, sizeof(*values));
    json_t *sample;
    size_t i;

    *count = 0;
    json_array_foreach (samples, i, sample) {
        if (values && json_is_number(sample))
            values[(*count)++] = json_number_value(sample);
    }
    if (!values || !*count) {
        free(values);
        return NULL;
    }
    stats_sort(values, *count);
    return values;
}

static bool usable(double ratio)
{
    return isfinite(ratio) && ratio > 0;
}

/* Both arrays of samples are sorted and > 0. */
static int judge_ratio(struct figures_ratio *ratio, const double *a, size_t a_count,
                       const double *b, size_t b_count, uint64_t seed)
{
    double *scratch =
        calloc((a_count > b_count ? a_count : b_count) + STATS_RESAMPLES, sizeof(*scratch));
    double of_a, of_b;

    if (!scratch)
        return -1;
    stats_median_ci95(a, a_count, &of_a);
    stats_median_ci95(b, b_count, &of_b);
    ratio->median = ratio->b_median / ratio->a_median;
    ratio->few = a_count < VERDICT_SAMPLES_MIN || b_count < VERDICT_SAMPLES_MIN;
    if (ratio->few) {
        ratio->ci95 = (struct stats_interval){b[0] / a[a_count - 1], b[b_count - 1] / a[0]};
        ratio->confidence = of_a * of_b;
    } else {
        ratio->ci95 = stats_bootstrap_ratio_ci95(a, a_count, b, b_count, seed, scratch);
        ratio->confidence = 0.95;
    }
    free(scratch);
    return usable(ratio->median) && usable(ratio->ci95.low) && usable(ratio->ci95.high) ? 0 : -1;
}

int figures_ratio(struct figures_ratio *ratio, const json_t *a, const json_t *b, uint64_t seed)
{
    size_t a_count, b_count;
    double *of_a = samples_of(a, &a_count), *of_b = samples_of(b, &b_count);
    int failed = -1;

    *ratio = (struct figures_ratio){
        .a_count = a_count,
        .b_count = b_count,
        .a_median = of_a ? stats_median(of_a, a_count) : 0,
        .b_median = of_b ? stats_median(of_b, b_count) : 0,
    };
    if (of_a && of_b && of_a[0] > 0 && of_b[0] > 0)
        failed = judge_ratio(ratio, of_a, a_count, of_b, b_count, seed);
    free(of_a);
    free(of_b);
    return failed;
}
