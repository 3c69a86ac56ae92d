/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "guest/kernels/gemm.h"
#include "tests/support/suite.h"
#include "tests/unit/threads.h"

/* Memory aligned to a cache line and filled with NaN. */
static double *room(size_t bytes)
{
    double *data = aligned_alloc(KERNEL_CACHE_LINE, gemm_round_up(bytes, KERNEL_CACHE_LINE));

    ck_assert(data != NULL);
    memset(data, 0xff, bytes);
    return data;
}

/* A job of this shape with random A and B, and C all NaN. */
static struct gemm_job make_job(enum isa isa, size_t m, size_t n, size_t k, unsigned threads)
{
    struct gemm_job job = {.kernel = gemm_kernel(isa), .m = m, .n = n, .k = k};
    double *a, *b;

    job.lda = m + 3;
    job.ldb = k + 1;
    job.ldc = m;
    a = room(job.lda * k * sizeof(*a));
    b = room(job.ldb * n * sizeof(*b));
    matrix_fill(1, m, 0, k, a, job.lda);
    matrix_fill(2, k, 0, n, b, job.ldb);
    job.a = a;
    job.b = b;
    job.c = room(job.ldc * n * sizeof(*job.c));
    job.workspace = room(gemm_bytes(&job, threads));
    return job;
}

static void free_job(struct gemm_job *job)
{
    free((void *)job->a);
    free((void *)job->b);
    free(job->c);
    free(job->workspace);
}

/* The largest difference from the textbook triple loop. */
static double largest_error(const struct gemm_job *job)
{
    double largest = 0;

    for (size_t j = 0; j < job->n; j++) {
        for (size_t i = 0; i < job->m; i++) {
            double sum = 0, error;

            for (size_t p = 0; p < job->k; p++)
                sum += job->a[i + p * job->lda] * job->b[p + j * job->ldb];
            error = fabs(sum - job->c[i + j * job->ldc]);
            if (!(error <= largest))
                largest = error;
        }
    }
    return largest;
}

START_TEST(products_are_right_for_every_shape)
{
    static const size_t sizes[] = {1, 2, 7, 8, 24, 25, 47, 130};
    const unsigned count = sizeof(sizes) / sizeof(sizes[0]);

    for (unsigned isa = 0; isa <= isa_best(); isa++) {
        for (unsigned shape = 0; shape < count * count * count; shape++) {
            size_t m = sizes[shape % count], n = sizes[shape / count % count];
            size_t k = sizes[shape / count / count];
            struct gemm_job job = make_job(isa, m, n, k, 1);

            threads_run(1, gemm, &job);
            ck_assert_msg(largest_error(&job) < 1e-13, "%s: %zu x %zu x %zu: %g", isa_name(isa), m,
                          n, k, largest_error(&job));
            free_job(&job);
        }
    }
}
END_TEST

/* Larger than kc, mc and nc of any instruction set, so that all loops over blocks iterate. */
START_TEST(product_does_not_depend_on_threads)
{
    static const unsigned threads[] = {2, 3, 7, 16};

    for (unsigned isa = 0; isa <= isa_best(); isa++) {
        struct gemm_job one = make_job(isa, 401, 503, 397, 1);

        threads_run(1, gemm, &one);
        ck_assert(largest_error(&one) < 1e-12);
        for (unsigned i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
            struct gemm_job many = make_job(isa, 401, 503, 397, threads[i]);

            threads_run(threads[i], gemm, &many);
            ck_assert(!memcmp(one.c, many.c, 401 * 503 * sizeof(*one.c)));
            free_job(&many);
        }
        free_job(&one);
    }
}
END_TEST

START_TEST(check_detects_one_wrong_element)
{
    struct gemm_job job = make_job(ISA_SSE2, 90, 80, 70, 1);
    double *scratch = room((80 + 2 * 70 + 2 * 90) * sizeof(double)), right;

    threads_run(1, gemm, &job);
    ck_assert(gemm_error(&job, 3, scratch) < 1e-15);
    right = job.c[45 + 40 * job.ldc];
    job.c[45 + 40 * job.ldc] = right + 1e-6;
    ck_assert(gemm_error(&job, 3, scratch) > 1e-10);
    job.c[45 + 40 * job.ldc] = NAN;
    ck_assert(isnan(gemm_error(&job, 3, scratch)));
    free(scratch);
    free_job(&job);
}
END_TEST

START_TEST(elements_are_reproducible)
{
    double matrix[12 * 5], sum = 0;

    matrix_fill(7, 12, 0, 3, matrix, 12);
    matrix_fill(7, 12, 3, 5, matrix, 12);
    for (unsigned j = 0; j < 5; j++)
        for (unsigned i = 0; i < 12; i++)
            ck_assert_double_eq(matrix[i + 12 * j], matrix_element(7, i, j));
    for (unsigned i = 0; i < 100000; i++) {
        double element = matrix_element(7, i, 9);

        ck_assert(element >= -0.5 && element < 0.5);
        sum += element;
    }
    ck_assert(fabs(sum / 100000) < 0.01);
    ck_assert(matrix_element(7, 1, 2) != matrix_element(8, 1, 2));
    ck_assert(matrix_element(7, 1, 2) != matrix_element(7, 2, 1));
}
END_TEST

START_TEST(peak_performs_the_operations_it_counts)
{
    for (unsigned isa = 0; isa <= isa_best(); isa++) {
        const struct gemm_kernel *kernel = gemm_kernel(isa);
        double distance, flops = kernel->peak(1000, &distance);

        ck_assert_double_eq(distance, 0);
        ck_assert_double_eq(kernel->peak(2000, &distance), 2 * flops);
        /* After a few rounds the values have not converged yet. */
        kernel->peak(10, &distance);
        ck_assert(distance > 0 && distance < 1);
    }
}
END_TEST

SUITE_MAIN("gemm", products_are_right_for_every_shape, product_does_not_depend_on_threads,
           check_detects_one_wrong_element, elements_are_reproducible,
           peak_performs_the_operations_it_counts)
