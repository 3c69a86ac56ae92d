/* SPDX-License-Identifier: MIT */
/*
 * Block I/O jobs: so many operations in flight, all the time, in fio's words; every block that is
 * read is checked.
 */
#ifndef BENCH_BLK_H
#define BENCH_BLK_H

#include "guest/bench/bench.h"
#include "vmm/base/hist.h"

/* What the benchmarks use of a disk, at most. */
#define BLK_REGION_BYTES (256ull << 20)

/* What a benchmark does. */
struct blk_pattern {
    bool random;
    unsigned reads; /* in percent of all operations; the rest are writes */
};

struct blk_job {
    const struct disk *disk;
    struct blk_pattern pattern;
    uint64_t bs, blocks; /* of the region */
    unsigned depth;
    uint8_t *buffer; /* depth * bs, each filled with the pattern */
    uint32_t *last; /* by block: the generation last written; 0: not by this job; NULL: no writes */
    uint8_t *busy;  /* by block: it is in flight; NULL: no writes */

    struct disk_io io[BENCH_IODEPTH_MAX];
    unsigned idle[BENCH_IODEPTH_MAX], idles;
    uint64_t next, random;
    uint32_t generation;

    /* Of the operations that are complete. */
    uint64_t ops, errors;          /* errors: ended with one */
    uint64_t bad;                  /* ended with other data than they should */
    uint64_t latency, least, most; /* ticks: their sum, and its extremes */
    struct hist hist;              /* in ticks */
};

/*
 * blk_job_begin(): nothing in flight; disk, pattern, bs, blocks, depth and the memory are set by
 * the caller, the tables being all zeros.
 */
void blk_job_begin(struct blk_job *job);

/* blk_job_run(): keep `depth` operations in flight until the clock shows `until`. */
void blk_job_run(struct blk_job *job, uint64_t until);

/* blk_job_drain(): until nothing is in flight. */
void blk_job_drain(struct blk_job *job);

/* blk_job_forget(): count from here on. */
void blk_job_forget(struct blk_job *job);

/*
 * blk_job_verify(): read some of the blocks that were written, into the first buffer. Returns how
 * many are not what was last written.
 */
uint64_t blk_job_verify(struct blk_job *job);

/* blk_transfer(): one operation, waited for. Returns 0, or the error. */
unsigned blk_transfer(const struct disk *disk, enum disk_op op, uint64_t offset, void *data,
                      uint32_t bytes);

/*
 * blk_load(): random reads and writes without end, after ready(run). Returns only if that is not
 * possible, when it has said why.
 */
void blk_load(struct bench_run *run, const struct disk *disk,
              void (*ready)(const struct bench_run *run));

/*
 * blk_lay_out(): make the first `bytes` of the disk hold the pattern, by way of `buffer` of
 * BENCH_BS_MAX bytes, unless it does already. Data that is neither the pattern nor zeros is left
 * alone. Returns NULL, or why it cannot be used, with *failed if that is an I/O error.
 */
const char *blk_lay_out(const struct disk *disk, uint64_t bytes, uint8_t *buffer, bool *failed);

#endif
