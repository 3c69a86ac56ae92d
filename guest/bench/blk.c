/* SPDX-License-Identifier: MIT */
/* The block I/O benchmarks: their jobs and the rows that they report. */
#include <stdio.h>
#include <string.h>

#include "guest/bench/blk.h"
#include "guest/bench/table.h"

#define KIB 1024u
#define MIB (1024u * KIB)

#define ROWS_MAX (BENCH_LIST_MAX * BENCH_LIST_MAX)

/* A block size and a depth. */
struct cell {
    uint64_t bs, depth;
};

struct blk_bench {
    const char *name;
    struct blk_pattern pattern;
    struct cell cell[3]; /* the cells without bs= and iodepth=, up to the first that is zero */
};

static const struct blk_bench benches[] = {
    {"blk.read", {false, 100}, {{MIB, 2}}},
    {"blk.write", {false, 0}, {{MIB, 2}}},
    {"blk.randread", {true, 100}, {{4 * KIB, 1}, {4 * KIB, 32}}},
    {"blk.randwrite", {true, 0}, {{4 * KIB, 32}}},
    {"blk.randrw", {true, 50}, {{4 * KIB, 32}}},
};

static const uint64_t grid_bs[] = {512, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB};
static const uint64_t grid_depth[] = {1, 2, 4, 8, 16, 32, 64};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct blk_bench *find_bench(const char *name)
{
    unsigned i = 0;

    while (strcmp(benches[i].name, name) != 0)
        i++;
    return &benches[i];
}

/* Each bs= with each iodepth=, or the defaults of the benchmark. Returns the number of cells. */
static unsigned choose_cells(const struct bench_run *run, const struct blk_bench *bench,
                             struct cell cell[ROWS_MAX])
{
    uint64_t bs[BENCH_LIST_MAX] = {4 * KIB}, depth[BENCH_LIST_MAX] = {1};
    unsigned sizes = bench_arg_list(run, "bs=", bs);
    unsigned depths = bench_arg_list(run, "iodepth=", depth);
    unsigned count = 0;

    if (bench_arg_is(run, "grid=", "full")) {
        memcpy(bs, grid_bs, sizeof(grid_bs));
        memcpy(depth, grid_depth, sizeof(grid_depth));
        sizes = COUNT(grid_bs);
        depths = COUNT(grid_depth);
    }
    if (!sizes && !depths) {
        for (; count < COUNT(bench->cell) && bench->cell[count].bs; count++)
            cell[count] = bench->cell[count];
        return count;
    }
    for (unsigned s = 0; s < (sizes ? sizes : 1); s++)
        for (unsigned d = 0; d < (depths ? depths : 1); d++)
            cell[count++] = (struct cell){bs[s], depth[d]};
    return count;
}

static void send_io(const struct bench_run *run, const struct blk_job *job, uint64_t window)
{
    static const double percent[CHANNEL_IO_POINTS] = CHANNEL_IO_PERCENTILES;
    struct channel_record record = {.type = CHANNEL_IO};
    struct channel_io *io = &record.io;

    io->bytes = job->ops * job->bs;
    io->depth = (double)job->latency / (double)window;
    /* Percentiles have the width of a histogram bucket; minimum and maximum are exact. */
    for (unsigned i = 0; i < CHANNEL_IO_POINTS; i++) {
        uint64_t value = hist_percentile(&job->hist, percent[i]);

        value = value < job->least || !i ? job->least : value;
        io->ticks[i] = value > job->most || i == CHANNEL_IO_POINTS - 1 ? job->most : value;
    }
    run->env->send(&record, 1);
}

static void measure(struct bench_run *run, struct blk_job *job)
{
    uint64_t slice = bench_ticks(run, run->env->quick ? 0.02 : 0.05), start, window;
    unsigned slices = run->env->quick ? 5 : 10;
    char params[CHANNEL_PARAMS_MAX];
    struct row row = {params, 1, "IOPS", "I/O", CHANNEL_HIGHER};

    snprintf(params, sizeof(params), "bs=%u,iodepth=%u", (unsigned)job->bs, job->depth);
    blk_job_begin(job);
    blk_job_run(job, ticks() + slice);
    blk_job_drain(job);
    blk_job_forget(job);
    row_begin(run, &row);
    start = ticks();
    for (unsigned i = 0; i < slices; i++) {
        uint64_t before = job->ops, began = ticks();

        blk_job_run(job, began + slice);
        row_sample(run, (double)(job->ops - before) / bench_seconds(run, ticks() - began));
    }
    blk_job_drain(job);
    window = ticks() - start;
    row_end(run, job->ops, window);
    send_io(run, job, window);
    if (!job->errors) {
        row_check(run, "wrong_blocks", (double)(job->bad + blk_job_verify(job)), 0);
        return;
    }
    row_check(run, "io_errors", (double)job->errors, 0);
    bench_fail(run, "I/O error: %lu of %lu request%s failed (%s)", (unsigned long)job->errors,
               (unsigned long)job->ops, job->ops == 1 ? "" : "s", params);
}

