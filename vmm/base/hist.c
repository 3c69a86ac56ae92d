/* SPDX-License-Identifier: MIT */
#include "vmm/base/hist.h"

/* The middle of a bucket: the inverse of hist_bucket(). */
static uint64_t bucket_middle(unsigned bucket)
{
    unsigned shift;

    if (bucket < 2 * HIST_SUB)
        return bucket;
    shift = (bucket >> HIST_SUB_BITS) - 1;
    return ((uint64_t)(bucket - (shift << HIST_SUB_BITS)) << shift) + (1ull << shift) / 2;
}

void hist_merge(struct hist *into, const struct hist *from)
{
    for (unsigned i = 0; i < HIST_BUCKETS; i++)
        into->count[i] += __atomic_load_n(&from->count[i], __ATOMIC_RELAXED);
}

uint64_t hist_percentile(const struct hist *hist, double percent)
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
            return bucket_middle(i);
    }
    return bucket_middle(HIST_BUCKETS - 1);
}
