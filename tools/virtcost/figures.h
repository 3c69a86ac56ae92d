/* SPDX-License-Identifier: MIT */
/*
 * What the results of virtcost say, in the order a page wants it: for each experiment its
 * benchmarks, and for each of those what each environment got. Nothing is taken for granted: the
 * file may come from anywhere. What is missing, of the wrong type or absurd is not known.
 */
#ifndef VIRTCOST_FIGURES_H
#define VIRTCOST_FIGURES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* What is beyond is left out, and counted. */
#define FIGURES_ENVS_MAX 6
#define FIGURES_ROWS_MAX 600

#define FIGURES_LABEL_MAX 96
#define FIGURES_ENV_MAX   24 /* a longer name is no environment's */

/* A median with its interval. */
struct estimate {
    double median, low, high;
    bool known;
    bool ranged;       /* low and high are known */
    bool sure;         /* ... with 95 % confidence */
    json_int_t voided; /* blocks that do not count, as a check failed in them */
};

/* The environments that are compared, the base first. */
struct envs {
    const char *name[FIGURES_ENVS_MAX];
    unsigned count;
};

/* What one environment got in one benchmark. */
struct figure {
    struct estimate value;
    struct estimate ratio; /* to the base environment */
    struct estimate kept;  /* to another step of the same environment */
    const json_t *row;     /* of "values"; NULL: none */
};

/* A benchmark: one step, name, set of parameters and number of threads. */
struct figures_row {
    const char *step, *name, *unit;
    const json_t *params;
    json_int_t threads;
    bool lower; /* is better */
    const char *base_step;
    char label[FIGURES_LABEL_MAX]; /* "blk.read bs=4K,iodepth=1" */
    struct figure of[FIGURES_ENVS_MAX];
};

struct figures {
    const char *name, *help;
    const struct envs *envs;
    const json_t *experiment;
    struct figures_row *row;
    unsigned rows;
    size_t left_out; /* rows of the file that are not in here */
};

/* figures_text(): a string of an object, "" if there is none. figures_int(): a whole number, 0. */
const char *figures_text(const json_t *object, const char *key);
json_int_t figures_int(const json_t *object, const char *key);

/* figures_number(): a number that makes sense. Returns whether it is one. */
bool figures_number(const json_t *value, double *number);

/* figures_envs(): the environments that the results name. They live as long as `results`. */
void figures_envs(struct envs *envs, const json_t *results);

/* figures_env(): the number of an environment, or -1. */
int figures_env(const struct envs *envs, const char *name);

/*
 * figures_read(): the benchmarks of an experiment, which must live as long as the figures. Returns
 * 0, or -1 without memory. figures_free() gives them back.
 */
int figures_read(struct figures *figures, const json_t *experiment, const struct envs *envs);
void figures_free(struct figures *figures);

/* figures_find(): the first benchmark of that name at or after `from`, or NULL. */
const struct figures_row *figures_find(const struct figures *figures, const char *name,
                                       unsigned from);

/*
 * figures_samples(): the samples of a row that are numbers, sorted; *count of them. To be freed by
 * the caller; NULL without memory or samples.
 */
double *figures_samples(const json_t *row, size_t *count);

/* figures_verdict(): whether a ratio differs from 1: "better", "worse", "same", "few", or "". */
const char *figures_verdict(const struct figures_row *row, const struct estimate *ratio);

#endif
