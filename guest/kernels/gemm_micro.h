/* SPDX-License-Identifier: MIT */
/*
 * The vectorised inner loops, written once in GCC's vector extension. gemm_sse2.c, gemm_avx2.c and
 * gemm_avx512.c include this file, each compiled for its own instruction set, after defining
 *
 *     VECTOR        doubles in a vector
 *     TILE_VECTORS  vectors in a column of the tile
 *     TILE_COLS     columns of the tile
 *     COPIES        how often a packed B repeats each element: 1 if a load can broadcast it to all
 *                   lanes, VECTOR if a broadcast would need a shuffle as well
 *
 * such that the accumulators of a tile and one column of A fit the registers. gemm.h documents the
 * functions; the including file puts MICRO_KERNEL into its descriptor.
 */
#include "guest/kernels/gemm.h"

#define TILE_ROWS   (VECTOR * TILE_VECTORS)
#define ROW_VECTORS (TILE_COLS * COPIES / VECTOR) /* in a row of a packed B */

_Static_assert(GEMM_TILE_MAX >= TILE_ROWS * TILE_COLS, "gemm_block() has no room for this tile");
_Static_assert(GEMM_MR_MULTIPLE % TILE_ROWS == 0, "mr does not divide GEMM_MR_MULTIPLE");

/* Loops over registers must be unrolled completely: registers cannot be indexed. */
#define UNROLL _Pragma("GCC unroll 32")

typedef double vec __attribute__((vector_size(8 * VECTOR), may_alias));
typedef double vec_unaligned __attribute__((vector_size(8 * VECTOR), aligned(8), may_alias));
typedef int64_t lanes __attribute__((vector_size(8 * VECTOR)));

#if COPIES == 1
typedef double element;
#else
typedef vec element;
#endif

static void tile(size_t k, const double *a, size_t a_col, const double *b, double *c, size_t ldc,
                 enum gemm_op op)
{
    const element *right = (const void *)b;
    vec acc[TILE_COLS][TILE_VECTORS];

    /* C is needed last: prefetch it during the product. */
    UNROLL
    for (int j = 0; j < TILE_COLS; j++) {
        UNROLL
        for (int i = 0; i < TILE_ROWS; i += KERNEL_CACHE_LINE / 8)
            __builtin_prefetch(c + j * ldc + i, 1);
        UNROLL
        for (int i = 0; i < TILE_VECTORS; i++)
            acc[j][i] = (vec){0};
    }
    /* With short vectors a step is short as well, and the loop overhead would matter. */
#pragma GCC unroll 4
    for (; k; k--) {
        vec left[TILE_VECTORS];

        UNROLL
        for (int i = 0; i < TILE_VECTORS; i++)
            left[i] = *(const vec_unaligned *)(a + i * VECTOR);
        UNROLL
        for (int j = 0; j < TILE_COLS; j++) {
            UNROLL
            for (int i = 0; i < TILE_VECTORS; i++)
                acc[j][i] += left[i] * right[j];
        }
        a += a_col;
        right += TILE_COLS;
    }
    UNROLL
    for (int j = 0; j < TILE_COLS; j++) {
        UNROLL
        for (int i = 0; i < TILE_VECTORS; i++) {
            vec_unaligned *out = (vec_unaligned *)(c + j * ldc + i * VECTOR);

            if (op == GEMM_SET)
                *out = acc[j][i];
            else if (op == GEMM_ADD)
                *out += acc[j][i];
            else
                *out -= acc[j][i];
        }
    }
}

static void pack_a(size_t m, size_t k, const double *a, size_t lda, double *out)
{
    for (; m >= TILE_ROWS; m -= TILE_ROWS, a += TILE_ROWS) {
        for (size_t p = 0; p < k; p++, out += TILE_ROWS) {
            UNROLL
            for (int i = 0; i < TILE_ROWS; i += VECTOR)
                *(vec *)(out + i) = *(const vec_unaligned *)(a + i + p * lda);
        }
    }
    if (m == 0)
        return;
    for (size_t p = 0; p < k; p++, out += TILE_ROWS) {
        for (size_t i = 0; i < TILE_ROWS; i++)
            out[i] = i < m ? a[i + p * lda] : 0;
    }
}

