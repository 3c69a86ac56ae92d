/* SPDX-License-Identifier: MIT */
/*
 * Results arranged for the page: for each experiment its benchmarks, and for each benchmark the
 * figures of every environment. The file is untrusted: a member that is missing, of a wrong type or
 * out of range is unknown.
 */
#ifndef VIRTCOST_PAGE_SHEET_H
#define VIRTCOST_PAGE_SHEET_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "tools/virtcost/figures/verdict.h"

/* Excess rows are left out, and counted. */
#define SHEET_ENVS_MAX 6
#define SHEET_ROWS_MAX 600

#define SHEET_LABEL_MAX 96
#define SHEET_ENV_MAX   24 /* a longer name is no environment's */

/* A median with its interval. */
struct estimate {
    double median, low, high;
    bool known;
    bool ranged;          /* low and high are known, with 95 % confidence */
    json_int_t voided;    /* blocks left out because a check failed */
    enum verdict verdict; /* of a ratio */
    size_t blocks;        /* blocks that would settle an unclear ratio, roughly; 0: unknown */
};

/* The compared environments, env[0] the base, and the margin of verdicts. */
struct envs {
    const char *name[SHEET_ENVS_MAX];
    unsigned count;
    double margin;
};

/* The figures of one environment in one benchmark. */
struct figure {
    struct estimate value;
    struct estimate ratio; /* to the base environment */
    struct estimate kept;  /* to another step of the same environment */
    const json_t *row;     /* of "values"; NULL: none */
};

/* A benchmark: one step, name, set of parameters and number of threads. */
struct sheet_row {
    const char *step, *name, *unit;
    const json_t *params;
    json_int_t threads;
    bool lower;    /* less is better */
    bool property; /* neither direction is better */
    const char *base_step;
    char label[SHEET_LABEL_MAX]; /* "blk.read bs=4K,iodepth=1" */
    struct figure of[SHEET_ENVS_MAX];
};

struct sheet {
    const char *name, *help;
    const struct envs *envs;
    const json_t *experiment;
    struct sheet_row *row;
    unsigned rows;
    size_t left_out; /* rows of the file that were ignored */
};

/* sheet_number(): get a number in range. Returns whether `value` is one. */
bool sheet_number(const json_t *value, double *number);

/* sheet_envs(): the environments named in `results`, which must outlive `envs`. */
void sheet_envs(struct envs *envs, const json_t *results);

/*
 * sheet_read(): read an experiment, which must outlive the sheet. Returns 0, or -1 without memory.
 * sheet_free() frees the sheet.
 */
int sheet_read(struct sheet *figures, const json_t *experiment, const struct envs *envs);
void sheet_free(struct sheet *figures);

/* sheet_find(): the first benchmark of that name at or after `from`, or NULL. */
const struct sheet_row *sheet_find(const struct sheet *figures, const char *name, unsigned from);

/*
 * sheet_samples(): the samples of a row that are numbers, sorted; sets *count. The caller frees
 * them; NULL without memory or samples.
 */
double *sheet_samples(const json_t *row, size_t *count);

/* sheet_shade(): chart_shade() of a ratio whose verdict is better or worse; else 0. */
int sheet_shade(const struct sheet_row *row, const struct estimate *ratio);

#endif
