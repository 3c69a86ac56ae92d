/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "vmm/base/stats.h"

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

void stats_sort(double *values, size_t count)
{
    qsort(values, count, sizeof(*values), compare);
}

double stats_median(const double *sorted, size_t count)
{
    /* Halved first: the sum of two finite values need not be finite. */
    return count % 2 ? sorted[count / 2] : sorted[count / 2 - 1] / 2 + sorted[count / 2] / 2;
}

struct stats_interval stats_median_ci95(const double *sorted, size_t count, double *confidence)
{
    /*
     * The median lies below the k-th smallest value if fewer than k values fall below it: with
     * chance P(Binomial(count, 1/2) < k). Move k inwards while both tails stay within 5 %. The
     * chance of exactly i is chance * 2^exponent, since its power of two alone may be too small.
     */
    double chance = 1, tail = 0, outside = 0;
    int exponent = -(int)count, shift;
    size_t k = 0;

    for (size_t i = 0; i < count / 2; i++) {
        if (i)
            chance *= (double)(count - i + 1) / (double)i;
        chance = frexp(chance, &shift);
        exponent += shift;
        tail += ldexp(chance, exponent);
        if (i && 2 * tail > 0.05)
            break;
        outside = 2 * tail;
        k = i;
    }
    if (confidence)
        *confidence = count > 1 ? 1 - outside : 0;
    return (struct stats_interval){sorted[k], sorted[count - 1 - k]};
}

uint64_t stats_random(uint64_t *state)
{
    uint64_t x = *state += 0x9e3779b97f4a7c15;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

struct stats_interval stats_bootstrap_ci95(const double *values, size_t count, uint64_t seed,
                                           double *scratch)
{
    double *sample = scratch, *medians = scratch + count;

    for (size_t i = 0; i < STATS_RESAMPLES; i++) {
        for (size_t j = 0; j < count; j++)
            sample[j] = values[(unsigned __int128)stats_random(&seed) * count >> 64];
        stats_sort(sample, count);
        medians[i] = stats_median(sample, count);
    }
    stats_sort(medians, STATS_RESAMPLES);
    return (struct stats_interval){medians[STATS_RESAMPLES / 40],
                                   medians[STATS_RESAMPLES - 1 - STATS_RESAMPLES / 40]};
}
