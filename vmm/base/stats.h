/* SPDX-License-Identifier: MIT */
/*
 * The statistics of few samples: medians and their confidence intervals. Nothing is assumed of
 * the distribution, and no outlier is dropped.
 */
#ifndef BASE_STATS_H
#define BASE_STATS_H

#include <stddef.h>
#include <stdint.h>

struct stats_interval {
    double low, high;
};

/* stats_sort(): sort in place, ascending. */
void stats_sort(double *values, size_t count);

/* stats_median(): of `count` >= 1 sorted values. */
double stats_median(const double *sorted, size_t count);

/*
 * stats_median_ci95(): the narrowest pair of order statistics, symmetric in rank, that holds the
 * median with at least 95 % confidence by the binomial distribution (Conover, Practical
 * Nonparametric Statistics, 3.2). With fewer than 6 values no pair does: then it is the whole
 * range, and *confidence, if not NULL, says how much that is worth. count >= 1.
 */
struct stats_interval stats_median_ci95(const double *sorted, size_t count, double *confidence);

#endif
