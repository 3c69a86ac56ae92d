/* SPDX-License-Identifier: MIT */
#include "guest/bench/blk.h"
#include "guest/bench/pattern.h"

/* Of every read some tags are checked, and of one in so many all of it. */
#define WHOLE_EVERY 64u

/* How much is read again after writing. */
#define VERIFY_BLOCKS 1024u
#define VERIFY_BYTES  (64ull << 20)

/* Numbers that only have to be spread, the same in every run (Marsaglia's xorshift). */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static uint64_t sectors_of(const struct blk_job *job)
{
    return job->bs / PATTERN_SECTOR_BYTES;
}

void blk_job_begin(struct blk_job *job)
{
    job->idles = 0;
    for (unsigned i = 0; i < job->depth; i++) {
        job->io[i].data = job->buffer + i * job->bs;
        job->idle[job->idles++] = i;
        pattern_fill(job->io[i].data, 0, sectors_of(job), 0);
    }
    job->next = 0;
    job->random = 0x2545f4914f6cdd1dull;
    job->generation = 0;
    blk_job_forget(job);
}

void blk_job_forget(struct blk_job *job)
{
    job->ops = job->errors = job->bad = job->latency = job->most = 0;
    job->least = UINT64_MAX;
    job->hist = (struct hist){{0}};
}

/* Blocks that are written are not in flight twice, so that what is found can be told. */
static uint64_t choose_block(struct blk_job *job)
{
    uint64_t block = job->next++ % job->blocks;

    if (job->pattern.random)
        block = (uint64_t)((unsigned __int128)next_random(&job->random) * job->blocks >> 64);
    while (job->busy && job->busy[block])
        block = (block + 1) % job->blocks;
    return block;
}

static void queue(struct blk_job *job, uint64_t now)
{
    struct disk_io *io = &job->io[job->idle[--job->idles]];
    uint64_t block = choose_block(job), sector = block * sectors_of(job);
    bool read =
        job->pattern.reads == 100 || (job->pattern.reads && next_random(&job->random) >> 32 & 1);

    io->op = read ? DISK_READ : DISK_WRITE;
    io->bytes = (uint32_t)job->bs;
    io->offset = block * job->bs;
    io->start = now;
    if (job->busy)
        job->busy[block] = 1;
    if (!read) {
        job->last[block] = ++job->generation;
        pattern_stamp(io->data, sector, sectors_of(job), job->generation);
    }
    job->disk->queue(io);
}

static bool is_right(const struct blk_job *job, const struct disk_io *io)
{
    uint64_t sector = io->offset / PATTERN_SECTOR_BYTES;

    if (io->op != DISK_READ || !job->disk->keeps_data)
        return true;
    return job->ops % WHOLE_EVERY ? pattern_tagged(io->data, sector, sectors_of(job), job->ops)
                                  : pattern_whole(io->data, sector, sectors_of(job));
}

static void finish(struct blk_job *job, struct disk_io *io, uint64_t now)
{
    uint64_t latency = now - io->start;

    if (io->error)
        job->errors++;
    else
        job->bad += !is_right(job, io);
    job->ops++;
    job->latency += latency;
    job->least = latency < job->least ? latency : job->least;
    job->most = latency > job->most ? latency : job->most;
    hist_add(&job->hist, latency);
    if (job->busy)
        job->busy[io->offset / job->bs] = 0;
    job->idle[job->idles++] = (unsigned)(io - job->io);
}

static void reap(struct blk_job *job)
{
    struct disk_io *done[BENCH_IODEPTH_MAX];
    unsigned count = job->disk->reap(done, BENCH_IODEPTH_MAX);
    uint64_t now;

    if (!count) {
        job->disk->wait();
        return;
    }
    now = ticks();
    for (unsigned i = 0; i < count; i++)
        finish(job, done[i], now);
}

void blk_job_run(struct blk_job *job, uint64_t until)
{
    for (uint64_t now = ticks(); now < until; now = ticks()) {
        while (job->idles)
            queue(job, now);
        reap(job);
    }
}

void blk_job_drain(struct blk_job *job)
{
    while (job->idles < job->depth)
        reap(job);
}

unsigned blk_transfer(const struct disk *disk, enum disk_op op, uint64_t offset, void *data,
                      uint32_t bytes)
{
    struct disk_io io = {.op = op, .bytes = bytes, .offset = offset, .data = data}, *done;

    disk->queue(&io);
    while (!disk->reap(&done, 1))
        disk->wait();
    return io.error;
}

