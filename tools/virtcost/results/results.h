/* SPDX-License-Identifier: MIT */
/*
 * The results of all runs, as one JSON object of schema "virtcost/2":
 *
 * - envs: the environments, the first being the base;
 * - host, runtime: the host, as in a report; the container runtime;
 * - margin_pct: a ratio is the same within this many percent of 1;
 * - experiments: for each its name, help, blocks (complete ones), blocks_wanted, seconds (that the
 *   complete ones took), and
 *   - values: per step, row and environment, the median of each block's run, with its interval;
 *   - ratios: the same, over the base environment in the same block, or over the base step; with
 *     their verdict (tools/virtcost/figures/verdict.h);
 *   - added: the time a VM adds to an operation of block I/O (tools/virtcost/figures/added.h);
 *   - skipped: what was not run and why, several environments in one text;
 * - runs: every complete report, with its experiment, step, block and environment;
 * - warnings, end: caveats for the reader; how the run ended.
 *
 * A value has no sample from a block whose check failed or whose run was interrupted (stopped or
 * frozen). Runs under different limits have no ratio, but "reason" and "unequal", the number of
 * such blocks.
 *
 * A row's ratio in a block is the median of that run's samples over the median of the base's in the
 * same block, so that drift of the machine between blocks cancels out.
 */
#ifndef VIRTCOST_RESULTS_RESULTS_H
#define VIRTCOST_RESULTS_RESULTS_H

#include <jansson.h>
#include <stdint.h>

#include "tools/virtcost/env/environment.h"
#include "tools/virtcost/experiments/experiment.h"

#define RESULTS_SCHEMA "virtcost/2"

#define EXPERIMENTS_MAX 16

/* An experiment that was started. */
struct part {
    const struct experiment *experiment;
    unsigned blocks, wanted; /* complete and planned blocks */
    uint64_t elapsed_ns;     /* time of the complete blocks; 0: unknown */
    json_t *steps;           /* labels of the steps, in the plan's order */
    json_t *skipped;         /* as in struct plan; NULL: none */
};

struct results {
    const struct environment *const *env; /* env[0] is the base */
    unsigned envs;
    unsigned envs_named; /* a bit for each environment named by the user */
    bool bench_named;    /* the user named benchmarks: a missing result is a failure */
    uint64_t seed;
    bool quick;
    double margin_pct;   /* margin of the verdicts */
    const char *runtime; /* container runtime; NULL: none */
    struct part part[EXPERIMENTS_MAX];
    unsigned parts;
    json_t *runs;      /* an array of {"experiment", "step", "block", "order", "env", "report"} */
    json_t *warnings;  /* an array of {"code", "text"}: found before the end */
    const char *end;   /* "done", "signal" or "error" */
    const char *error; /* message, with "error" */
};

/* results_add(): add one run of the last part; takes the reference to the report. */
void results_add(struct results *results, const char *step, unsigned order, const char *env,
                 json_t *report);

/* results_json(): build the results from complete blocks only. The caller frees the object. */
json_t *results_json(const struct results *results);

#endif
