/* SPDX-License-Identifier: MIT */
#include <stdbool.h>

#include "guest/kernels/lu.h"

/* The larger of |value| and max; NaN if either is. */
static double larger(double value, double max)
{
    double magnitude = __builtin_fabs(value);

    return magnitude > max || magnitude != magnitude ? magnitude : max;
}

size_t lu_stride(const struct gemm_kernel *kernel, size_t n)
{
    const size_t line = KERNEL_CACHE_LINE / sizeof(double);

    return ((n + kernel->mr - 1 + line - 1) / line | 1) * line;
}

/*
 * The workspace: two packed panels, a packed U for each member, the row map. A packed U has room
 * for nc columns to the right of a panel, or for half a panel to the right of the other half.
 */
static size_t left_size(const struct gemm_kernel *kernel, size_t n)
{
    return gemm_round_up(n, kernel->mr) * LU_PANEL;
}

static size_t right_size(const struct gemm_kernel *kernel)
{
    return (size_t)LU_PANEL * kernel->nc * kernel->copies;
}

size_t lu_bytes(const struct gemm_kernel *kernel, size_t n, unsigned active)
{
    return (2 * left_size(kernel, n) + active * right_size(kernel)) * sizeof(double) +
           n * sizeof(uint32_t);
}

/* A member of the team. */
struct worker {
    struct lu_job *job;
    unsigned active;
    double *right; /* its packed U */
};

/* The panel that starts at column `at`; at most two are in use, one after the other. */
static struct lu_panel *panel_at(struct lu_job *job, size_t at)
{
    return &job->panel[at / LU_PANEL % 2];
}

static void swap(double *a, double *b)
{
    double t = *a;

    *a = *b;
    *b = t;
}

/*
 * Turn the exchanges of w pivots, which depend on each other, into independent moves. `map` becomes
 * the permutation that they add up to, and is the identity again on return.
 */
static void plan_moves(struct lu_panel *panel, const uint32_t *pivot, uint32_t w, uint32_t *map)
{
    for (uint32_t i = 0; i < w; i++) {
        uint32_t row = map[i];

        map[i] = map[pivot[i]];
        map[pivot[i]] = row;
    }
    panel->moved = 0;
    for (uint32_t i = 0; i < w; i++) {
        uint32_t to = pivot[i];

        panel->source[i] = map[i];
        if (to >= w && map[to] != to) {
            panel->moved_from[panel->moved] = map[to];
            panel->moved_to[panel->moved++] = to;
            map[to] = to;
        }
    }
    for (uint32_t i = 0; i < w; i++)
        map[i] = i;
}

/*
 * Exchange rows in n columns at `c`, which start in the panel's first row, and solve for the w rows
 * of U next to the panel. U is solved in its packed form for gemm_block(), so that packing does the
 * exchanges as well, and copied back.
 */
static void solve(const struct worker *worker, const struct lu_panel *panel, struct gemm_left left,
                  size_t w, double *c, size_t n)
{
    const struct gemm_kernel *kernel = worker->job->kernel;
    size_t mr = kernel->mr, nr = kernel->nr, copies = kernel->copies, lda = worker->job->lda;

    for (size_t j = 0; j < n; j += nr) {
        double *u = worker->right + j * w * copies, *top = c + j * lda;
        size_t cols = gemm_min(nr, n - j);

        kernel->pack_b(w, cols, panel->source, top, lda, u);
        for (size_t q = 0; q < cols; q++) {
            double *column = top + q * lda;

            for (uint32_t i = 0; i < panel->moved; i++)
                column[panel->moved_to[i]] = column[panel->moved_from[i]];
        }
        for (size_t i = 0; i < w; i += mr)
            kernel->solve(i, gemm_min(mr, w - i), gemm_left_rows(&left, i), left.col, u);
        for (size_t i = 0; i < w; i++) {
            for (size_t q = 0; q < cols; q++)
                top[i + q * lda] = u[(i * nr + q) * copies];
        }
    }
}

