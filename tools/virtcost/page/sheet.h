/* SPDX-License-Identifier: MIT */
/*
 * What the results of virtcost say, in the order a page wants it: for each experiment its
 * benchmarks, and for each of those what each environment got. Nothing is taken for granted: the
 * file may come from anywhere. What is missing, of the wrong type or absurd is not known.
 */
#ifndef VIRTCOST_PAGE_SHEET_H
#define VIRTCOST_PAGE_SHEET_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "tools/virtcost/figures/verdict.h"

/* What is beyond is left out, and counted. */
#define SHEET_ENVS_MAX 6
#define SHEET_ROWS_MAX 600

#define SHEET_LABEL_MAX 96
#define SHEET_ENV_MAX   24 /* a longer name is no environment's */

/* A median with its interval. */
struct estimate {
    double median, low, high;
    bool known;
    bool ranged;          /* low and high are known, with 95 % confidence */
    json_int_t voided;    /* blocks that do not count, as a check failed in them */
    enum verdict verdict; /* of a ratio */
    size_t blocks;        /* about how many settle one that is unclear; 0: not known */
};

/* The environments that are compared, the base first, and the margin of verdicts. */
struct envs {
    const char *name[SHEET_ENVS_MAX];
    unsigned count;
    double margin;
};

/* What one environment got in one benchmark. */
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
    bool lower; /* is better */
    bool fact;  /* neither is better */
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
    size_t left_out; /* rows of the file that are not in here */
};

/* sheet_number(): a number that makes sense. Returns whether it is one. */
bool sheet_number(const json_t *value, double *number);

/* sheet_envs(): the environments that the results name. They live as long as `results`. */
void sheet_envs(struct envs *envs, const json_t *results);

/*
 * sheet_read(): the benchmarks of an experiment, which must live as long as the figures. Returns
 * 0, or -1 without memory. sheet_free() gives them back.
 */
int sheet_read(struct sheet *figures, const json_t *experiment, const struct envs *envs);
void sheet_free(struct sheet *figures);

/* sheet_find(): the first benchmark of that name at or after `from`, or NULL. */
const struct sheet_row *sheet_find(const struct sheet *figures, const char *name, unsigned from);

/*
 * sheet_samples(): the samples of a row that are numbers, sorted; *count of them. To be freed by
 * the caller; NULL without memory or samples.
 */
double *sheet_samples(const json_t *row, size_t *count);

/* sheet_shade(): chart_shade() of a ratio whose verdict is better or worse; else 0. */
int sheet_shade(const struct sheet_row *row, const struct estimate *ratio);

#endif