uint64_t blk_job_verify(struct blk_job *job)
{
    uint64_t wrong = 0, limit = VERIFY_BYTES / job->bs, verified = 0;

    if (!job->last || !job->disk->keeps_data)
        return 0;
    limit = limit < VERIFY_BLOCKS ? limit : VERIFY_BLOCKS;
    for (uint64_t block = 0; block < job->blocks && verified < limit; block++) {
        if (!job->last[block])
            continue;
        verified++;
        wrong +=
            blk_transfer(job->disk, DISK_READ, block * job->bs, job->buffer, (uint32_t)job->bs) ||
            !pattern_whole(job->buffer, block * sectors_of(job), sectors_of(job)) ||
            !pattern_is_generation(job->buffer, sectors_of(job), job->last[block]);
    }
    return wrong;
}

/* What sectors hold: all their pattern; some of them nothing; some of them something else. */
enum content { CONTENT_PATTERN, CONTENT_EMPTY, CONTENT_OTHER, CONTENT_ERROR };

static enum content look(const struct disk *disk, uint64_t offset, uint8_t *buffer, uint32_t bytes)
{
    enum content content = CONTENT_PATTERN;

    if (blk_transfer(disk, DISK_READ, offset, buffer, bytes))
        return CONTENT_ERROR;
    for (uint32_t at = 0; at < bytes; at += PATTERN_SECTOR_BYTES) {
        if (pattern_whole(buffer + at, (offset + at) / PATTERN_SECTOR_BYTES, 1))
            continue;
        if (!pattern_empty(buffer + at, 1))
            return CONTENT_OTHER;
        content = CONTENT_EMPTY;
    }
    return content;
}

/* The beginning, and blocks all over, the last among them. */
static enum content survey(const struct disk *disk, uint64_t bytes, uint8_t *buffer)
{
    uint32_t part = bytes < BENCH_BS_MAX ? (uint32_t)bytes : BENCH_BS_MAX;
    enum content worst = look(disk, 0, buffer, part), found;
    uint32_t block = disk->block_bytes;
    uint64_t random = 1, blocks = bytes / block;

    for (unsigned i = 0; i < 256; i++) {
        uint64_t at = i ? next_random(&random) % blocks : blocks - 1;

        found = look(disk, at * block, buffer, block);
        worst = found > worst ? found : worst;
    }
    return worst;
}

/* All of it, which takes its time: before it is written to for the first time. */
static enum content search(const struct disk *disk, uint64_t bytes, uint8_t *buffer)
{
    enum content worst = CONTENT_PATTERN;

    for (uint64_t at = 0; at < bytes && worst < CONTENT_OTHER; at += BENCH_BS_MAX) {
        uint32_t part = bytes - at < BENCH_BS_MAX ? (uint32_t)(bytes - at) : BENCH_BS_MAX;
        enum content found = look(disk, at, buffer, part);

        worst = found > worst ? found : worst;
    }
    return worst;
}

static const char *fill(const struct disk *disk, uint64_t bytes, uint8_t *buffer, bool *failed)
{
    uint64_t sectors = BENCH_BS_MAX / PATTERN_SECTOR_BYTES;

    *failed = true;
    pattern_fill(buffer, 0, sectors, 0);
    for (uint64_t at = 0; at < bytes; at += BENCH_BS_MAX) {
        uint32_t part = bytes - at < BENCH_BS_MAX ? (uint32_t)(bytes - at) : BENCH_BS_MAX;

        pattern_stamp(buffer, at / PATTERN_SECTOR_BYTES, part / PATTERN_SECTOR_BYTES, 0);
        if (blk_transfer(disk, DISK_WRITE, at, buffer, part))
            return "I/O error: a write failed while the disk was filled with data to check";
    }
    if (blk_transfer(disk, DISK_FLUSH, 0, buffer, 0))
        return "I/O error: a flush failed";
    *failed = false;
    return NULL;
}

const char *blk_lay_out(const struct disk *disk, uint64_t bytes, uint8_t *buffer, bool *failed)
{
    enum content content;

    *failed = false;
    if (!disk->keeps_data)
        return NULL;
    content = survey(disk, bytes, buffer);
    if (content == CONTENT_EMPTY && !disk->read_only)
        content = search(disk, bytes, buffer);
    switch (content) {
    case CONTENT_PATTERN:
        return NULL;
    case CONTENT_EMPTY:
        return disk->read_only ? "the disk is read-only, and holds no data to check"
                               : fill(disk, bytes, buffer, failed);
    case CONTENT_OTHER:
        return "the disk holds other data, which is left alone; give an empty one";
    default:
        *failed = true;
        return "I/O error: a read failed";
    }
}