/* Whether a job fits the disk; if not, sets *code and writes the reason to `why`. */
static bool fits(const struct disk *disk, const struct cell *cell, uint64_t bytes, char *why,
                 size_t size, const char **code)
{
    *code = NULL;
    if (cell->bs < disk->block_bytes) {
        *code = "block_size";
        snprintf(why, size, "bs=%u is smaller than the block size of the disk, %u",
                 (unsigned)cell->bs, disk->block_bytes);
    } else if (cell->depth > disk->depth) {
        *code = "iodepth";
        snprintf(why, size, "iodepth=%u exceeds the queue depth of the disk, %u",
                 (unsigned)cell->depth, disk->depth);
    } else if (bytes / cell->bs < 2 * cell->depth) {
        *code = "small_disk";
        snprintf(why, size, "the disk is too small for %u blocks of %u bytes",
                 2 * (unsigned)cell->depth, (unsigned)cell->bs);
    }
    return !*code;
}

/* Shared by all jobs of a benchmark. */
struct workspace {
    uint64_t bytes; /* size of the region in use */
    uint8_t *buffer, *busy;
    uint32_t *last;
};

/*
 * Allocate memory for jobs of up to `most` bytes in flight and write the pattern to the disk.
 * Returns 0, or -1 after reporting the reason.
 */
static int prepare(struct bench_run *run, struct workspace *work, const struct disk *disk,
                   unsigned reads, uint64_t most)
{
    const char *why;
    uint64_t blocks;
    bool failed;

    work->bytes = disk->bytes < BLK_REGION_BYTES ? disk->bytes : BLK_REGION_BYTES;
    blocks = work->bytes / BENCH_BS_MIN;
    work->buffer = bench_alloc(run, most > BENCH_BS_MAX ? most : BENCH_BS_MAX);
    if (reads < 100) {
        work->last = bench_alloc(run, blocks * sizeof(*work->last));
        work->busy = bench_alloc(run, blocks * sizeof(*work->busy));
    }
    if (!work->buffer || (reads < 100 && (!work->last || !work->busy))) {
        bench_skip(run, "not enough memory");
        return -1;
    }
    why = blk_lay_out(disk, work->bytes, work->buffer, &failed);
    if (why)
        (failed ? bench_fail : bench_skip)(run, "%s", why);
    return why ? -1 : 0;
}

static struct blk_job job_of(const struct workspace *work, const struct disk *disk,
                             struct blk_pattern pattern, const struct cell *cell)
{
    uint64_t blocks = work->bytes / cell->bs;

    if (work->last) {
        memset(work->last, 0, blocks * sizeof(*work->last));
        memset(work->busy, 0, blocks * sizeof(*work->busy));
    }
    return (struct blk_job){
        .disk = disk,
        .pattern = pattern,
        .bs = cell->bs,
        .blocks = blocks,
        .depth = (unsigned)cell->depth,
        .buffer = work->buffer,
        .last = work->last,
        .busy = work->busy,
    };
}

/* Static because it is large; only one job exists at a time. */
static struct blk_job job;

static void run_cells(struct bench_run *run, const struct disk *disk, const struct blk_bench *bench,
                      const struct cell *cell, unsigned cells)
{
    struct workspace work = {0};
    unsigned measured = 0;
    uint64_t most = 0;
    const char *code;
    char why[160];

    for (unsigned i = 0; i < cells; i++)
        most = cell[i].bs * cell[i].depth > most ? cell[i].bs * cell[i].depth : most;
    if (prepare(run, &work, disk, bench->pattern.reads, most))
        return;
    for (unsigned i = 0; i < cells; i++) {
        if (!fits(disk, &cell[i], work.bytes, why, sizeof(why), &code)) {
            bench_warn(run, code, "%s: %s", run->name, why);
            continue;
        }
        job = job_of(&work, disk, bench->pattern, &cell[i]);
        measure(run, &job);
        measured++;
    }
    if (!measured)
        bench_skip(run, "%s", why);
}

void blk_load(struct bench_run *run, const struct disk *disk,
              void (*ready)(const struct bench_run *run))
{
    static const struct blk_pattern pattern = {true, 50};
    const struct cell cell = {4 * KIB, disk->depth < 32 ? disk->depth : 32};
    struct workspace work = {0};

    if (disk->read_only) {
        bench_skip(run, "the disk is read-only");
        return;
    }
    if (prepare(run, &work, disk, pattern.reads, 0))
        return;
    if (work.bytes / cell.bs < 2 * cell.depth) {
        bench_skip(run, "the disk is too small");
        return;
    }
    job = job_of(&work, disk, pattern, &cell);
    blk_job_begin(&job);
    ready(run);
    for (;;)
        blk_job_run(&job, UINT64_MAX);
}

void blk_run(struct bench_run *run)
{
    const struct blk_bench *bench = find_bench(run->name);
    const char *why = "there is no disk";
    const struct disk *disk = run->env->disk_open(&why);
    struct cell cell[ROWS_MAX];

    if (!disk) {
        bench_skip(run, "%s", why);
        return;
    }
    if (disk->read_only && bench->pattern.reads < 100)
        bench_skip(run, "the disk is read-only");
    else
        run_cells(run, disk, bench, cell, choose_cells(run, bench, cell));
    run->env->disk_close();
}
