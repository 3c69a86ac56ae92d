/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tools/virtcost/claims/judge.h"
#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/figures/measure.h"

/* Seed of the bootstrap: fixed, so that the same file gives the same answer. */
#define SEED 1

/* Significant digits of a figure, as in the tables and the page. */
#define DIGITS 4

void answer_add(struct answer *answer, const char *format, ...)
{
    char part[sizeof(answer->ours)];
    size_t used = strlen(answer->ours);
    va_list args;

    va_start(args, format);
    vsnprintf(part, sizeof(part), format, args);
    va_end(args);
    if (used && used + 2 < sizeof(answer->ours)) {
        strcpy(answer->ours + used, "; ");
        used += 2;
    }
    figures_clean(answer->ours + used, sizeof(answer->ours) - used, part);
}

void answer_missing(struct answer *answer, const json_t *results, const char *experiment)
{
    answer->outcome = answer->quoted ? OUTCOME_MEASURED_IN_PART : OUTCOME_NOT_MEASURED;
    if (figures_experiment(results, experiment))
        answer_add(answer, "no rows for it in the experiment %s", experiment);
    else
        answer_add(answer, "not in this file: virtcost run %s", experiment);
}

void answer_unclear(struct answer *answer)
{
    answer->outcome = OUTCOME_UNDECIDED;
    if (answer->blocks == VERDICT_SAMPLES_MIN)
        answer_add(answer, "too few blocks to decide: at least %d are needed", VERDICT_SAMPLES_MIN);
    else if (answer->blocks > 0 && answer->blocks < VERDICT_SAMPLES_MAX)
        answer_add(answer, "too few blocks to decide: about %zu are needed", answer->blocks);
    else
        answer_add(answer, "too wide an interval, or too few blocks, to decide");
}

static struct span turned(struct span span, const json_t *row)
{
    if (!(span.median > 0 && span.low > 0 && span.high >= span.low))
        return (struct span){0};
    if (!get_is(row, "better", "lower"))
        return span;
    return (struct span){1 / span.median, 1 / span.high, 1 / span.low, span.sure, span.samples};
}

struct span span_of(const json_t *row)
{
    const struct verdict_ratio ratio = verdict_read(row);

    if (!ratio.ranged)
        return (struct span){0};
    return turned((struct span){ratio.median, ratio.interval.low, ratio.interval.high, ratio.sure,
                                ratio.samples},
                  row);
}

struct span span_unpaired(const json_t *a, const json_t *b)
{
    struct figures_ratio ratio;

    if (!a || !b || figures_ratio(&ratio, a, b, SEED))
        return (struct span){0};
    return turned((struct span){ratio.median, ratio.ci95.low, ratio.ci95.high, !ratio.few,
                                ratio.a_count < ratio.b_count ? ratio.a_count : ratio.b_count},
                  a);
}

/* Below 1 is worse, so more is better. */
static struct verdict_ratio ratio_of(struct span span)
{
    return (struct verdict_ratio){
        .median = span.median,
        .interval = {span.low, span.high},
        .ranged = span.median > 0,
        .sure = span.sure,
        .directed = true,
        .samples = span.samples,
    };
}

enum effect effect_of(struct span span, double margin)
{
    static const enum effect effects[VERDICTS] = {
        [VERDICT_NONE] = EFFECT_ABSENT,     [VERDICT_SAME] = EFFECT_TIE,
        [VERDICT_BETTER] = EFFECT_TIE,      [VERDICT_WORSE] = EFFECT_LOSS,
        [VERDICT_UNCLEAR] = EFFECT_UNCLEAR,
    };
    const struct verdict_ratio ratio = ratio_of(span);

    return effects[verdict_of(&ratio, margin)];
}

enum effect effect_below(struct span span, double limit)
{
    if (!(span.median > 0))
        return EFFECT_ABSENT;
    if (!span.sure || (span.low <= limit && span.high > limit))
        return EFFECT_UNCLEAR;
    return span.high <= limit ? EFFECT_LOSS : EFFECT_TIE;
}

/* A row's median; for large blocks, IOPS become MB/s, as in the study. */
static double scaled(const json_t *value, const char **unit)
{
    double median = get_number(value, "median");
    json_int_t bs = get_integer(json_object_get(value, "params"), "bs");

    *unit = get_text(value, "unit");
    if (strcmp(*unit, "IOPS") || bs < 1 << 20)
        return median;
    *unit = "MB/s";
    return median * (double)bs / 1e6;
}

const char *judge_value(char text[JUDGE_FIGURE_MAX], double value, const char *unit)
{
    const struct measure measure = measure_of(unit, value);
    char number[MEASURE_TEXT_MAX], plain[MEASURE_TEXT_MAX];

    snprintf(text, JUDGE_FIGURE_MAX, "%.30s %.30s", measure_value(number, &measure, value),
             measure_plain(plain, &measure));
    return text;
}

