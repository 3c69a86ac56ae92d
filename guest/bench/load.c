/* SPDX-License-Identifier: MIT */
/*
 * What goes on until the run is stopped: neighbours that take all they can get of something, and
 * one that only waits. Nothing is measured; each says that it is ready.
 */
#include <string.h>

#include "guest/bench/blk.h"
#include "guest/bench/table.h"
#include "guest/kernels/gemm.h"
#include "guest/kernels/stream.h"

#define READY "ready\n"

/* Of each thread's arrays: more than its share of any cache. */
#define ARRAY_BYTES ((size_t)64 << 20)

static void say_ready(const struct bench_run *run)
{
    struct channel_record record = {.type = CHANNEL_LOG};

    memcpy(record.log.text, READY, sizeof(READY));
    run->env->send(&record, 1);
}

void load_idle_run(struct bench_run *run)
{
    static uint32_t never;

    say_ready(run);
    for (;;)
        run->env->team->sleep->wait(&never, 0);
}

static void multiply(struct team *team, unsigned tid, void *arg)
{
    const struct gemm_kernel *kernel = arg;
    double distance;

    (void)team, (void)tid;
    for (;;)
        kernel->peak(1 << 20, &distance);
}

void load_cpu_run(struct bench_run *run)
{
    say_ready(run);
    team_run(run->env->team, run->env->threads, multiply, (void *)gemm_kernel(bench_isa(run)));
}

struct arrays {
    double *base;
    size_t n; /* of each of a thread's three */
    stream_fn kernel;
};

static void stream_on(struct team *team, unsigned tid, void *arg)
{
    const struct arrays *arrays = arg;
    double *own = arrays->base + 3 * arrays->n * tid;

    (void)team;
    for (;;)
        arrays->kernel(own, own + arrays->n, own + 2 * arrays->n, 3.0, arrays->n);
}

void load_memory_run(struct bench_run *run)
{
    size_t room = bench_room(run) / (3 * run->env->threads);
    size_t bytes = (room < ARRAY_BYTES ? room : ARRAY_BYTES) & ~(size_t)4095;
    struct arrays arrays = {
        .base = bench_alloc(run, 3 * bytes * run->env->threads),
        .n = bytes / sizeof(double),
        .kernel = stream_kernel(bench_isa(run), STREAM_TRIAD, STREAM_PLAIN),
    };

    if (!arrays.base || !bytes) {
        bench_skip(run, "not enough memory");
        return;
    }
    say_ready(run);
    team_run(run->env->team, run->env->threads, stream_on, &arrays);
}

void load_disk_run(struct bench_run *run)
{
    const char *why = "there is no disk";
    const struct disk *disk = run->env->disk_open(&why);

    if (disk)
        blk_load(run, disk, say_ready);
    else
        bench_skip(run, "%s", why);
}
