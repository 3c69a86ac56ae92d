/* SPDX-License-Identifier: MIT */
/* Linpack: all threads together solve one system of equations. */
#include <stdio.h>

#include "guest/bench/fma.h"
#include "guest/bench/table.h"
#include "guest/kernels/lu.h"

#define SEED         1
#define RESIDUAL_MAX 16.0 /* HPL's threshold */

static void fill(struct team *team, unsigned tid, void *arg)
{
    const struct lu_job *job = arg;
    size_t begin, end;

    team_share(job->n + 1, tid, team->active, &begin, &end);
    matrix_fill(SEED, job->n, begin, end, job->a, job->lda);
}

/* Bytes of memory for a system of n equations. */
static size_t bytes_for(const struct gemm_kernel *kernel, size_t n, unsigned threads)
{
    return lu_stride(kernel, n) * (n + 1) * sizeof(double) + lu_bytes(kernel, n, threads) +
           2 * n * sizeof(double) + 3 * ((size_t)2 << 20);
}

static void run_row(struct bench_run *run, struct lu_job *job, double *scratch)
{
    unsigned samples = run->env->quick ? 3 : 5, threads = run->env->threads;
    double n = (double)job->n, flops = 2.0 / 3 * n * n * n + 3.0 / 2 * n * n;
    double residual = 0;
    char params[CHANNEL_PARAMS_MAX];
    struct row row = {params, threads, "GFLOP/s", "solve", CHANNEL_HIGHER};
    uint64_t start;

    snprintf(params, sizeof(params), "n=%zu,isa=%s", job->n, job->kernel->name);
    row_begin(run, &row);
    start = ticks();
    for (unsigned i = 0; i < samples; i++) {
        uint64_t began;

        team_run(run->env->team, threads, fill, job);
        began = ticks();
        team_run(run->env->team, threads, lu_solve, job);
        row_sample(run, flops / bench_seconds(run, ticks() - began) / 1e9);
    }
    row_end(run, samples, ticks() - start);
    fma_warn_above_bound(run, job->kernel, threads);
    residual = lu_residual(job->n, SEED, job->a + job->n * job->lda, scratch);
    row_check(run, "residual", residual, RESIDUAL_MAX);
}

void linpack_run(struct bench_run *run)
{
    struct lu_job job = {
        .kernel = gemm_kernel(bench_isa(run)),
        .n = bench_arg(run, "n=", run->env->quick ? 3000 : 6000),
    };
    unsigned threads = run->env->threads;
    double *scratch;

    while (job.n > 1 && bytes_for(job.kernel, job.n, threads) > bench_room(run))
        job.n = job.n * 7 / 8;
    job.lda = lu_stride(job.kernel, job.n);
    job.a = bench_alloc(run, job.lda * (job.n + 1) * sizeof(double));
    job.workspace = bench_alloc(run, lu_bytes(job.kernel, job.n, threads));
    scratch = bench_alloc(run, 2 * job.n * sizeof(double));
    if (!job.n || !job.a || !job.workspace || !scratch) {
        bench_skip(run, "not enough memory");
        return;
    }
    run_row(run, &job, scratch);
}
