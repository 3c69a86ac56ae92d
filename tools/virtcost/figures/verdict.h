/* SPDX-License-Identifier: MIT */
/*
 * Verdicts on ratios from their intervals. verdict_of() is the only judge: tables, results files,
 * pages, colours, claims and comparisons use its verdict.
 */
#ifndef VIRTCOST_FIGURES_VERDICT_H
#define VIRTCOST_FIGURES_VERDICT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "vmm/core/base/stats.h"

/* Fewer samples give no 95 % interval: see stats_median_ci95(). */
#define VERDICT_SAMPLES_MIN 6

#define VERDICT_CONFIDENCE 0.95

/* Default margin: a ratio within 3 % of 1 is the same (--margin). */
#define VERDICT_MARGIN_PCT     3.0
#define VERDICT_MARGIN_PCT_MAX 100.0

enum verdict {
    VERDICT_NONE,   /* no interval, or neither direction is better */
    VERDICT_SAME,   /* the whole interval lies within the margin */
    VERDICT_BETTER, /* the whole interval lies on one side of 1 */
    VERDICT_WORSE,
    VERDICT_UNCLEAR, /* all others: too wide an interval, or one below 95 % confidence */
};

#define VERDICTS (VERDICT_UNCLEAR + 1)

struct verdict_ratio {
    double median;
    struct stats_interval interval;
    bool ranged;    /* the interval is known */
    bool sure;      /* its confidence is 95 % or more */
    bool directed;  /* one direction is better */
    bool lower;     /* less is better */
    size_t samples; /* pairs, or blocks; 0: unknown */
};

/*
 * verdict_of(): the first that applies: none; unclear, if the interval is not `sure`; same, if all
 * of it lies in [1 / (1 + margin), 1 + margin]; better or worse, if it lies on one side of 1;
 * unclear.
 */
enum verdict verdict_of(const struct verdict_ratio *ratio, double margin);

/* verdict_name(): "same", "better", "worse", "unclear"; "" for none. */
const char *verdict_name(enum verdict verdict);

/*
 * verdict_read(): read a row of "ratios", which may be NULL or any JSON. An interval without a
 * stated confidence is `sure` if the row has enough samples.
 */
struct verdict_ratio verdict_read(const json_t *row);

/*
 * verdict_samples(): about how many samples in total would settle an unclear ratio if its median
 * stayed the same, as an interval shrinks with the square root of their number. At least
 * VERDICT_SAMPLES_MIN, which is returned for an interval that is not `sure`; VERDICT_SAMPLES_MAX
 * means that many or more. Returns 0 if the ratio is not unclear, or the number cannot be
 * estimated.
 */
#define VERDICT_SAMPLES_MAX 10000
size_t verdict_samples(const struct verdict_ratio *ratio, double margin);

/*
 * verdict_write(): set "verdict" in each row of "ratios" that has one and, for an unclear one,
 * "settled_by_blocks" (verdict_samples()) if known. Replaces existing members.
 */
void verdict_write(json_t *rows, double margin);

/* verdict_margin(): the margin of a results file as a fraction; default VERDICT_MARGIN_PCT. */
double verdict_margin(const json_t *results);

#endif
