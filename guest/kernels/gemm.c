/* SPDX-License-Identifier: MIT */
#include "guest/kernels/gemm.h"

/* With fewer columns at a time, fetching A from the L3 cache would slow the product down. */
#define WIDTH_MIN 48

/* Claims per member: enough for all to finish at about the same time. */
#define WIDTH_CLAIMS 4

static const struct gemm_kernel *const kernels[ISA_COUNT] = {
    [ISA_SSE2] = &gemm_sse2,
    [ISA_AVX2] = &gemm_avx2,
    [ISA_AVX512] = &gemm_avx512,
};

const struct gemm_kernel *gemm_kernel(enum isa isa)
{
    return kernels[isa];
}

/* A tile that extends beyond C: compute all of it, store only the part inside C. */
static void edge_tile(const struct gemm_kernel *kernel, size_t m, size_t n, size_t k,
                      const double *a, size_t a_col, const double *b, double *c, size_t ldc,
                      enum gemm_op op)
{
    _Alignas(KERNEL_CACHE_LINE) double all[GEMM_TILE_MAX];

    kernel->tile(k, a, a_col, b, all, kernel->mr, GEMM_SET);
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < m; i++) {
            double product = all[i + j * kernel->mr], *out = &c[i + j * ldc];

            *out = op == GEMM_SET ? product : op == GEMM_ADD ? *out + product : *out - product;
        }
    }
}

void gemm_block(const struct gemm_kernel *kernel, size_t m, size_t n, size_t k, struct gemm_left a,
                const double *b, double *c, size_t ldc, enum gemm_op op)
{
    size_t mr = kernel->mr, nr = kernel->nr, panel = k * kernel->copies;

    for (size_t begin = 0; begin < m; begin += kernel->mc) {
        size_t end = gemm_min(begin + kernel->mc, m);

        for (size_t j = 0; j < n; j += nr) {
            for (size_t i = begin; i < end; i += mr) {
                const double *left = gemm_left_rows(&a, i);
                double *out = c + i + j * ldc;

                if (i + mr <= m && j + nr <= n)
                    kernel->tile(k, left, a.col, b + j * panel, out, ldc, op);
                else
                    edge_tile(kernel, gemm_min(mr, m - i), gemm_min(nr, n - j), k, left, a.col,
                              b + j * panel, out, ldc, op);
            }
        }
    }
}

size_t gemm_width(const struct gemm_kernel *kernel, size_t n, unsigned active)
{
    size_t width = n / (active * WIDTH_CLAIMS);

    if (width < WIDTH_MIN)
        width = WIDTH_MIN;
    return gemm_min(gemm_round_up(width, kernel->nr), kernel->nc);
}

/* The workspace: packed columns of A for two steps in turn, and a packed B for each member. */
static size_t left_size(const struct gemm_job *job)
{
    return gemm_round_up(job->m, job->kernel->mr) * job->kernel->kc;
}

static size_t right_size(const struct gemm_kernel *kernel)
{
    return (size_t)kernel->kc * kernel->nc * kernel->copies;
}

size_t gemm_bytes(const struct gemm_job *job, unsigned active)
{
    return (2 * left_size(job) + active * right_size(job->kernel)) * sizeof(double);
}

/* Pack mc rows of A from i on, in the kc columns from p on. */
static void pack_left(const struct gemm_job *job, size_t i, size_t p, double *left)
{
    const struct gemm_kernel *kernel = job->kernel;
    size_t k = gemm_min(kernel->kc, job->k - p);

    kernel->pack_a(gemm_min(kernel->mc, job->m - i), k, job->a + i + p * job->lda, job->lda,
                   left + i * k);
}

/* Multiply the kc columns of A from p on, packed in `left`, with the n columns of B from j on. */
static void multiply(const struct gemm_job *job, size_t p, const double *left, size_t j, size_t n,
                     double *right)
{
    const struct gemm_kernel *kernel = job->kernel;
    size_t k = gemm_min(kernel->kc, job->k - p), nr = kernel->nr;

    for (size_t q = 0; q < n; q += nr)
        kernel->pack_b(k, gemm_min(nr, n - q), NULL, job->b + p + (j + q) * job->ldb, job->ldb,
                       right + q * k * kernel->copies);
    gemm_block(kernel, job->m, n, k, (struct gemm_left){left, k, kernel->mr}, right,
               job->c + j * job->ldc, job->ldc, p ? GEMM_ADD : GEMM_SET);
}

/*
 * A step packs kc columns of A and multiplies with the kc packed in the step before, so that there
 * is one barrier a step. Its tasks are claimed one by one: the packing by blocks of rows, then the
 * multiplication by blocks of columns.
 */
void gemm(struct team *team, unsigned tid, void *arg)
{
    struct gemm_job *job = arg;
    const struct gemm_kernel *kernel = job->kernel;
    double *left[2] = {job->workspace, (double *)job->workspace + left_size(job)};
    double *right = left[1] + left_size(job) + tid * right_size(kernel);
    size_t kc = kernel->kc, width = gemm_width(kernel, job->n, team->active);
    size_t steps = (job->k + kc - 1) / kc, task;

    if (tid == 0)
        job->claimed[0] = 0;
    team_barrier(team);
    for (size_t step = 0; step <= steps; step++) {
        size_t packs = step < steps ? (job->m + kernel->mc - 1) / kernel->mc : 0;
        size_t tasks = packs + (step ? (job->n + width - 1) / width : 0);

        while ((task = team_claim(&job->claimed[step % 2])) < tasks) {
            /* All members have left the previous step, and none has entered the next. */
            if (task == 0)
                job->claimed[(step + 1) % 2] = 0;
            if (task < packs) {
                pack_left(job, task * kernel->mc, step * kc, left[step % 2]);
            } else {
                size_t j = (task - packs) * width;

                multiply(job, (step - 1) * kc, left[(step - 1) % 2], j, gemm_min(width, job->n - j),
                         right);
            }
        }
        team_barrier(team);
    }
}

/* y += A x and bound += |A| |x|, where x_bound is |x| or an upper bound of it. */
static void product(size_t m, size_t n, const double *a, size_t lda, const double *x,
                    const double *x_bound, double *y, double *bound)
{
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < m; i++) {
            y[i] += a[i + j * lda] * x[j];
            bound[i] += __builtin_fabs(a[i + j * lda]) * __builtin_fabs(x_bound[j]);
        }
    }
}

double gemm_error(const struct gemm_job *job, uint64_t seed, double *scratch)
{
    size_t m = job->m, n = job->n, k = job->k;
    double *v = scratch, *bv = v + n, *bv_bound = bv + k, *error = bv_bound + k, *bound = error + m;
    double worst = 0;

    matrix_fill(seed, n, 0, 1, v, n);
    for (double *p = bv; p < bound + m; p++)
        *p = 0;
    product(k, n, job->b, job->ldb, v, v, bv, bv_bound);
    product(m, k, job->a, job->lda, bv, bv_bound, error, bound);
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < m; i++)
            error[i] -= job->c[i + j * job->ldc] * v[j];
    }
    for (size_t i = 0; i < m; i++) {
        double relative = error[i] == 0 ? 0 : __builtin_fabs(error[i]) / bound[i];

        /* NaN is sticky. */
        if (relative > worst || relative != relative)
            worst = relative;
    }
    return worst;
}

void matrix_fill(uint64_t seed, size_t m, size_t begin, size_t end, double *a, size_t lda)
{
    for (size_t j = begin; j < end; j++) {
        for (size_t i = 0; i < m; i++)
            a[i + j * lda] = matrix_element(seed, i, j);
    }
}
