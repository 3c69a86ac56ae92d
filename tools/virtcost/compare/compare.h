/* SPDX-License-Identifier: MIT */
/*
 * Compares two results files, a (before) and b (after), row by row. Their blocks are not paired:
 * whatever changed between the two (another kernel, another day) affects the ratio, so the interval
 * is one of unpaired samples, and differences between the hosts are warnings.
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
    double margin_pct; /* margin of the verdicts */
    uint64_t seed;     /* seed of the bootstrap */
};

/*
 * compare_results(): build an object, which the caller frees, or return NULL without memory:
 *   "margin_pct": the margin of the verdicts;
 *   "sampled": "blocks", or "samples" for two reports: more of them narrow an interval;
 *   "rows": an array of {"experiment", "step", "name", "params", "threads", "env", "unit",
 *     "better", "samples" (of the file with fewer), "a_median", "b_median", "ratio" (b over a),
 *     "ci95", "confidence", "verdict", "settled_by_blocks"} for each figure that both files have;
 *   "only_a", "only_b": names of figures in one file only;
 *   "apart": names of figures whose unit or direction differs, which have no row;
 *   "hosts": {"a", "b"};
 *   "warnings": an array of {"code", "text"}: differences that affect the comparison.
 * The verdict is that of verdict_of(), or "none": no ratio, as a sample is missing or not above 0;
 * then ratio, ci95 and confidence are absent, as is the median of a side without samples.
 * "settled_by_blocks" is verdict_samples() of an unclear one, if known.
 */
json_t *compare_results(const json_t *a, const json_t *b, const struct compare_how *how);

/* compare_ratio(): the ratio in one of the rows. */
struct verdict_ratio compare_ratio(const json_t *row);

/*
 * compare_name(): "experiment step: name params, threads thr, env" of one of the rows, printable.
 * The caller frees it.
 */
json_t *compare_name(const json_t *row);

/* compare_count(): count the rows with this verdict. */
unsigned compare_count(const json_t *comparison, const char *verdict);

/* compare_print(): print a comparison as text tables, with its warnings. */
void compare_print(FILE *out, const json_t *comparison);

/*
 * When a comparison fails. A figure
 * - is worse if its verdict is, and its median is so by more than worse_pct percent of a's;
 * - may be worse if it is unclear or has no ratio, but its median is worse by more than that, or b
 *   has no sample of it;
 * - is missing if it is only in a, or in "apart";
 * - cannot be judged if it is unclear, has no ratio, or is missing.
 * The first three fail; the last does so if `unclear` is set. The margin must not exceed worse_pct:
 * then no figure that is the same is worse.
 */
struct compare_gate {
    double worse_pct; /* limit in percent; negative: none */
    bool unclear;
};

/* Maximum number of failures. */
#define COMPARE_FAILURES 4

/* compare_fails(): set err[] to the failures, with ERR_FAILED. Returns their number. */
unsigned compare_fails(const json_t *comparison, const struct compare_gate *gate,
                       struct err err[COMPARE_FAILURES]);

/*
 * compare_print_unclear(): print the figures that cannot be judged, each with the reason, and their
 * number; those that may be worse first. The output begins with `program`.
 */
void compare_print_unclear(FILE *out, const char *program, const json_t *comparison,
                           const struct compare_gate *gate);

#endif
