/* SPDX-License-Identifier: MIT */
/* Block I/O jobs on a disk in memory with fault injection. */
#include <stdlib.h>
#include <string.h>

#include "guest/bench/blk.h"
#include "guest/bench/pattern.h"
#include "tests/support/suite.h"

#define DISK_BYTES (4u << 20)
#define BS         4096u
#define DEPTH      8u

/* A prime, so that no access pattern is in step with it. */
#define FAULT_EVERY 97u

/* The fault injected into every FAULT_EVERY-th operation. */
static enum fault {
    NONE,
    OTHER_BLOCK,  /* reads give the next block's data */
    FLIPPED_BYTE, /* reads give a wrong byte in the middle of a sector */
    DROPPED,      /* writes have no effect */
    ERROR,
} fault;

static uint8_t *content;
static struct disk_io *queued[DISK_DEPTH_MAX];
static unsigned count, most_queued;
static uint64_t operations;
static bool failed;

static void queue(struct disk_io *io)
{
    queued[count++] = io;
    most_queued = count > most_queued ? count : most_queued;
}

static void execute(struct disk_io *io)
{
    bool now = ++operations % FAULT_EVERY == 0;
    uint64_t offset = io->offset;

    ck_assert_uint_le(offset + io->bytes, DISK_BYTES);
    io->error = now && fault == ERROR;
    if (io->op == DISK_READ) {
        if (now && fault == OTHER_BLOCK)
            offset = (offset + io->bytes) % DISK_BYTES;
        memcpy(io->data, content + offset, io->bytes);
        if (now && fault == FLIPPED_BYTE)
            ((uint8_t *)io->data)[700] ^= 1;
    } else if (io->op == DISK_WRITE && !(now && fault == DROPPED)) {
        memcpy(content + offset, io->data, io->bytes);
    }
}

/* Complete the second half of the queue: out of order, and never all at once. */
static unsigned reap(struct disk_io **done, unsigned max)
{
    unsigned reaped = 0, keep = count / 2;

    for (unsigned i = keep; i < count && reaped < max; i++) {
        execute(queued[i]);
        done[reaped++] = queued[i];
    }
    count -= reaped;
    return reaped;
}

static void nothing(void)
{
}

static struct disk disk;
static struct blk_job job;

static void set_up(unsigned reads, bool random)
{
    uint64_t blocks = DISK_BYTES / BS;

    fault = NONE;
    count = most_queued = 0;
    operations = 0;
    content = calloc(1, DISK_BYTES);
    disk = (struct disk){
        .bytes = DISK_BYTES,
        .block_bytes = 512,
        .depth = DISK_DEPTH_MAX,
        .keeps_data = true,
        .queue = queue,
        .reap = reap,
        .wait = nothing,
    };
    job = (struct blk_job){
        .disk = &disk,
        .pattern = {random, reads},
        .bs = BS,
        .blocks = blocks,
        .depth = DEPTH,
        .buffer = malloc(BENCH_BS_MAX),
    };
    if (reads < 100) {
        job.last = calloc(blocks, sizeof(*job.last));
        job.busy = calloc(blocks, 1);
    }
    ck_assert_ptr_null(blk_lay_out(&disk, DISK_BYTES, job.buffer, &failed));
    blk_job_begin(&job);
}

static void tear_down(void)
{
    free(job.buffer);
    free(job.last);
    free(job.busy);
    free(content);
}

/* Some thousands of operations. */
static void run(void)
{
    while (job.ops < 5000)
        blk_job_run(&job, ticks() + 100000);
    blk_job_drain(&job);
}

START_TEST(intact_data_passes)
{
    static const unsigned reads[] = {100, 0, 50};

    for (unsigned i = 0; i < 6; i++) {
        set_up(reads[i % 3], i >= 3);
        run();
        ck_assert_uint_ge(job.ops, 5000);
        ck_assert_uint_eq(job.bad, 0);
        ck_assert_uint_eq(blk_job_verify(&job), 0);
        ck_assert_uint_eq(job.idles, DEPTH);
        ck_assert_uint_eq(most_queued, DEPTH);
        ck_assert(job.least <= job.most && job.latency >= job.ops * job.least);
        tear_down();
    }
}
END_TEST

START_TEST(another_blocks_data_is_detected)
{
    set_up(100, true);
    fault = OTHER_BLOCK;
    run();
    ck_assert_uint_ge(job.bad, job.ops / FAULT_EVERY - 10);
    ck_assert_uint_le(job.bad, job.ops / FAULT_EVERY + 10);
    tear_down();
}
END_TEST

/* Each read's tags are checked, and the rest of some reads. */
START_TEST(a_flipped_byte_is_detected_eventually)
{
    set_up(100, true);
    fault = FLIPPED_BYTE;
    while (!job.bad && job.ops < 10000000)
        blk_job_run(&job, ticks() + 100000);
    blk_job_drain(&job);
    ck_assert_uint_gt(job.bad, 0);
    tear_down();
}
END_TEST

START_TEST(a_dropped_write_is_detected)
{
    uint64_t wrong = 0;

    set_up(0, false);
    fault = DROPPED;
    /* One pass, so that no dropped write is repeated. */
    while (job.ops + DEPTH < job.blocks - 100)
        blk_job_run(&job, ticks() + 10000);
    blk_job_drain(&job);
    ck_assert_uint_eq(job.bad, 0);
    fault = NONE;
    wrong = blk_job_verify(&job);
    ck_assert_uint_ge(wrong, (job.blocks - 120) / FAULT_EVERY - 1);
    tear_down();
}
END_TEST

