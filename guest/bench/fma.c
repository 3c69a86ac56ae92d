/* SPDX-License-Identifier: MIT */
/* The multiply-add peak, as a benchmark and as the upper bound of others. */
#include <stdio.h>

#include "guest/bench/fma.h"
#include "guest/bench/table.h"

/* Clock frequencies vary this much over time. */
#define BOUND_SLACK 1.05

struct peak {
    const struct gemm_kernel *kernel;
    uint64_t iterations;
    double flops;    /* of one member */
    double distance; /* largest error of member 0's results so far */
};

static void spin(struct team *team, unsigned tid, void *arg)
{
    struct peak *peak = arg;
    double distance, flops = peak->kernel->peak(peak->iterations, &distance);

    (void)team;
    if (tid)
        return;
    peak->flops = flops;
    if (distance > peak->distance)
        peak->distance = distance;
}

/* One measurement, in GFLOP/s. */
static double measure(struct bench_run *run, struct peak *peak, unsigned threads)
{
    uint64_t began = ticks();

    team_run(run->env->team, threads, spin, peak);
    return peak->flops * threads / bench_seconds(run, ticks() - began) / 1e9;
}

/* Set peak->iterations so that they take about `seconds` on one thread. */
static void calibrate(struct bench_run *run, struct peak *peak, double seconds)
{
    peak->iterations = 1 << 16;
    measure(run, peak, 1); /* power up the vector units */
    peak->iterations =
        (uint64_t)(seconds * measure(run, peak, 1) * 1e9 / peak->flops * (double)peak->iterations);
}

void fma_warn_above_bound(struct bench_run *run, const struct gemm_kernel *kernel, unsigned threads)
{
    struct peak peak = {.kernel = kernel};
    double bound = 0, best = 0;

    calibrate(run, &peak, 0.005);
    for (unsigned i = 0; i < 3; i++) {
        double flops = measure(run, &peak, threads);

        bound = flops > bound ? flops : bound;
    }
    for (unsigned i = 0; i < run->samples; i++)
        best = run->sample[i] > best ? run->sample[i] : best;
    if (best > bound * BOUND_SLACK)
        bench_warn(run, "above_bound",
                   "%s: %.1f GFLOP/s on %u thread%s exceeds the multiply-add peak of %.1f GFLOP/s "
                   "measured in the same run",
                   run->name, best, threads, threads == 1 ? "" : "s", bound);
}

void fma_run(struct bench_run *run)
{
    struct peak peak = {.kernel = gemm_kernel(bench_isa(run))};
    unsigned samples = run->env->quick ? 3 : 7;
    unsigned threads[2], teams = bench_teams(run, threads);
    char params[CHANNEL_PARAMS_MAX];

    snprintf(params, sizeof(params), "isa=%s", peak.kernel->name);
    calibrate(run, &peak, 0.02);
    for (unsigned i = 0; i < teams; i++) {
        struct row row = {params, threads[i], "GFLOP/s", "sample", CHANNEL_HIGHER};
        uint64_t start;

        measure(run, &peak, threads[i]); /* let the clock frequency ramp up */
        row_begin(run, &row);
        start = ticks();
        for (unsigned s = 0; s < samples; s++)
            row_sample(run, measure(run, &peak, threads[i]));
        row_end(run, samples, ticks() - start);
        row_check(run, "distance", peak.distance, 0);
    }
}
