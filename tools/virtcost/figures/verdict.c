/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/figures/verdict.h"

/* Tolerance for rounding in division and printing. */
#define ROUNDING 1e-9

static bool within(struct stats_interval interval, double margin)
{
    return interval.high <= (1 + margin) * (1 + ROUNDING) &&
           interval.low * (1 + margin) >= 1 - ROUNDING;
}

enum verdict verdict_of(const struct verdict_ratio *ratio, double margin)
{
    const struct stats_interval interval = ratio->interval;

    if (!ratio->ranged || !ratio->directed)
        return VERDICT_NONE;
    if (!ratio->sure)
        return VERDICT_UNCLEAR;
    if (within(interval, margin))
        return VERDICT_SAME;
    if (interval.low > 1)
        return ratio->lower ? VERDICT_WORSE : VERDICT_BETTER;
    if (interval.high < 1)
        return ratio->lower ? VERDICT_BETTER : VERDICT_WORSE;
    return VERDICT_UNCLEAR;
}

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[VERDICTS] = {
        [VERDICT_NONE] = "",       [VERDICT_SAME] = "same",       [VERDICT_BETTER] = "better",
        [VERDICT_WORSE] = "worse", [VERDICT_UNCLEAR] = "unclear",
    };

    return names[verdict];
}

static bool is_sure(const json_t *row, size_t samples)
{
    const json_t *confidence = json_object_get(row, "confidence");

    if (json_is_number(confidence) && !(json_number_value(confidence) >= VERDICT_CONFIDENCE))
        return false;
    return json_is_array(json_object_get(row, "samples")) ? samples >= VERDICT_SAMPLES_MIN
                                                          : json_is_number(confidence);
}

struct verdict_ratio verdict_read(const json_t *row)
{
    const json_t *ci95 = json_object_get(row, "ci95");
    const json_t *low = json_array_get(ci95, 0), *high = json_array_get(ci95, 1);
    const json_t *median = json_object_get(row, "median");
    struct verdict_ratio ratio = {
        .median = json_number_value(median),
        .interval = {json_number_value(low), json_number_value(high)},
        .lower = get_is(row, "better", "lower"),
        .samples = json_array_size(json_object_get(row, "samples")),
    };

    ratio.directed = ratio.lower || get_is(row, "better", "higher");
    ratio.ranged = json_is_number(low) && json_is_number(high) && json_is_number(median) &&
                   ratio.interval.low >= 0 && ratio.interval.low <= ratio.median &&
                   ratio.median <= ratio.interval.high;
    ratio.sure = is_sure(row, ratio.samples);
    return ratio;
}

/* The factor by which the interval must shrink for a verdict; 0: no shrinking suffices. */
static double shrunk(const struct verdict_ratio *ratio, double margin)
{
    const double at = log(ratio->median), edge = log1p(margin);
    const double below = at - log(ratio->interval.low), above = log(ratio->interval.high) - at;
    const double same = fmin((edge - at) / above, (edge + at) / below);
    const double apart = at > 0 ? at / below : -at / above;

    return fmax(fmax(same, apart), 0);
}

size_t verdict_samples(const struct verdict_ratio *ratio, double margin)
{
    double part, samples;

    if (verdict_of(ratio, margin) != VERDICT_UNCLEAR)
        return 0;
    if (!ratio->sure)
        return VERDICT_SAMPLES_MIN;
    if (!ratio->samples || !(ratio->interval.low > 0) || !isfinite(ratio->interval.high))
        return 0;
    part = shrunk(ratio, margin);
    samples = part > 0 ? ceil((double)ratio->samples / (part * part) * (1 - ROUNDING))
                       : VERDICT_SAMPLES_MAX;
    samples = fmax(samples, (double)ratio->samples + 1);
    return samples < VERDICT_SAMPLES_MAX ? (size_t)samples : VERDICT_SAMPLES_MAX;
}

void verdict_write(json_t *rows, double margin)
{
    json_t *row;
    size_t i;

    json_array_foreach (rows, i, row) {
        const struct verdict_ratio ratio = verdict_read(row);
        const enum verdict verdict = verdict_of(&ratio, margin);
        const size_t samples = verdict_samples(&ratio, margin);

        json_object_del(row, "verdict");
        json_object_del(row, "settled_by_blocks");
        if (verdict != VERDICT_NONE)
            json_object_set_new(row, "verdict", json_string(verdict_name(verdict)));
        if (samples)
            json_object_set_new(row, "settled_by_blocks", json_integer((json_int_t)samples));
    }
}

double verdict_margin(const json_t *results)
{
    const json_t *stated = json_object_get(results, "margin_pct");
    double pct = json_number_value(stated);

    if (!json_is_number(stated) || !(pct >= 0 && pct <= VERDICT_MARGIN_PCT_MAX))
        pct = VERDICT_MARGIN_PCT;
    return pct / 100;
}