const char *judge_figure(char text[JUDGE_FIGURE_MAX], const json_t *value)
{
    const char *unit;
    double median;

    if (!json_is_number(json_object_get(value, "median"))) {
        snprintf(text, JUDGE_FIGURE_MAX, "-");
        return text;
    }
    median = scaled(value, &unit);
    return judge_value(text, median, unit);
}

static const char *title(const char *env)
{
    return strcmp(env, "vm") ? env : "VM";
}

/* The number without its unit, unless the unit depends on the value. */
static void quote_value(char text[JUDGE_FIGURE_MAX], const json_t *value, const char **unit)
{
    char number[MEASURE_TEXT_MAX];
    double median;

    snprintf(text, JUDGE_FIGURE_MAX, "-");
    if (!json_is_number(json_object_get(value, "median")))
        return;
    median = scaled(value, unit);
    if (measure_changes(*unit))
        judge_value(text, median, *unit);
    else
        snprintf(text, JUDGE_FIGURE_MAX, "%.40s", measure_digits(number, median, DIGITS));
}

/*
 * The values of native, container and VM, in the study's order: "110.4 / - / 109.9 GFLOP/s". For a
 * ratio of another environment, its base and itself: "native 84.02 k IOPS / overlayfs 75.70 k
 * IOPS".
 */
static void quote_values(char *text, size_t size, const json_t *values, const json_t *ratio)
{
    const char *envs[] = {"native", "container", "vm"};
    const char *unit = "";
    unsigned count = 3;
    size_t used = 0;

    if (!get_is(ratio, "env", "vm") || !get_is(ratio, "base", "native")) {
        envs[0] = get_text(ratio, "base");
        envs[1] = get_text(ratio, "env");
        count = 2;
    }
    for (unsigned i = 0; i < count && used < size; i++) {
        char figure[JUDGE_FIGURE_MAX];

        quote_value(figure, figures_like(values, ratio, envs[i]), &unit);
        used += (size_t)snprintf(text + used, size - used, "%s%s%s%s", i ? " / " : "",
                                 count == 3 ? "" : title(envs[i]), count == 3 ? "" : " ", figure);
    }
    if (used < size && *unit && !measure_changes(unit))
        snprintf(text + used, size - used, " %s", unit);
}

/* " [0.98, 1.01]"; no interval below 95 % confidence. */
static const char *interval_text(char text[64], double low, double high, bool sure)
{
    char from[MEASURE_TEXT_MAX], to[MEASURE_TEXT_MAX];

    if (sure)
        snprintf(text, 64, " [%.28s, %.28s]", measure_digits(from, low, DIGITS),
                 measure_digits(to, high, DIGITS));
    else
        snprintf(text, 64, " (too few blocks for an interval)");
    return text;
}

/* How many blocks would settle an unclear ratio; the answer keeps the largest number. */
static const char *unclear_text(char text[64], struct answer *answer, struct span span)
{
    const struct verdict_ratio ratio = ratio_of(span);
    const size_t blocks = verdict_samples(&ratio, answer->margin);

    if (blocks > answer->blocks)
        answer->blocks = blocks;
    if (span.sure && blocks && blocks < VERDICT_SAMPLES_MAX)
        snprintf(text, 64, ", unclear (about %zu blocks would settle it)", blocks);
    else
        snprintf(text, 64, ", unclear");
    return text;
}

enum effect answer_quote(struct answer *answer, const char *label, const json_t *experiment,
                         const json_t *ratio)
{
    const struct verdict_ratio read = verdict_read(ratio);
    const struct span span = span_of(ratio);
    enum effect effect = effect_of(span, answer->margin);
    char values[200], interval[64], unclear[64] = "", median[MEASURE_TEXT_MAX];

    if (effect == EFFECT_ABSENT)
        return effect;
    if (effect == EFFECT_UNCLEAR)
        unclear_text(unclear, answer, span);
    quote_values(values, sizeof(values), json_object_get(experiment, "values"), ratio);
    answer_add(answer, "%s: %s, %s/%s %s%s%s", label, values, title(get_text(ratio, "env")),
               title(get_text(ratio, "base")), measure_digits(median, read.median, DIGITS),
               interval_text(interval, read.interval.low, read.interval.high, read.sure), unclear);
    answer->quoted = true;
    return effect;
}

void answer_span(struct answer *answer, const char *label, struct span span)
{
    char text[64], median[MEASURE_TEXT_MAX];

    if (!(span.median > 0))
        return;
    answer_add(answer, "%s %s%s", label, measure_digits(median, span.median, DIGITS),
               interval_text(text, span.low, span.high, span.sure));
    answer->quoted = true;
    if (!span.sure && answer->blocks < VERDICT_SAMPLES_MIN)
        answer->blocks = VERDICT_SAMPLES_MIN;
}
