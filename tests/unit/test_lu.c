/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "guest/kernels/lu.h"
#include "tests/support/suite.h"
#include "tests/unit/threads.h"

#define RESIDUAL_MAX 16

static double *room(size_t bytes)
{
    double *data = aligned_alloc(KERNEL_CACHE_LINE, gemm_round_up(bytes, KERNEL_CACHE_LINE));

    ck_assert(data != NULL);
    memset(data, 0xff, bytes);
    return data;
}

/* The random system `seed`, with NaN as padding. */
static struct lu_job make_job(enum isa isa, size_t n, uint64_t seed, unsigned threads)
{
    struct lu_job job = {.kernel = gemm_kernel(isa), .n = n};

    job.lda = lu_stride(job.kernel, n);
    job.a = room(job.lda * (n + 1) * sizeof(double));
    job.workspace = room(lu_bytes(job.kernel, n, threads));
    matrix_fill(seed, n, 0, n + 1, job.a, job.lda);
    return job;
}

static double *solution(const struct lu_job *job)
{
    return job->a + job->n * job->lda;
}

static void free_job(struct lu_job *job)
{
    free(job->a);
    free(job->workspace);
}

static double residual(const struct lu_job *job, uint64_t seed)
{
    double *scratch = room(2 * job->n * sizeof(double));
    double found = lu_residual(job->n, seed, solution(job), scratch);

    free(scratch);
    return found;
}

START_TEST(systems_of_every_size_are_solved)
{
    for (unsigned isa = 0; isa <= isa_best(); isa++) {
        for (size_t n = 1; n < 400; n += n < 40 ? 1 : 13) {
            struct lu_job job = make_job(isa, n, n, 1);

            threads_run(1, lu_solve, &job);
            ck_assert_msg(residual(&job, n) < RESIDUAL_MAX, "%s, n = %zu: %g", isa_name(isa), n,
                          residual(&job, n));
            free_job(&job);
        }
    }
}
END_TEST

START_TEST(solution_does_not_depend_on_threads)
{
    static const unsigned threads[] = {2, 3, 7, 16};
    static const size_t sizes[] = {5, 168, 169, 500};

    for (unsigned isa = 0; isa <= isa_best(); isa++) {
        for (unsigned s = 0; s < 4; s++) {
            struct lu_job one = make_job(isa, sizes[s], 1, 1);

            threads_run(1, lu_solve, &one);
            for (unsigned t = 0; t < 4; t++) {
                struct lu_job many = make_job(isa, sizes[s], 1, threads[t]);

                threads_run(threads[t], lu_solve, &many);
                ck_assert(!memcmp(solution(&one), solution(&many), sizes[s] * sizeof(double)));
                free_job(&many);
            }
            free_job(&one);
        }
    }
}
END_TEST

/* A permutation matrix without diagonal elements, so that every pivot needs an exchange. */
START_TEST(pivoting_exchanges_rows)
{
    const size_t n = 200;

    for (unsigned isa = 0; isa <= isa_best(); isa++) {
        struct lu_job job = make_job(isa, n, 1, 1);

        for (size_t j = 0; j < n; j++) {
            for (size_t i = 0; i < n; i++)
                job.a[i + j * job.lda] = (i + 1) % n == j ? 2 : 0;
            solution(&job)[j] = (double)(2 * j);
        }
        threads_run(1, lu_solve, &job);
        for (size_t i = 0; i < n; i++)
            ck_assert_double_eq(solution(&job)[(i + 1) % n], (double)i);
        free_job(&job);
    }
}
END_TEST

/* A singular system must not pass as solved. */
START_TEST(singular_systems_fail_the_residual)
{
    const size_t n = 60;

    for (unsigned isa = 0; isa <= isa_best(); isa++) {
        struct lu_job job = make_job(isa, n, 1, 1);

        memset(job.a + 30 * job.lda, 0, n * sizeof(double));
        threads_run(1, lu_solve, &job);
        ck_assert(!(residual(&job, 1) < RESIDUAL_MAX));
        free_job(&job);
    }
}
END_TEST

START_TEST(wrong_solutions_are_detected)
{
    struct lu_job job = make_job(ISA_SSE2, 100, 1, 1);

    threads_run(1, lu_solve, &job);
    ck_assert(residual(&job, 1) < RESIDUAL_MAX);
    ck_assert(residual(&job, 2) > RESIDUAL_MAX);
    solution(&job)[50] *= 1 + 1e-9;
    ck_assert(residual(&job, 1) > RESIDUAL_MAX);
    free_job(&job);
}
END_TEST

SUITE_MAIN("lu", systems_of_every_size_are_solved, solution_does_not_depend_on_threads,
           pivoting_exchanges_rows, singular_systems_fail_the_residual,
           wrong_solutions_are_detected)
