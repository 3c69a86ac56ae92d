/* SPDX-License-Identifier: MIT */
/*
 * The solution of a dense system of linear equations: the Linpack benchmark.
 *
 * A x = b is solved by Gaussian elimination with partial pivoting of the n x (n + 1) matrix [A | b]
 * and back substitution. As in HPL, b is eliminated along with the columns of A, so L is not needed
 * afterwards; its rows keep the order that they had when their panel was factored.
 *
 * Panels of columns are factored recursively, so that most of this, too, is matrix multiplication.
 * While the team updates the rest of the matrix with one panel, one member already factors the next
 * (look-ahead), so that one barrier per panel is enough.
 *
 * Source: A. Petitet et al., "HPL"; S. Toledo, "Locality of Reference in LU Decomposition with
 * Partial Pivoting", SIAM J. Matrix Anal. Appl. 18(4), 1997.
 */
#ifndef KERNELS_LU_H
#define KERNELS_LU_H

#include "guest/kernels/gemm.h"

/* Columns of a panel. */
#define LU_PANEL 168

_Static_assert(LU_PANEL % GEMM_MR_MULTIPLE == 0,
               "the rows below a panel must start at a multiple of mr for gemm_block()");

/* A factored panel, to update the columns to its right; row 0 is the first row of the panel. */
struct lu_panel {
    double *left;             /* the panel, packed */
    uint32_t pivot[LU_PANEL]; /* row i was exchanged with row pivot[i] */

    /* The same exchanges as a permutation. */
    uint32_t source[LU_PANEL]; /* row i comes from row source[i] */
    uint32_t moved;            /* number of rows that move from the panel to below it */
    uint32_t moved_from[LU_PANEL], moved_to[LU_PANEL];

    uint32_t claimed; /* tiles of the update claimed so far */
    uint32_t pending; /* tiles of the next panel that are not updated yet */
};

/* A system. The caller fills in the first group and owns all memory. */
struct lu_job {
    const struct gemm_kernel *kernel;
    size_t n;        /* equations, 1 to UINT32_MAX */
    double *a;       /* [A | b], aligned to KERNEL_CACHE_LINE; overwritten, x replaces b */
    size_t lda;      /* lu_stride() */
    void *workspace; /* lu_bytes(), aligned to KERNEL_CACHE_LINE */

    struct lu_panel panel[2]; /* used alternately */
    uint32_t *map;            /* a permutation of the rows; the identity when not in use */
};

/*
 * lu_stride(): the lda that lu_solve() requires. It leaves at least mr - 1 elements of padding
 * below each column, which are read but ignored, and is an odd number of cache lines, so that the
 * columns of a tile fall into different cache sets.
 */
size_t lu_stride(const struct gemm_kernel *kernel, size_t n);

/* lu_bytes(): bytes of workspace that a system of n equations needs on `active` members. */
size_t lu_bytes(const struct gemm_kernel *kernel, size_t n, unsigned active);

/*
 * lu_solve(): solve a system; every active member calls it (it is a team_fn) with the same `job`, a
 * struct lu_job. 2/3 n^3 + 3/2 n^2 floating-point operations by Linpack's count; the number of
 * members does not affect the result. If a pivot is zero, or so small that its reciprocal
 * overflows, x is not finite.
 */
void lu_solve(struct team *team, unsigned tid, void *job);

/*
 * lu_residual(): the HPL residual of x for the system [A | b] of matrix_fill(seed, n, 0, n + 1):
 *
 *     ||A x - b|| / (eps (||A|| ||x|| + ||b||) n), infinity norms, eps = 2^-53
 *
 * which passes below 16; NaN if x is not finite. `scratch` is 2 n doubles.
 */
double lu_residual(size_t n, uint64_t seed, const double *x, double *scratch);

#endif