/* Update n columns at `c` with a panel of w columns, of which `left` has all m rows. */
static void update(const struct worker *worker, const struct lu_panel *panel, struct gemm_left left,
                   size_t m, size_t w, double *c, size_t n)
{
    const struct lu_job *job = worker->job;

    solve(worker, panel, left, w, c, n);
    left.data = gemm_left_rows(&left, w);
    gemm_block(job->kernel, m - w, n, w, left, worker->right, c + w, job->lda, GEMM_SUB);
}

/*
 * Factor m rows of up to GEMM_ELIMINATE columns. One pass updates a column with all columns to its
 * left and finds its pivot.
 */
static void factor_columns(const struct lu_job *job, double *a, size_t m, size_t w, uint32_t *pivot)
{
    size_t lda = job->lda;

    for (size_t j = 0; j < w; j++) {
        double *c = a + j * lda, inverse;
        size_t row;

        for (size_t i = 1; i < j; i++) {
            for (size_t l = 0; l < i; l++)
                c[i] -= a[i + l * lda] * c[l];
        }
        row = j + job->kernel->eliminate(m - j, j, a + j, lda, c, c + j);
        pivot[j] = (uint32_t)row;
        for (size_t l = 0; l < w; l++)
            swap(&a[j + l * lda], &a[row + l * lda]);
        inverse = 1 / c[j];
        for (size_t i = j + 1; i < m; i++)
            c[i] *= inverse;
    }
}

/*
 * Factor m rows of w columns of a panel: the left half, then the right half, updated with the left.
 * Pivots are relative to the first of the m rows. The moves in `panel` are scratch until the whole
 * panel is factored.
 */
static void factor(const struct worker *worker, struct lu_panel *panel, double *a, size_t m,
                   size_t w, uint32_t *pivot)
{
    struct lu_job *job = worker->job;
    size_t half = gemm_round_up(w / 2, GEMM_ELIMINATE), lda = job->lda;

    if (w <= GEMM_ELIMINATE) {
        factor_columns(job, a, m, w, pivot);
        return;
    }
    factor(worker, panel, a, m, half, pivot);
    plan_moves(panel, pivot, (uint32_t)half, job->map);
    update(worker, panel, (struct gemm_left){a, 1, lda}, m, half, a + half * lda, w - half);
    factor(worker, panel, a + half * lda + half, m - half, w - half, pivot + half);
    for (size_t i = half; i < w; i++)
        pivot[i] += (uint32_t)half;
    for (size_t l = 0; l < half; l++) {
        for (size_t i = half; i < w; i++)
            swap(&a[i + l * lda], &a[pivot[i] + l * lda]);
    }
}

/* The columns to the right of a panel as tiles; those of the next panel come first. */
struct tiles {
    size_t next_width, next_end, next; /* next panel: columns per tile, end column, tiles */
    size_t width, end, all;            /* the rest: columns per tile, end column; tiles in total */
};

static struct tiles tiles_after(const struct worker *worker, size_t at)
{
    const struct gemm_kernel *kernel = worker->job->kernel;
    size_t n = worker->job->n, begin = gemm_min(at + LU_PANEL, n);
    struct tiles tiles = {.next_end = gemm_min(begin + LU_PANEL, n), .end = n + 1};

    tiles.next_width = gemm_width(kernel, LU_PANEL, worker->active);
    tiles.next = (tiles.next_end - begin + tiles.next_width - 1) / tiles.next_width;
    tiles.width = gemm_width(kernel, tiles.end - tiles.next_end, worker->active);
    tiles.all = tiles.next + (tiles.end - tiles.next_end + tiles.width - 1) / tiles.width;
    return tiles;
}

/* Factor the panel at column `at` and prepare the update with it. */
static void factor_panel(const struct worker *worker, size_t at)
{
    struct lu_job *job = worker->job;
    struct lu_panel *panel = panel_at(job, at);
    size_t m = job->n - at, w = gemm_min(LU_PANEL, m);
    double *a = job->a + at * job->lda + at;

    factor(worker, panel, a, m, w, panel->pivot);
    plan_moves(panel, panel->pivot, (uint32_t)w, job->map);
    job->kernel->pack_a(m, w, a, job->lda, panel->left);
    panel->claimed = 0;
    panel->pending = (uint32_t)tiles_after(worker, at).next;
}

