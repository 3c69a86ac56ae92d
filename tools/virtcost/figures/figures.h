/* SPDX-License-Identifier: MIT */
/*
 * Finds figures in results of schema "virtcost/2" and computes ratios of two. The file is
 * untrusted: a member of a wrong type counts as missing, and texts are cleaned before they reach a
 * terminal.
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

/* Selects rows: NULL or 0 matches any. */
struct figures_want {
    const char *step, *name, *env;
    json_int_t threads;
    json_int_t bs, iodepth; /* of "params" */
    const char *base;       /* base environment of ratios */
    const char *base_step;  /* base step of ratios; NULL: only ratios to the base environment */
};

/*
 * figures_void(): whether a row of a report does not count: its check did not pass, or the run was
 * interrupted meanwhile.
 */
bool figures_void(const json_t *row);

/* figures_experiment(): the experiment of this name, borrowed, or NULL. */
const json_t *figures_experiment(const json_t *results, const char *name);

/*
 * figures_next(): the first selected row of an array from index *i on, borrowed, or NULL; sets *i
 * past it.
 */
const json_t *figures_next(const json_t *rows, const struct figures_want *want, size_t *i);

/* figures_find(): the first selected row, borrowed, or NULL. */
const json_t *figures_find(const json_t *rows, const struct figures_want *want);

/* figures_like(): the row equal to `row` except for its environment, or NULL. */
const json_t *figures_like(const json_t *rows, const json_t *row, const char *env);

/* Size of a label of any row that virtcost writes. */
#define FIGURES_LABEL_MAX 128

/* figures_label(): "name key=value,key=value", truncated if too long. Returns `text`. */
const char *figures_label(char text[FIGURES_LABEL_MAX], const json_t *row);

/*
 * figures_clean(): copy a text of the file for a terminal, truncated if too long, with "?" for all
 * but printable ASCII. Returns `text`.
 */
const char *figures_clean(char *text, size_t size, const char *from);

/*
 * The ratio of two medians of unpaired samples. With VERDICT_SAMPLES_MIN samples or more on both
 * sides, the interval is bootstrapped, with a confidence of 0.95: in simulations with samples from
 * normal, skewed and bimodal distributions, it contained the true ratio in at least 95 % of the
 * cases, also with six samples on each side. With fewer, resampling would invent precision: the
 * interval is then the widest that the two ranges allow, and its confidence, which is lower, is the
 * chance that both medians lie within their samples' ranges.
 */
struct figures_ratio {
    double median;
    struct stats_interval ci95;
    double confidence;
    size_t a_count, b_count; /* number of samples of each */
    double a_median, b_median;
    bool few;
};

/*
 * figures_ratio(): compute b over a, of two objects with "samples". `seed` is the bootstrap's.
 * Returns 0, or -1 without a ratio: no samples, or one that is not above 0. Counts and medians are
 * set in both cases; the median of no samples is 0.
 */
int figures_ratio(struct figures_ratio *ratio, const json_t *a, const json_t *b, uint64_t seed);

#endif
