/* SPDX-License-Identifier: MIT */
/*
 * What the interval of a ratio says. verdict_of() is the only judge: tables, results files, pages,
 * claims and comparisons all take its verdict, and so do their colours.
 */
#ifndef VIRTCOST_FIGURES_VERDICT_H
#define VIRTCOST_FIGURES_VERDICT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "vmm/core/base/stats.h"

/* Fewer samples have no interval of 95 %: see stats_median_ci95(). */
#define VERDICT_SAMPLES_MIN 6

#define VERDICT_CONFIDENCE 0.95

/* Within 3 % of 1 counts as the same, unless --margin says otherwise. */
#define VERDICT_MARGIN_PCT     3.0
#define VERDICT_MARGIN_PCT_MAX 100.0

enum verdict {
    VERDICT_NONE,   /* there is no interval, or neither direction is better */
    VERDICT_SAME,   /* the whole interval lies within the margin */
    VERDICT_BETTER, /* the whole interval lies on one side of 1 */
    VERDICT_WORSE,
    VERDICT_UNCLEAR, /* everything else: too wide, or an interval of less than 95 % */
};

#define VERDICTS (VERDICT_UNCLEAR + 1)

struct verdict_ratio {
    double median;
    struct stats_interval interval;
    bool ranged;    /* the interval is known */
    bool sure;      /* its confidence is 95 % or more */
    bool directed;  /* one direction is better */
    bool lower;     /* less is better */
    size_t samples; /* pairs, or blocks; 0: not known */
};

/*
 * verdict_of(): the first that fits of: none; unclear if the interval is not `sure`; same if all of
 * it lies in [1 / (1 + margin), 1 + margin]; better or worse if it lies on one side of 1; unclear.
 */
enum verdict verdict_of(const struct verdict_ratio *ratio, double margin);

/* verdict_name(): "same", "better", "worse", "unclear"; "" for none. */
const char *verdict_name(enum verdict verdict);

/*
 * verdict_read(): the ratio in a row of "ratios", which may be NULL or anything. An interval whose
 * confidence the row does not state is sure if the row lists enough samples.
 */
struct verdict_ratio verdict_read(const json_t *row);

/* verdict_row(): verdict_of() the ratio in a row. */
enum verdict verdict_row(const json_t *row, double margin);

/*
 * verdict_samples(): about how many samples in all would settle an unclear ratio if its median
 * stayed where it is, as the width of an interval shrinks with the square root of their number: at
 * least VERDICT_SAMPLES_MIN, which is the answer for an interval that is not sure;
 * VERDICT_SAMPLES_MAX stands for that many or more. 0: it is not unclear, or nobody can tell.
 */
#define VERDICT_SAMPLES_MAX 10000
size_t verdict_samples(const struct verdict_ratio *ratio, double margin);

/*
 * verdict_write(): set "verdict" in each row of "ratios" that has one and, where it is unclear and
 * known, "settled_by_blocks": verdict_samples(). What a row has of these is not believed.
 */
void verdict_write(json_t *rows, double margin);

/* verdict_margin(): the margin of a results file, as a fraction; that of
 * VERDICT_MARGIN_PCT if it states none. */
double verdict_margin(const json_t *results);

#endif