/*
 * Update the columns to the right of the panel at `at`, tile by tile. The member that finishes the
 * last tile of the next panel factors that panel while the others continue with the remaining
 * tiles.
 */
static void update_right(const struct worker *worker, size_t at)
{
    struct lu_job *job = worker->job;
    struct lu_panel *panel = panel_at(job, at);
    struct tiles tiles = tiles_after(worker, at);
    size_t m = job->n - at, w = gemm_min(LU_PANEL, m), tile;
    struct gemm_left left = {panel->left, w, job->kernel->mr};

    while ((tile = team_claim(&panel->claimed)) < tiles.all) {
        bool next = tile < tiles.next;
        size_t width = next ? tiles.next_width : tiles.width;
        size_t begin = next ? at + w + tile * width : tiles.next_end + (tile - tiles.next) * width;
        size_t end = gemm_min(begin + width, next ? tiles.next_end : tiles.end);

        update(worker, panel, left, m, w, job->a + begin * job->lda + at, end - begin);
        if (next && __atomic_sub_fetch(&panel->pending, 1, __ATOMIC_ACQ_REL) == 0)
            factor_panel(worker, at + w);
    }
}

/*
 * Solve U x = y, overwriting y with x, by blocks of columns from the last to the first. A single
 * member does it: reading U once is cheap compared to the elimination, and barriers would cost more
 * than other members gain.
 */
static void back_substitute(const struct lu_job *job)
{
    size_t lda = job->lda;
    double *x = job->a + job->n * lda;

    for (size_t end = job->n, begin; end; end = begin) {
        begin = (end - 1) / GEMM_ELIMINATE * GEMM_ELIMINATE;
        for (size_t j = end; j-- > begin;) {
            x[j] /= job->a[j + j * lda];
            for (size_t i = begin; i < j; i++)
                x[i] -= job->a[i + j * lda] * x[j];
        }
        job->kernel->eliminate(begin, end - begin, job->a + begin * lda, lda, x + begin, x);
    }
}

void lu_solve(struct team *team, unsigned tid, void *arg)
{
    struct lu_job *job = arg;
    size_t left = left_size(job->kernel, job->n), right = right_size(job->kernel);
    double *rights = (double *)job->workspace + 2 * left;
    struct worker worker = {.job = job, .active = team->active, .right = rights + tid * right};

    if (tid == 0) {
        job->panel[0].left = job->workspace;
        job->panel[1].left = job->panel[0].left + left;
        job->map = (uint32_t *)(rights + team->active * right);
        for (size_t i = 0; i < job->n; i++)
            job->map[i] = (uint32_t)i;
        factor_panel(&worker, 0);
    }
    for (size_t at = 0; at < job->n; at += LU_PANEL) {
        team_barrier(team);
        update_right(&worker, at);
    }
    team_barrier(team);
    if (tid == 0)
        back_substitute(job);
}

double lu_residual(size_t n, uint64_t seed, const double *x, double *scratch)
{
    double *error = scratch, *row_sum = scratch + n;
    double worst = 0, a_norm = 0, x_norm = 0, b_norm = 0;

    for (size_t i = 0; i < n; i++) {
        error[i] = -matrix_element(seed, i, n);
        row_sum[i] = 0;
    }
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < n; i++) {
            double a = matrix_element(seed, i, j);

            error[i] += a * x[j];
            row_sum[i] += __builtin_fabs(a);
        }
    }
    for (size_t i = 0; i < n; i++) {
        a_norm = larger(row_sum[i], a_norm);
        x_norm = larger(x[i], x_norm);
        b_norm = larger(matrix_element(seed, i, n), b_norm);
        worst = larger(error[i], worst);
    }
    return worst / (0x1p-53 * (a_norm * x_norm + b_norm) * (double)n);
}
