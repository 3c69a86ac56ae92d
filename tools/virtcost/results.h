/* SPDX-License-Identifier: MIT */
/*
 * What came of all runs: every report as it was, and the paired ratios of each row.
 *
 * A block holds one run of each environment. A row's ratio in a block is the median of that run's
 * samples over the median of the base's samples in the same block, so that a drift of the machine
 * from block to block does not matter. The headline is the median of these ratios.
 */
#ifndef VIRTCOST_RESULTS_H
#define VIRTCOST_RESULTS_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "tools/virtcost/environment.h"

struct results {
    const struct environment *const *env; /* the first is the base */
    unsigned envs;
    unsigned blocks, wanted; /* complete ones, and how many there should be */
    uint64_t seed;
    int quick;
    json_t *runs;      /* an array of {"block", "order", "env", "report"} */
    const char *end;   /* "done", "signal" or "error" */
    const char *error; /* with "error" */
};

/* results_add(): one run; takes the report over. */
void results_add(struct results *results, unsigned block, unsigned order, const char *env,
                 json_t *report);

/*
 * results_ratios(): for each environment but the base, and each row of the base's reports: an
 * object with name, params, threads, unit, better, env, base_median, env_median, samples (the
 * ratio of each block), median, ci95, confidence, voided (blocks left out because a check failed or
 * a row is missing). Only complete blocks count. An array, to be freed by the caller.
 */
json_t *results_ratios(const struct results *results);

/* results_wrong(): how many rows of all runs have a check that failed. */
unsigned results_wrong(const struct results *results);

/*
 * results_warnings(): what a reader should know: blocks that are missing, checks that failed. An
 * array of {"code", "text"}, to be freed by the caller.
 */
json_t *results_warnings(const struct results *results);

/* results_json(): all of it, schema "virtcost/1"; takes nothing over. To be freed by the caller. */
json_t *results_json(const struct results *results, json_t *ratios, json_t *added,
                     json_t *warnings);

/* results_print(): the ratios as a table for a person, what I/O costs more, and the warnings. */
void results_print(FILE *out, const struct results *results, const json_t *ratios,
                   const json_t *added, const json_t *warnings);

#endif
