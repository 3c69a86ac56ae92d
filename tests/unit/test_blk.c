/* SPDX-License-Identifier: MIT */
/* Block I/O jobs on a disk of memory that can be told to do wrong. */
#include <stdlib.h>
#include <string.h>

#include "guest/bench/blk.h"
#include "guest/bench/pattern.h"
#include "tests/support/suite.h"

#define DISK_BYTES (4u << 20)
#define BS         4096u
#define DEPTH      8u

/* A prime: in step with nothing. */
#define FAULT_EVERY 97u

/* What the disk does to one operation in so many. */
static enum fault {
    NONE,
    OTHER_BLOCK,  /* reads give the next block's data */
    FLIPPED_BYTE, /* and one byte in the middle of a sector is wrong */
    DROPPED,      /* writes are not carried out */
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

static void carry_out(struct disk_io *io)
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

/* All but the first half of what is queued, in turn: out of order, and never all at once. */
static unsigned reap(struct disk_io **done, unsigned max)
{
    unsigned reaped = 0, keep = count / 2;

    for (unsigned i = keep; i < count && reaped < max; i++) {
        carry_out(queued[i]);
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

START_TEST(right_data_is_right)
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

START_TEST(anothers_data_is_found)
{
    set_up(100, true);
    fault = OTHER_BLOCK;
    run();
    ck_assert_uint_ge(job.bad, job.ops / FAULT_EVERY - 10);
    ck_assert_uint_le(job.bad, job.ops / FAULT_EVERY + 10);
    tear_down();
}
END_TEST

/* Of every read only the tags are looked at, and of some the rest. */
START_TEST(a_flipped_byte_is_found_sometimes)
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

START_TEST(a_write_that_was_dropped_is_found)
{
    uint64_t wrong = 0;

    set_up(0, false);
    fault = DROPPED;
    /* Once round: what is dropped is not written again. */
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

/* Other than what is found on a disk, which is only told. */
START_TEST(an_error_of_the_layout_is_a_failure)
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

/* Samples would miss most of these. */
START_TEST(a_single_byte_of_others_is_left_alone)
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

/* A fill that was cut off in the middle of a write. */
START_TEST(a_disk_that_is_half_full_of_the_pattern_is_filled)
{
    set_up(100, true);
    memset(content + 5 * 512, 0, DISK_BYTES - 5 * 512);
    ck_assert_ptr_null(blk_lay_out(&disk, DISK_BYTES, job.buffer, &failed));
    ck_assert(pattern_whole(content, 0, DISK_BYTES / 512));
    tear_down();
}
END_TEST

START_TEST(a_disk_with_the_pattern_is_taken_as_it_is)
{
    uint64_t before;

    set_up(100, true);
    /* Read-only, and not one write. */
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

START_TEST(a_sector_is_its_own)
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

SUITE_MAIN("blk", right_data_is_right, anothers_data_is_found, a_flipped_byte_is_found_sometimes,
           a_write_that_was_dropped_is_found, an_error_is_counted,
           an_error_of_the_layout_is_a_failure, only_an_empty_disk_is_filled,
           a_single_byte_of_others_is_left_alone, a_disk_that_is_half_full_of_the_pattern_is_filled,
           a_disk_with_the_pattern_is_taken_as_it_is, a_sector_is_its_own)
