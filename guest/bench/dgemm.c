/* SPDX-License-Identifier: MIT */
/* Matrix multiplication, which dominates Linpack. */
#include <stdio.h>

#include "guest/bench/fma.h"
#include "guest/bench/table.h"
#include "guest/kernels/gemm.h"

#define SEED 1
#define ERROR_MAX \
    1e-14 /* about a hundred units in the last place: rounding errors may have the same sign */

static void fill(struct team *team, unsigned tid, void *arg)
{
    const struct gemm_job *job = arg;
    size_t begin, end;

    team_share(job->n, tid, team->active, &begin, &end);
    matrix_fill(SEED, job->n, begin, end, (double *)job->a, job->lda);
    matrix_fill(SEED + 1, job->n, begin, end, (double *)job->b, job->ldb);
}

static void run_row(struct bench_run *run, struct gemm_job *job, unsigned threads, double *scratch)
{
    unsigned samples = run->env->quick ? 3 : 7;
    double n = (double)job->n;
    char params[CHANNEL_PARAMS_MAX];
    struct row row = {params, threads, "GFLOP/s", "product", CHANNEL_HIGHER};
    uint64_t start, began, ended;

    snprintf(params, sizeof(params), "n=%zu,isa=%s", job->n, job->kernel->name);
    row_begin(run, &row);
    start = ended = ticks();
    for (unsigned i = 0; i < samples; i++) {
        began = ended;
        team_run(run->env->team, threads, gemm, job);
        ended = ticks();
        row_sample(run, 2 * n * n * n / bench_seconds(run, ended - began) / 1e9);
    }
    row_end(run, samples, ended - start);
    fma_warn_above_bound(run, job->kernel, threads);
    row_check(run, "relative_error", gemm_error(job, SEED + 2, scratch), ERROR_MAX);
}

void dgemm_run(struct bench_run *run)
{
    size_t n = bench_arg(run, "n=", run->env->quick ? 1500 : 3000);
    struct gemm_job job = {.kernel = gemm_kernel(bench_isa(run))};
    unsigned threads[2], teams = bench_teams(run, threads);
    double *scratch;

    do {
        job.m = job.n = job.k = job.lda = job.ldb = job.ldc = n;
        n = n * 7 / 8;
    } while (n && 3 * job.n * job.n * sizeof(double) + 6 * job.n * sizeof(double) +
                          gemm_bytes(&job, run->env->threads) + 5 * ((size_t)2 << 20) >
                      bench_room(run));
    job.a = bench_alloc(run, job.n * job.n * sizeof(double));
    job.b = bench_alloc(run, job.n * job.n * sizeof(double));
    job.c = bench_alloc(run, job.n * job.n * sizeof(double));
    job.workspace = bench_alloc(run, gemm_bytes(&job, run->env->threads));
    scratch = bench_alloc(run, 6 * job.n * sizeof(double));
    if (!job.a || !job.b || !job.c || !job.workspace || !scratch) {
        bench_skip(run, "not enough memory");
        return;
    }
    team_run(run->env->team, run->env->threads, fill, &job);
    for (unsigned i = 0; i < teams; i++)
        run_row(run, &job, threads[i], scratch);
}
