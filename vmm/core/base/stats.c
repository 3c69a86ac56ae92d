/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "vmm/core/base/stats.h"

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
    /* Halve first: the sum of two finite values may overflow. */
    return count % 2 ? sorted[count / 2] : sorted[count / 2 - 1] / 2 + sorted[count / 2] / 2;
}

struct stats_interval stats_median_ci95(const double *sorted, size_t count, double *confidence)
{
    /*
     * The median lies below the k-th smallest value if fewer than k values fall below it: with
     * probability P(Binomial(count, 1/2) < k). Move k inwards while both tails stay within 5 %. The
     * probability of exactly i is chance * 2^exponent: 2^-count alone may underflow.
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

/*
 * Partition the values around the one of `rank`: none before it is greater, none after it is less
 * (Hoare, "Algorithm 65: Find", 1961). Enough for a median, and faster than sorting.
 */
static void part_at(double *values, size_t count, size_t rank)
{
    ptrdiff_t low = 0, high = (ptrdiff_t)count - 1, k = (ptrdiff_t)rank;

    while (low < high) {
        double pivot = values[k];
        ptrdiff_t i = low, j = high;

        while (i <= j) {
            while (values[i] < pivot)
                i++;
            while (values[j] > pivot)
                j--;
            if (i <= j) {
                double value = values[i];

                values[i++] = values[j];
                values[j--] = value;
            }
        }
        if (j < k)
            low = i;
        if (k < i)
            high = j;
    }
}

/* The median of one resample, drawn with replacement into `sample`. */
static double resampled_median(const double *values, size_t count, uint64_t *seed, double *sample)
{
    double below;

    for (size_t i = 0; i < count; i++)
        sample[i] = values[(unsigned __int128)stats_random(seed) * count >> 64];
    part_at(sample, count, count / 2);
    if (count % 2)
        return sample[count / 2];
    below = sample[0];
    for (size_t i = 1; i < count / 2; i++)
        below = sample[i] > below ? sample[i] : below;
    return below / 2 + sample[count / 2] / 2;
}

/* The 2.5 and 97.5 percentiles of STATS_RESAMPLES medians. */
static struct stats_interval percentiles(double *resampled)
{
    stats_sort(resampled, STATS_RESAMPLES);
    return (struct stats_interval){resampled[STATS_RESAMPLES / 40],
                                   resampled[STATS_RESAMPLES - 1 - STATS_RESAMPLES / 40]};
}

struct stats_interval stats_bootstrap_ci95(const double *values, size_t count, uint64_t seed,
                                           double *scratch)
{
    double *medians = scratch + count;

    for (size_t i = 0; i < STATS_RESAMPLES; i++)
        medians[i] = resampled_median(values, count, &seed, scratch);
    return percentiles(medians);
}

struct stats_interval stats_bootstrap_ratio_ci95(const double *a, size_t a_count, const double *b,
                                                 size_t b_count, uint64_t seed, double *scratch)
{
    double *ratios = scratch + (a_count > b_count ? a_count : b_count);

    for (size_t i = 0; i < STATS_RESAMPLES; i++) {
        double of_a = resampled_median(a, a_count, &seed, scratch);

        ratios[i] = resampled_median(b, b_count, &seed, scratch) / of_a;
    }
    return percentiles(ratios);
}
