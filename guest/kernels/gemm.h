/* SPDX-License-Identifier: MIT */
/*
 * Dense matrix multiplication; the vectorised inner loops that it shares with lu.h, one of which
 * measures the peak rate of multiply-adds in registers; and random matrices whose elements can be
 * computed individually.
 *
 * Matrices are column-major doubles: element (i, j) of `a` is a[i + j * lda]. Vector instructions
 * occur in the functions of struct gemm_kernel only, so that a program with all three variants
 * linked in runs on any x86-64 machine.
 *
 * Source: K. Goto, R. van de Geijn, "Anatomy of High-Performance Matrix Multiplication", ACM TOMS
 * 34(3), 2008, for the blocking and packing; F. Van Zee, R. van de Geijn, "BLIS", ACM TOMS 41(3),
 * 2015, for the names (mr, nr, kc, mc, nc).
 */
#ifndef KERNELS_GEMM_H
#define KERNELS_GEMM_H

#include "guest/kernels/team.h"

/* The most columns that gemm_kernel.eliminate() takes at a time. */
#define GEMM_ELIMINATE 8

#define GEMM_TILE_MAX    192 /* the most elements of a tile */
#define GEMM_MR_MULTIPLE 24  /* a multiple of every mr */

static inline size_t gemm_min(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline size_t gemm_round_up(size_t n, size_t to)
{
    return (n + to - 1) / to * to;
}

/* How a product P is combined with C. */
enum gemm_op {
    GEMM_SET, /* C = P */
    GEMM_ADD, /* C += P */
    GEMM_SUB, /* C -= P */
};

/*
 * The code for one instruction set. A tile is mr x nr elements of C, kept in registers.
 *
 * A packed A is a sequence of panels of mr rows, each column by column; missing rows are zero. A
 * packed B is a sequence of panels of nr columns, each row by row with every element `copies`
 * times; missing columns are zero. Both are aligned to KERNEL_CACHE_LINE.
 */
struct gemm_kernel {
    const char *name;
    unsigned mr, nr, copies;
    unsigned kc; /* columns of A taken at a time: a panel of A and one of B fit the L1 cache */
    unsigned mc; /* rows of A taken at a time, a multiple of mr: they and the packed B fit the L2 */
    unsigned nc; /* most columns of a packed B, a multiple of nr */

    /*
     * tile(): `op` on the tile `c`. Column p of the mr rows of A is at a + p * a_col (packed:
     * a_col = mr, in place: a_col = lda); `b` is a panel of a packed B with k rows.
     */
    void (*tile)(size_t k, const double *a, size_t a_col, const double *b, double *c, size_t ldc,
                 enum gemm_op op);

    /* pack_a(): pack m rows and k columns of `a`. */
    void (*pack_a)(size_t m, size_t k, const double *a, size_t lda, double *out);

    /*
     * pack_b(): pack one panel of k rows and n <= nr columns of `b`; its row p is taken from
     * row[p] of `b`, or from row p where `row` is NULL.
     */
    void (*pack_b)(size_t k, size_t n, const uint32_t *row, const double *b, size_t ldb,
                   double *out);

    /*
     * solve(): rows k to k + m - 1, m <= mr, of the solution X of L X = B, for L unit lower
     * triangular and X a panel of a packed B whose rows up to k - 1 are solved already. `l` has
     * rows k to k + mr - 1 of L in the form that tile() takes. The diagonal is not read; rows
     * beyond k + m - 1 are read but ignored.
     */
    void (*solve)(size_t k, size_t m, const double *l, size_t l_col, double *x);

    /*
     * eliminate(): c -= A u for m rows and k <= GEMM_ELIMINATE columns of A. Returns the first row
     * with the largest |c| afterwards (0 if all are NaN).
     */
    size_t (*eliminate)(size_t m, size_t k, const double *a, size_t lda, const double *u,
                        double *c);

    /*
     * peak(): `iterations` rounds of independent multiply-adds in registers, enough of them per
     * round to hide their latency. Returns the number of floating-point operations. Each round
     * halves the distance of every value from 2; *distance is the largest one left, 0 after 60
     * rounds.
     */
    double (*peak)(uint64_t iterations, double *distance);
};

extern const struct gemm_kernel gemm_sse2;
extern const struct gemm_kernel gemm_avx2;
extern const struct gemm_kernel gemm_avx512;

/* gemm_kernel(): the code for `isa`, which the CPU must support (isa_best()). */
const struct gemm_kernel *gemm_kernel(enum isa isa);

/*
 * The left operand of a product, packed (row = its number of columns, col = mr) or in place (row =
 * 1, col = lda). For i a multiple of mr, rows i to i + mr - 1 of column p start at
 * data[i * row + p * col].
 */
struct gemm_left {
    const double *data;
    size_t row, col;
};

/* gemm_left_rows(): the data from row i on; if packed, i is a multiple of mr. */
static inline const double *gemm_left_rows(const struct gemm_left *left, size_t i)
{
    return left->data + i * left->row;
}

/*
 * gemm_block(): `op` on the m x n block `c` with the product of m rows and k columns of `a` and
 * the packed `b`, which has k rows. Rows of `a` are read up to the next multiple of mr; those from
 * m on are ignored.
 */
void gemm_block(const struct gemm_kernel *kernel, size_t m, size_t n, size_t k, struct gemm_left a,
                const double *b, double *c, size_t ldc, enum gemm_op op);

/* gemm_width(): how many of n columns a member of a team claims at a time; at most nc. */
size_t gemm_width(const struct gemm_kernel *kernel, size_t n, unsigned active);

/*
 * C = A B with C m x n, A m x k, and no dimension zero. The caller fills in the first group and
 * owns all memory; A, B and C may not overlap and need no alignment.
 */
struct gemm_job {
    const struct gemm_kernel *kernel;
    size_t m, n, k;
    const double *a, *b;
    double *c;
    size_t lda, ldb, ldc;
    void *workspace; /* gemm_bytes(), aligned to KERNEL_CACHE_LINE */

    uint32_t claimed[2]; /* tasks of this step and the next */
};

/* gemm_bytes(): bytes of workspace that `job` needs on `active` members. */
size_t gemm_bytes(const struct gemm_job *job, unsigned active);

/*
 * gemm(): do a job; every active member calls it (it is a team_fn) with the same `job`, a struct
 * gemm_job. 2 m n k floating-point operations; the number of members does not affect the result.
 */
void gemm(struct team *team, unsigned tid, void *job);

/*
 * gemm_error(): check a finished job by Freivalds' method: C v = A (B v) for a random vector v from
 * `seed`. Returns the largest error of an element of C v relative to that of |A| (|B| |v|), the sum
 * of the magnitudes of its terms: below 1e-15 for a correct product, NaN if C contains one.
 * `scratch` holds n + 2 k + 2 m doubles.
 * Source: R. Freivalds, "Probabilistic Machines Can Use Less Running Time", IFIP 1977.
 */
double gemm_error(const struct gemm_job *job, uint64_t seed, double *scratch);

/* A bijection of 64-bit words that looks random: the output function of SplitMix64. */
static inline uint64_t matrix_hash(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

/*
 * matrix_element(): element (i, j) of the random matrix `seed`, uniform in [-0.5, 0.5).
 * Source: G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA
 * 2014: a SplitMix64 generator per column, whose numbers can be computed in any order.
 */
static inline double matrix_element(uint64_t seed, uint64_t i, uint64_t j)
{
    const uint64_t gamma = 0x9e3779b97f4a7c15;
    uint64_t column = matrix_hash(seed + gamma * (j + 1));

    return (double)((int64_t)matrix_hash(column + gamma * (i + 1)) >> 11) * 0x1p-53;
}

/* matrix_fill(): columns `begin` to `end` - 1 of `a`, the random matrix `seed` with m rows. */
void matrix_fill(uint64_t seed, size_t m, size_t begin, size_t end, double *a, size_t lda);

#endif