START_TEST(an_error_is_counted)
{
    set_up(50, true);
    fault = ERROR;
    run();
    ck_assert_uint_ge(job.errors, job.ops / FAULT_EVERY - 10);
    ck_assert_uint_eq(job.bad, 0);
    tear_down();
}
END_TEST

/* Unlike other data on the disk, which skips the benchmark. */
START_TEST(an_io_error_of_the_fill_is_a_failure)
{
    const char *why;

    set_up(0, true);
    fault = ERROR;
    memset(content, 0, DISK_BYTES);
    why = blk_lay_out(&disk, DISK_BYTES, job.buffer, &failed);
    ck_assert_msg(why && strstr(why, "I/O error: a "), "%s", why);
    ck_assert(failed);
    fault = NONE;
    ck_assert_ptr_null(blk_lay_out(&disk, DISK_BYTES, job.buffer, &failed));
    ck_assert(!failed);
    tear_down();
}
END_TEST

START_TEST(only_an_empty_disk_is_filled)
{
    static const uint64_t places[] = {0, 600 << 10, DISK_BYTES - 512};
    uint8_t *before = malloc(DISK_BYTES);

    for (unsigned i = 0; i < 3; i++) {
        const char *why;

        set_up(100, true);
        memset(content, 0, DISK_BYTES);
        content[places[i]] = 'x';
        memcpy(before, content, DISK_BYTES);
        why = blk_lay_out(&disk, DISK_BYTES, job.buffer, &failed);
        ck_assert(why && strstr(why, "other data"));
        ck_assert_mem_eq(before, content, DISK_BYTES);
        tear_down();
    }
    free(before);
}
END_TEST

/* The check reads all of the disk: samples would miss most of these bytes. */
START_TEST(a_single_foreign_byte_is_not_overwritten)
{
    set_up(100, true);
    memset(content, 0, DISK_BYTES);
    for (uint64_t place = BENCH_BS_MAX + 77; place < DISK_BYTES; place += 99991) {
        const char *why;

        content[place] = 'x';
        why = blk_lay_out(&disk, DISK_BYTES, job.buffer, &failed);
        ck_assert_msg(why && strstr(why, "other data"), "at %llu", (unsigned long long)place);
        ck_assert_uint_eq(content[place], 'x');
        content[place] = 0;
    }
    tear_down();
}
END_TEST

/* A fill that was interrupted in the middle of a write. */
START_TEST(an_interrupted_fill_is_completed)
{
    set_up(100, true);
    memset(content + 5 * 512, 0, DISK_BYTES - 5 * 512);
    ck_assert_ptr_null(blk_lay_out(&disk, DISK_BYTES, job.buffer, &failed));
    ck_assert(pattern_whole(content, 0, DISK_BYTES / 512));
    tear_down();
}
END_TEST

START_TEST(a_disk_with_the_pattern_is_not_written)
{
    uint64_t before;

    set_up(100, true);
    /* Read-only, and no writes. */
    disk.read_only = true;
    fault = DROPPED;
    before = operations;
    ck_assert_ptr_null(blk_lay_out(&disk, DISK_BYTES, job.buffer, &failed));
    ck_assert_uint_le(operations - before, 300);
    memset(content, 0, DISK_BYTES);
    ck_assert(strstr(blk_lay_out(&disk, DISK_BYTES, job.buffer, &failed), "read-only"));
    tear_down();
}
END_TEST

START_TEST(patterns_identify_sector_and_generation)
{
    static uint64_t data[4][64];

    pattern_fill(data, 10, 4, 3);
    ck_assert(pattern_whole(data, 10, 4) && pattern_tagged(data, 10, 4, 1));
    ck_assert(pattern_is_generation(data, 4, 3) && !pattern_is_generation(data, 4, 2));
    ck_assert(!pattern_tagged(data, 11, 4, 1) && !pattern_empty(data, 4));
    data[3][63] ^= 1ull << 63;
    ck_assert(pattern_tagged(data, 10, 4, 1) && !pattern_whole(data, 10, 4));
    pattern_fill(data, 10, 4, 3);
    data[2][0] ^= 1;
    ck_assert(pattern_tagged(data, 10, 4, 1) && !pattern_tagged(data, 10, 4, 2));
    ck_assert(!pattern_tagged(data, 10, 4, 6) && !pattern_whole(data, 10, 4));
    memset(data, 0, sizeof(data));
    ck_assert(pattern_empty(data, 4) && !pattern_tagged(data, 10, 4, 1));
    data[3][63] = 1;
    ck_assert(!pattern_empty(data, 4));
}
END_TEST

SUITE_MAIN("blk", intact_data_passes, another_blocks_data_is_detected,
           a_flipped_byte_is_detected_eventually, a_dropped_write_is_detected, an_error_is_counted,
           an_io_error_of_the_fill_is_a_failure, only_an_empty_disk_is_filled,
           a_single_foreign_byte_is_not_overwritten, an_interrupted_fill_is_completed,
           a_disk_with_the_pattern_is_not_written, patterns_identify_sector_and_generation)
