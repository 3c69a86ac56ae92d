/* SPDX-License-Identifier: MIT */
/*
 * Finding figures in virtcost's results, schema "virtcost/2", and what two of them say together.
 * The file may come from anywhere: what is missing or of another type is as if it were not there,
 * and no text of it reaches a terminal unchecked.
 */
#ifndef VIRTCOST_FIGURES_FIGURES_H
#define VIRTCOST_FIGURES_FIGURES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/virtcost/figures/verdict.h"
#include "vmm/core/base/stats.h"
#include "vmm/core/base/units.h"

/* The rows that are looked for: what is NULL or 0 fits any. */
struct figures_want {
    const char *step, *name, *env;
    json_int_t threads;
    json_int_t bs, iodepth; /* of the row's params */
    const char *base;       /* the environment of ratios that others are compared with */
    const char *base_step;  /* of ratios; NULL: only those with the base environment */
};

/* figures_experiment(): the experiment of this name, borrowed, or NULL. */
const json_t *figures_experiment(const json_t *results, const char *name);

/*
 * figures_next(): the first of an array's rows from number *i on that is wanted, borrowed, or NULL;
 * *i becomes the number of the one behind it.
 */
const json_t *figures_next(const json_t *rows, const struct figures_want *want, size_t *i);

/* figures_find(): the first row that is wanted, borrowed, or NULL. */
const json_t *figures_find(const json_t *rows, const struct figures_want *want);

/* figures_like(): the row that differs from `row` in nothing but its environment, or NULL. */
const json_t *figures_like(const json_t *rows, const json_t *row, const char *env);

/* Room for the label of any row that virtcost writes. */
#define FIGURES_LABEL_MAX 128

/* figures_label(): "name key=value,key=value", cut off where it has to be. Returns `text`. */
const char *figures_label(char text[FIGURES_LABEL_MAX], const json_t *row);

/*
 * figures_clean(): a text of the file for a terminal: what is not printable ASCII becomes "?", and
 * what is too long is cut off. Returns `text`.
 */
const char *figures_clean(char *text, size_t size, const char *from);

/*
 * figures_number(): at most eight characters as long as that is readable: "0.0458", "12.35",
 * "84.0k". Returns `text`.
 */
const char *figures_number(char text[UNITS_TEXT_MAX], double value);

/*
 * The ratio of two medians whose samples are not paired. From VERDICT_SAMPLES_MIN samples on both
 * sides on, the interval is bootstrapped, with a confidence of 0.95: simulated with samples from
 * normal, skewed and bimodal distributions, it held the true ratio in 95 % of the cases or more,
 * with six on each side too. With fewer, resampling would make up what the samples do not hold: the
 * interval is then all that the two ranges allow, and its confidence is the chance that both
 * medians lie within their samples' range, which is less.
 */
struct figures_ratio {
    double median;
    struct stats_interval ci95;
    double confidence;
    size_t a_count, b_count; /* the samples of each */
    double a_median, b_median;
    bool few;
};

/*
 * figures_ratio(): of b over a, two objects with "samples". The seed is that of the bootstrap.
 * Returns 0, or -1 if there is no such ratio: no samples, or one that is not above 0; counts and
 * medians are right all the same, a median of no samples being 0.
 */
int figures_ratio(struct figures_ratio *ratio, const json_t *a, const json_t *b, uint64_t seed);

#endif
