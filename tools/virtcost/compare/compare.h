/* SPDX-License-Identifier: MIT */
/*
 * Two files of results, a before and b after, row by row. Their blocks are not paired: what came
 * between the two (another kernel, another day) is in the ratio as well, so the interval is one of
 * unpaired samples, and what differs between the hosts is a warning.
 */
#ifndef VIRTCOST_COMPARE_COMPARE_H
#define VIRTCOST_COMPARE_COMPARE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "tools/virtcost/figures/verdict.h"
#include "vmm/core/base/err.h"

struct compare_how {
    double margin_pct; /* of the verdicts */
    uint64_t seed;     /* of the bootstrap */
};

/*
 * compare_results(): an object, to be freed by the caller, or NULL if there is no memory:
 *   "margin_pct": that of the verdicts;
 *   "sampled": what more of narrows an interval: "blocks", or "samples" of two reports;
 *   "rows": an array of {"experiment", "step", "name", "params", "threads", "env", "unit",
 *     "better", "samples" (of the file with fewer), "a_median", "b_median", "ratio" (b over a),
 *     "ci95", "confidence", "verdict", "settled_by_blocks"} for each figure that both files have;
 *   "only_a", "only_b": the names of those that one of them has;
 *   "apart": the names of those whose unit or direction differs, which have no row;
 *   "hosts": {"a", "b"};
 *   "warnings": an array of {"code", "text"}: what makes the two hard to compare.
 * The verdict is that of verdict_of(), or "none": no ratio, as a sample is missing or not above 0;
 * then ratio, ci95 and confidence are absent, as is the median of a side without samples.
 * "settled_by_blocks" is verdict_samples() of an unclear one, if known.
 */
json_t *compare_results(const json_t *a, const json_t *b, const struct compare_how *how);

/* compare_ratio(): the ratio in one of the rows. */
struct verdict_ratio compare_ratio(const json_t *row);

/* compare_name(): "experiment step: name params, threads thr, env", printable, of one of the rows;
 * to be freed by the caller. */
json_t *compare_name(const json_t *row);

/* compare_count(): how many rows have this verdict. */
unsigned compare_count(const json_t *comparison, const char *verdict);

/* compare_print(): a comparison as tables for a person, and the warnings. */
void compare_print(FILE *out, const json_t *comparison);

/*
 * When a comparison fails. A figure
 * - is worse if its verdict is, and its median is so by more than worse_pct percent of a's;
 * - may be worse if there is no telling (it is unclear, or has no ratio), but its median is worse
 * by more than that, or b has no sample of it;
 * - is missing if it is in a alone, or apart;
 * - cannot be judged if it is unclear, has no ratio, or is missing.
 * The first three fail; the last does so if `unclear` is set. The margin must not exceed worse_pct:
 * then no figure that is the same is worse.
 */
struct compare_gate {
    double worse_pct; /* negative: nothing is too much */
    bool unclear;
};

/* Ways to fail. */
#define COMPARE_FAILURES 4

/* compare_fails(): what fails, if anything, as errors of ERR_FAILED. Returns how many there are. */
unsigned compare_fails(const json_t *comparison, const struct compare_gate *gate,
                       struct err err[COMPARE_FAILURES]);

/*
 * compare_print_unclear(): the figures that cannot be judged, each with the reason, and their
 * number; those that may be worse first. `program` begins the text.
 */
void compare_print_unclear(FILE *out, const char *program, const json_t *comparison,
                           const struct compare_gate *gate);

#endif