static void pack_b(size_t k, size_t n, const uint32_t *row, const double *b, size_t ldb,
                   double *out)
{
    for (size_t p = 0; p < k; p++, out += TILE_COLS * COPIES) {
        const double *from = b + (row ? row[p] : p);

        if (n == TILE_COLS) {
            UNROLL
            for (int j = 0; j < TILE_COLS * COPIES; j++)
                out[j] = from[j / COPIES * ldb];
        } else {
            for (size_t j = 0; j < TILE_COLS * COPIES; j++)
                out[j] = j / COPIES < n ? from[j / COPIES * ldb] : 0;
        }
    }
}

static void solve(size_t k, size_t m, const double *l, size_t l_col, double *x)
{
    for (size_t v = 0; v < ROW_VECTORS; v++) {
        vec *row = (vec *)x + v;
        const double *col = l;
        vec acc[TILE_ROWS];

        UNROLL
        for (size_t i = 0; i < TILE_ROWS; i++)
            acc[i] = i < m ? row[(k + i) * ROW_VECTORS] : (vec){0};
        for (size_t p = 0; p < k; p++, col += l_col) {
            UNROLL
            for (int i = 0; i < TILE_ROWS; i++)
                acc[i] -= col[i] * row[p * ROW_VECTORS];
        }
        UNROLL
        for (size_t p = 0; p < TILE_ROWS; p++, col += l_col) {
            if (p == m)
                break;
            UNROLL
            for (size_t i = p + 1; i < TILE_ROWS; i++)
                acc[i] -= col[i] * acc[p];
            row[(k + p) * ROW_VECTORS] = acc[p];
        }
    }
}

static size_t eliminate(size_t m, size_t k, const double *a, size_t lda, const double *u, double *c)
{
    vec largest = (vec){0} - 1;
    lanes at = {0};
    double max = -1;
    size_t row = 0, i = 0;

    for (; i + VECTOR <= m; i += VECTOR) {
        vec value = *(const vec_unaligned *)(c + i);
        lanes magnitude, larger;

        for (size_t l = 0; l < k; l++)
            value -= *(const vec_unaligned *)(a + i + l * lda) * u[l];
        *(vec_unaligned *)(c + i) = value;
        magnitude = (lanes)value & INT64_MAX; /* clear the sign */
        larger = (vec)magnitude > largest;
        largest = (vec)((magnitude & larger) | ((lanes)largest & ~larger));
        at = ((int64_t)i & larger) | (at & ~larger);
    }
    for (int lane = 0; lane < VECTOR; lane++) {
        size_t found = (size_t)at[lane] + (size_t)lane;

        if (largest[lane] > max || (largest[lane] == max && found < row)) {
            max = largest[lane];
            row = found;
        }
    }
    for (; i < m; i++) {
        for (size_t l = 0; l < k; l++)
            c[i] -= a[i + l * lda] * u[l];
        if (__builtin_fabs(c[i]) > max) {
            max = __builtin_fabs(c[i]);
            row = i;
        }
    }
    return row;
}

/* The larger of |value| and max; a NaN value is larger than any number. */
static double larger(double max, double value)
{
    double magnitude = __builtin_fabs(value);

    return magnitude <= max ? max : magnitude;
}

/* Sixteen registers less two: enough for a latency of seven cycles at two operations per cycle. */
#define CHAINS 14

static double peak(uint64_t iterations, double *distance)
{
    vec half = (vec){0} + 0.5, one = half + half, chain[CHAINS];
    double operations = 2.0 * VECTOR * CHAINS * (double)iterations;

    /* Hide the values from the compiler, which would fold the computation. */
    __asm__("" : "+v"(half), "+v"(one));
    UNROLL
    for (int i = 0; i < CHAINS; i++)
        chain[i] = one + i;
    for (; iterations; iterations--) {
        UNROLL
        for (int i = 0; i < CHAINS; i++)
            chain[i] = chain[i] * half + one;
    }
    *distance = 0;
    UNROLL
    for (int i = 0; i < CHAINS; i++) {
        for (int lane = 0; lane < VECTOR; lane++)
            *distance = larger(*distance, chain[i][lane] - 2);
    }
    return operations;
}

#define MICRO_KERNEL                                                                    \
    .mr = TILE_ROWS, .nr = TILE_COLS, .copies = COPIES, .tile = tile, .pack_a = pack_a, \
    .pack_b = pack_b, .solve = solve, .eliminate = eliminate, .peak = peak
