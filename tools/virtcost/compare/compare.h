/* SPDX-License-Identifier: MIT */
/*
 * Two files of results, a before and b after, row by row. Their blocks are not paired: what came
 * between the two (another kernel, another day) is in the ratio as well, so the interval is one of
 * unpaired samples, and what differs between the hosts is a warning.
 */
#ifndef VIRTCOST_COMPARE_COMPARE_H
#define VIRTCOST_COMPARE_COMPARE_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

/*
 * compare_results(): an object, to be freed by the caller, or NULL if there is no memory:
 *   "rows": an array of {"experiment", "step", "name", "params", "threads", "env", "unit",
 *     "better", "a_median", "b_median", "ratio" (b over a), "ci95", "confidence", "verdict"} for
 *     each figure that both files have;
 *   "only_a", "only_b": the names of those that one of them has;
 *   "hosts": {"a", "b"};
 *   "warnings": an array of {"code", "text"}: what makes the two hard to compare.
 * The verdict is "better", "worse", "same" (1 is in the interval), "few" (fewer than six samples on
 * one side, with which no interval reaches 95 %), or "none" (no ratio: a sample that is not above
 * 0; then ratio, ci95 and confidence are absent, as is the median of a side without samples). A row
 * whose unit or direction differs is left out, with a warning. The seed is that of the bootstrap.
 */
json_t *compare_results(const json_t *a, const json_t *b, uint64_t seed);

/* compare_count(): how many rows have this verdict. */
unsigned compare_count(const json_t *comparison, const char *verdict);

/* compare_print(): a comparison as tables for a person, and the warnings. */
void compare_print(FILE *out, const json_t *comparison);

/*
 * compare_worse(): how many rows are worse by more than `pct` percent of a's median: the verdict is
 * "worse", so the interval excludes 1, and the median has risen by more than that where less is
 * better, or fallen where more is.
 *
 * A row with too few samples never counts, however bad: its interval cannot exclude 1 with a
 * confidence that is worth the name, and a check that cries wolf is turned off. But then a check of
 * few blocks cannot fail, so compare_results() warns of such rows, and of those without a ratio.
 * One row in fifty or so is "worse" by chance; `pct` keeps the most of these out.
 */
unsigned compare_worse(const json_t *comparison, double pct);

#endif
