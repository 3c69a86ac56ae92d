/* SPDX-License-Identifier: MIT */
/* The four loops of STREAM, with ordinary and non-temporal stores, on one and on all threads. */
#include <stdio.h>

#include "guest/bench/table.h"
#include "guest/kernels/stream.h"

#define SCALAR      3.0
#define CACHE_TIMES 4 /* least size of an array, in multiples of the last-level cache */
#define LLC_UNKNOWN ((size_t)32 << 20)
#define ERROR_MAX   1e-13

struct stream {
    stream_fn kernel;
    double *dst, *x, *y;
    size_t n;
};

/* The share of a member in the arrays, in whole blocks. Returns its number of elements. */
static size_t share(const struct team *team, unsigned tid, size_t n, size_t *begin)
{
    size_t end;

    team_share(n / STREAM_BLOCK, tid, team->active, begin, &end);
    *begin *= STREAM_BLOCK;
    return end * STREAM_BLOCK - *begin;
}

static void fill(struct team *team, unsigned tid, void *arg)
{
    struct stream *stream = arg;
    size_t begin, n = share(team, tid, stream->n, &begin);

    for (size_t i = begin; i < begin + n; i++) {
        stream->dst[i] = 0;
        stream->x[i] = 1;
        stream->y[i] = 2;
    }
}

static void pass(struct team *team, unsigned tid, void *arg)
{
    const struct stream *stream = arg;
    size_t begin, n = share(team, tid, stream->n, &begin);

    stream->kernel(stream->dst + begin, stream->x + begin, stream->y + begin, SCALAR, n);
}

/* The value of every element after a pass, by scalar arithmetic. */
static double expected(enum stream_op op)
{
    static const double x = 1, y = 2;

    switch (op) {
    case STREAM_COPY:
        return x;
    case STREAM_SCALE:
        return SCALAR * x;
    case STREAM_ADD:
        return x + y;
    default:
        return x + SCALAR * y;
    }
}

/* The largest relative error of any element. */
static double largest_error(const struct stream *stream, double right)
{
    double largest = 0;

    for (size_t i = 0; i < stream->n; i++) {
        double error = stream->dst[i] > right ? stream->dst[i] - right : right - stream->dst[i];

        /* Negated so that a NaN is reported. */
        if (!(error / right <= largest))
            largest = error / right;
    }
    return largest;
}

static void run_row(struct bench_run *run, struct stream *stream, enum stream_op op,
                    enum stream_store store, unsigned threads)
{
    static const char *const store_name[] = {[STREAM_PLAIN] = "plain", [STREAM_NT] = "nt"};
    enum isa isa = bench_isa(run);
    double budget = run->env->quick ? 0.1 : 1.0, bytes = stream_bytes(op) * (double)stream->n;
    unsigned passes = 0, at_least = run->env->quick ? 6 : 10;
    uint64_t start, began, ended;
    char params[CHANNEL_PARAMS_MAX];
    struct row row = {params, threads, "GB/s", "pass", CHANNEL_HIGHER};

    snprintf(params, sizeof(params), "store=%s", store_name[store]);
    stream->kernel = stream_kernel(isa, op, store);
    team_run(run->env->team, run->env->threads, fill, stream);
    /* The first pass is a warm-up. */
    team_run(run->env->team, threads, pass, stream);

    row_begin(run, &row);
    start = ended = ticks();
    do {
        began = ended;
        team_run(run->env->team, threads, pass, stream);
        ended = ticks();
        row_sample(run, bytes / bench_seconds(run, ended - began) / 1e9);
        passes++;
    } while (passes < ROW_SAMPLES_MAX &&
             (passes < at_least || bench_seconds(run, ended - start) < budget));
    row_end(run, passes, ended - start);
    row_check(run, "relative_error", largest_error(stream, expected(op)), ERROR_MAX);
}

static void stream_run(struct bench_run *run, enum stream_op op)
{
    size_t llc = run->env->llc ? run->env->llc : LLC_UNKNOWN, wanted = CACHE_TIMES * llc;
    size_t room = bench_room(run) / 3 & ~(((size_t)2 << 20) - 1);
    size_t bytes = wanted < room ? wanted : room;
    struct stream stream = {.n = bytes / sizeof(double)};
    unsigned threads[2], teams = bench_teams(run, threads);

    if (!bytes) {
        bench_skip(run, "not enough memory for three arrays");
        return;
    }
    if (bytes < wanted)
        bench_warn(run, "small_arrays",
                   "%s: the arrays, %zu MiB each, are less than %d times the last-level cache "
                   "(%zu MiB); increase --mem",
                   run->name, bytes >> 20, CACHE_TIMES, llc >> 20);
    stream.dst = bench_alloc(run, bytes);
    stream.x = bench_alloc(run, bytes);
    stream.y = bench_alloc(run, bytes);
    for (unsigned store = 0; store < STREAM_STORES; store++)
        for (unsigned i = 0; i < teams; i++)
            run_row(run, &stream, op, store, threads[i]);
}

void stream_copy_run(struct bench_run *run)
{
    stream_run(run, STREAM_COPY);
}

void stream_scale_run(struct bench_run *run)
{
    stream_run(run, STREAM_SCALE);
}

void stream_add_run(struct bench_run *run)
{
    stream_run(run, STREAM_ADD);
}

void stream_triad_run(struct bench_run *run)
{
    stream_run(run, STREAM_TRIAD);
}
