/* SPDX-License-Identifier: MIT */
/*
 * Block I/O jobs in fio's terms: a job keeps `depth` operations in flight and checks every block
 * that it reads.
 */
#ifndef BENCH_BLK_H
#define BENCH_BLK_H

#include "guest/bench/bench.h"
#include "minivmm/hist.h"

/* The benchmarks use at most this many bytes from the start of the disk. */
#define BLK_REGION_BYTES (256ull << 20)

/* The access pattern of a benchmark. */
struct blk_pattern {
    bool random;
    unsigned reads; /* percentage of reads; the rest are writes */
};

struct blk_job {
    const struct disk *disk;
    struct blk_pattern pattern;
    uint64_t bs, blocks; /* block size in bytes; number of blocks in the region */
    unsigned depth;
    uint8_t *buffer; /* depth * bs bytes: one buffer per operation */
    uint32_t *last;  /* per block: generation last written, 0: none by this job; NULL: no writes */
    uint8_t *busy;   /* per block: 1 while in flight; NULL: no writes */

    struct disk_io io[BENCH_IODEPTH_MAX];
    unsigned idle[BENCH_IODEPTH_MAX], idles;
    uint64_t next, random;
    uint32_t generation;

    /* Of the operations that are complete. */
    uint64_t ops, errors;          /* errors: operations that failed */
    uint64_t bad;                  /* operations that returned wrong data */
    uint64_t latency, least, most; /* in ticks: sum, minimum, maximum */
    struct hist hist;              /* in ticks */
};

/*
 * blk_job_begin(): initialise a job. The caller sets disk, pattern, bs, blocks, depth, buffer, last
 * and busy; `last` and `busy` must be zeroed.
 */
void blk_job_begin(struct blk_job *job);

/* blk_job_run(): keep `depth` operations in flight until ticks() reaches `until`. */
void blk_job_run(struct blk_job *job, uint64_t until);

/* blk_job_drain(): wait until no operation is in flight. */
void blk_job_drain(struct blk_job *job);

/* blk_job_forget(): reset the counters and the histogram. */
void blk_job_forget(struct blk_job *job);

/*
 * blk_job_verify(): read back some of the written blocks, into the first buffer. Returns how many
 * of them do not hold the data last written.
 */
uint64_t blk_job_verify(struct blk_job *job);

/* blk_transfer(): perform one operation and wait for it. Returns 0, or the error of the disk. */
unsigned blk_transfer(const struct disk *disk, enum disk_op op, uint64_t offset, void *data,
                      uint32_t bytes);

/*
 * blk_load(): call ready(run), then read and write at random forever. Returns only if that is not
 * possible, after reporting the reason.
 */
void blk_load(struct bench_run *run, const struct disk *disk,
              void (*ready)(const struct bench_run *run));

/*
 * blk_lay_out(): write the pattern to the first `bytes` of the disk unless they hold it already,
 * using `buffer` of BENCH_BS_MAX bytes. Never overwrites data other than the pattern and zeros.
 * Returns NULL, or the reason why the disk cannot be used, with *failed set if it is an I/O error.
 */
const char *blk_lay_out(const struct disk *disk, uint64_t bytes, uint8_t *buffer, bool *failed);

#endif
