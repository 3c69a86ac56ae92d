/* SPDX-License-Identifier: MIT */
/*
 * Statistics of small samples: medians and their confidence intervals. No distribution is assumed,
 * and no outlier is dropped.
 */
#ifndef BASE_STATS_H
#define BASE_STATS_H

#include <stddef.h>
#include <stdint.h>

struct stats_interval {
    double low, high;
};

/* stats_sort(): sort in place in ascending order. */
void stats_sort(double *values, size_t count);

/* stats_median(): the median of `count` >= 1 sorted values. */
double stats_median(const double *sorted, size_t count);

/*
 * stats_median_ci95(): the narrowest pair of order statistics, symmetric in rank, that holds the
 * median with at least 95 % confidence by the binomial distribution (Conover, Practical
 * Nonparametric Statistics, 3.2). With fewer than 6 values no pair does, and the interval is the
 * whole range. Sets *confidence, unless NULL, to the interval's confidence. count >= 1.
 */
struct stats_interval stats_median_ci95(const double *sorted, size_t count, double *confidence);

/* Use stats_bootstrap_ci95() from this many samples on. */
#define STATS_BOOTSTRAP_MIN 30

/*
 * stats_bootstrap_ci95(): the 2.5 and 97.5 percentiles of the medians of 10 000 resamples drawn
 * with replacement (Efron, "Bootstrap Methods", 1979). The same seed gives the same interval.
 * `scratch` holds count + STATS_RESAMPLES values. count >= 1.
 */
struct stats_interval stats_bootstrap_ci95(const double *values, size_t count, uint64_t seed,
                                           double *scratch);

/*
 * stats_bootstrap_ratio_ci95(): the bootstrap interval of median(b) / median(a). The lists are not
 * paired and are resampled independently. All values are > 0, both counts >= 1, and `scratch` holds
 * the larger count + STATS_RESAMPLES values.
 */
struct stats_interval stats_bootstrap_ratio_ci95(const double *a, size_t a_count, const double *b,
                                                 size_t b_count, uint64_t seed, double *scratch);

#define STATS_RESAMPLES 10000

/*
 * stats_random(): the next pseudo-random number; the initial *state is the seed, any value
 * (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014: SplitMix64).
 */
uint64_t stats_random(uint64_t *state);

#endif
