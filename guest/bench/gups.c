/* SPDX-License-Identifier: MIT */
/* RandomAccess in both variants of its loop, on one and on all threads. */
#include <stdio.h>
#include <string.h>

#include "guest/bench/table.h"
#include "guest/kernels/gups.h"

#define ERROR_MAX 0.01 /* fraction of wrong words, from updates lost between threads */

/* Argument of the team functions. */
struct job {
    struct gups gups;
    uint64_t rounds;
    uint64_t origin[GUPS_STREAMS]; /* starts of the streams */
    uint64_t errors;
};

static void fill(struct team *team, unsigned tid, void *arg)
{
    gups_fill(team, tid, &((struct job *)arg)->gups);
}

static void update(struct team *team, unsigned tid, void *arg)
{
    struct job *job = arg;

    gups_run(team, tid, &job->gups, job->rounds);
}

static void update_forkjoin(struct team *team, unsigned tid, void *arg)
{
    gups_run_forkjoin(team, tid, arg);
}

static void undo(struct team *team, unsigned tid, void *arg)
{
    struct job *job = arg;

    gups_undo(team, tid, &job->gups, job->origin, job->rounds);
    __atomic_fetch_add(&job->errors, gups_errors(team, tid, &job->gups), __ATOMIC_RELAXED);
}

/* Returns a number of rounds that take about `seconds`, from a trial. */
static uint64_t rounds_for(struct bench_run *run, struct job *job, unsigned threads, double seconds)
{
    double took = 0;

    job->rounds = 64;
    while (took < seconds / 20) {
        uint64_t start;

        job->rounds *= 2;
        start = ticks();
        team_run(run->env->team, threads, update, job);
        took = bench_seconds(run, ticks() - start);
    }
    return (uint64_t)((double)job->rounds * seconds / took) + 1;
}

/* The updates of one sample. Returns the rounds done. */
static uint64_t sample_stream(struct bench_run *run, struct job *job, unsigned threads,
                              double seconds)
{
    (void)seconds;
    team_run(run->env->team, threads, update, job);
    return job->rounds;
}

static uint64_t sample_forkjoin(struct bench_run *run, struct job *job, unsigned threads,
                                double seconds)
{
    struct gups_forkjoin forkjoin = {.gups = &job->gups, .ticks = bench_ticks(run, seconds)};

    team_run(run->env->team, threads, update_forkjoin, &forkjoin);
    return forkjoin.rounds;
}

typedef uint64_t (*sample_fn)(struct bench_run *run, struct job *job, unsigned threads,
                              double seconds);

static void run_row(struct bench_run *run, struct job *job, unsigned threads, sample_fn sample)
{
    unsigned samples = run->env->quick ? 5 : 10;
    double seconds = run->env->quick ? 0.05 : 0.15;
    uint64_t start, began, ended, rounds = 0;
    char params[CHANNEL_PARAMS_MAX];
    struct row row = {params, threads, "GUPS", "update", CHANNEL_HIGHER};

    snprintf(params, sizeof(params), "mib=%zu", (size_t)((job->gups.mask + 1) >> 17));
    gups_seek(&job->gups);
    /* Filled twice: the trial needs memory that has been touched, and modifies it. */
    team_run(run->env->team, run->env->threads, fill, job);
    job->rounds = rounds_for(run, job, threads, seconds);
    team_run(run->env->team, run->env->threads, fill, job);
    gups_seek(&job->gups);
    memcpy(job->origin, job->gups.random, sizeof(job->origin));

    row_begin(run, &row);
    start = ended = ticks();
    for (unsigned i = 0; i < samples; i++) {
        uint64_t done;

        began = ended;
        done = sample(run, job, threads, seconds);
        ended = ticks();
        row_sample(run, (double)(done * GUPS_STREAMS) / bench_seconds(run, ended - began) / 1e9);
        rounds += done;
    }
    row_end(run, rounds * GUPS_STREAMS, ended - start);

    job->rounds = rounds;
    job->errors = 0;
    team_run(run->env->team, run->env->threads, undo, job);
    row_check(run, "wrong_share", (double)job->errors / (double)(job->gups.mask + 1),
              threads == 1 ? 0 : ERROR_MAX);
}

static void gups_run_shape(struct bench_run *run, sample_fn sample)
{
    static struct job job;
    unsigned threads[2], teams = bench_teams(run, threads);
    size_t bytes = 1;

    /* The largest power of two of at most half the memory. */
    while (2 * bytes <= run->env->mem_bytes / 2 && 2 * bytes <= bench_room(run))
        bytes *= 2;
    job.gups = (struct gups){
        .table = bench_alloc(run, bytes),
        .mask = bytes / sizeof(uint64_t) - 1,
    };
    if (!job.gups.table || bytes < 4096) {
        bench_skip(run, "not enough memory for the table");
        return;
    }
    for (unsigned i = 0; i < teams; i++)
        run_row(run, &job, threads[i], sample);
}

void gups_stream_run(struct bench_run *run)
{
    gups_run_shape(run, sample_stream);
}

void gups_forkjoin_run(struct bench_run *run)
{
    gups_run_shape(run, sample_forkjoin);
}
