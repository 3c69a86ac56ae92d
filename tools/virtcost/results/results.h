/* SPDX-License-Identifier: MIT */
/*
 * What came of all runs, as one JSON object of schema "virtcost/2":
 *
 * - envs: the environments, the first being the base;
 * - host, runtime: where it ran, as in a report; the container runtime;
 * - margin_pct: within so many percent of 1, a ratio is the same;
 * - experiments: of each its name, help, blocks (complete ones), blocks_wanted, seconds (that the
 *   complete ones took), and
 *   - values: per step, row and environment, the median of each block's run, with its interval;
 *   - ratios: the same, over the base environment in the same block, or over the base step; with
 *     their verdict (tools/virtcost/figures/verdict.h);
 *   - added: what a VM adds to an operation of block I/O (tools/virtcost/figures/added.h);
 *   - skipped: what was not run, and why: of several environments together in one text;
 * - runs: every report whole, with its experiment, step, block and environment;
 * - warnings, end: what a reader should know; how it ended.
 *
 * A value has no sample of a block in which its check failed, or whose run was interrupted (stopped
 * or frozen). A ratio of runs under different limits is not made: it has "reason" then, and
 * "unequal", the number of blocks.
 *
 * A row's ratio in a block is the median of that run's samples over the median of the base's in the
 * same block, so that a drift of the machine from block to block does not matter.
 */
#ifndef VIRTCOST_RESULTS_RESULTS_H
#define VIRTCOST_RESULTS_RESULTS_H

#include <jansson.h>
#include <stdint.h>

#include "tools/virtcost/env/environment.h"
#include "tools/virtcost/experiments/experiment.h"

#define RESULTS_SCHEMA "virtcost/2"

#define EXPERIMENTS_MAX 16

/* An experiment that was begun. */
struct part {
    const struct experiment *experiment;
    unsigned blocks, wanted; /* complete ones, and how many there should be */
    uint64_t elapsed_ns;     /* that the complete ones took; 0: not known */
    json_t *steps;           /* their labels, in the order of the plan */
    json_t *skipped;         /* as in struct plan; NULL: nothing */
};

struct results {
    const struct environment *const *env; /* the first is the base */
    unsigned envs;
    unsigned envs_named; /* a bit for each that the user named, */
    bool bench_named;    /* and whether benchmarks: what gives nothing then is a failure */
    uint64_t seed;
    bool quick;
    double margin_pct;   /* of the ratios' verdicts */
    const char *runtime; /* NULL: none */
    struct part part[EXPERIMENTS_MAX];
    unsigned parts;
    json_t *runs;      /* an array of {"experiment", "step", "block", "order", "env", "report"} */
    json_t *warnings;  /* an array of {"code", "text"}; what was found before the end */
    const char *end;   /* "done", "signal" or "error" */
    const char *error; /* with "error" */
};

/* results_add(): one run of the last part; takes the report over. */
void results_add(struct results *results, const char *step, unsigned order, const char *env,
                 json_t *report);

/* results_json(): all of it. Only complete blocks count. To be freed by the caller. */
json_t *results_json(const struct results *results);

#endif
