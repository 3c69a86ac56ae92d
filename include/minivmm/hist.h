/* SPDX-License-Identifier: MIT */
/*
 * A fixed log-linear histogram of durations in ns, in the manner of HdrHistogram: every power of
 * two is divided into HIST_SUB equal buckets, so that a percentile is right to 1/HIST_SUB of its
 * value. Values below 2 * HIST_SUB are exact; those of 2^HIST_MAX_BITS ns (18 minutes) and more
 * share the last bucket.
 *
 * Adding is a handful of instructions without a branch that is taken rarely; there is one writer,
 * and readers may look on at any time.
 */
#ifndef MINIVMM_HIST_H
#define MINIVMM_HIST_H

#include <stdint.h>

#define HIST_SUB_BITS 4
#define HIST_SUB      (1u << HIST_SUB_BITS)
#define HIST_MAX_BITS 40
#define HIST_BUCKETS  ((HIST_MAX_BITS - HIST_SUB_BITS + 1) * HIST_SUB)

struct hist {
    uint64_t count[HIST_BUCKETS];
};

/* hist_bucket(): the bucket that a value falls into. */
static inline unsigned hist_bucket(uint64_t ns)
{
    unsigned shift;

    if (ns >> HIST_MAX_BITS)
        return HIST_BUCKETS - 1;
    shift = (unsigned)(63 - __builtin_clzll(ns | HIST_SUB)) - HIST_SUB_BITS;
    return (shift << HIST_SUB_BITS) + (unsigned)(ns >> shift);
}

/* hist_add(): count one value; by the histogram's one writer. */
static inline void hist_add(struct hist *hist, uint64_t ns)
{
    uint64_t *count = &hist->count[hist_bucket(ns)];

    __atomic_store_n(count, *count + 1, __ATOMIC_RELAXED);
}

/* hist_merge(): add all of `from` to `into`, which no one else writes. */
static inline void hist_merge(struct hist *into, const struct hist *from)
{
    for (unsigned i = 0; i < HIST_BUCKETS; i++)
        into->count[i] += __atomic_load_n(&from->count[i], __ATOMIC_RELAXED);
}

/* The middle of a bucket: the inverse of hist_bucket(). */
static inline uint64_t hist_middle(unsigned bucket)
{
    unsigned shift;

    if (bucket < 2 * HIST_SUB)
        return bucket;
    shift = (bucket >> HIST_SUB_BITS) - 1;
    return ((uint64_t)(bucket - (shift << HIST_SUB_BITS)) << shift) + (1ull << shift) / 2;
}

/*
 * hist_percentile(): the value that `percent` of all values do not exceed: the middle of its
 * bucket. 0 if the histogram is empty.
 */
static inline uint64_t hist_percentile(const struct hist *hist, double percent)
{
    uint64_t total = 0, rank, seen = 0;

    for (unsigned i = 0; i < HIST_BUCKETS; i++)
        total += hist->count[i];
    if (!total)
        return 0;
    rank = (uint64_t)(percent * (double)total / 100);
    if ((double)rank < percent * (double)total / 100)
        rank++;
    for (unsigned i = 0; i < HIST_BUCKETS; i++) {
        seen += hist->count[i];
        if (seen >= rank && hist->count[i])
            return hist_middle(i);
    }
    return hist_middle(HIST_BUCKETS - 1);
}

#endif
