/* SPDX-License-Identifier: MIT */
/*
 * Checks well-known claims about VMs and containers against results. The claims are those of a
 * much-read summary of Felter, Ferreira, Rajamony, Rubio, "An Updated Performance Comparison of
 * Virtual Machines and Linux Containers" (IBM, 2014), with the study's figures.
 */
#ifndef VIRTCOST_CLAIMS_CLAIMS_H
#define VIRTCOST_CLAIMS_CLAIMS_H

#include <jansson.h>
#include <stdio.h>

/*
 * claims_of(): from results of schema "virtcost/2", build an array of {"claim", "study", "ours",
 * "verdict", "cause"}, all texts, in the order of the table. "study" and "ours" quote figures as
 * native / container / VM; "ours" ends with a reason where the verdict needs one. The verdicts:
 *   "reproduced", "not reproduced": measured, and the claim holds, or does not;
 *   "cannot be shown here": this machine lacks the required hardware;
 *   "not comparable": measured, but not what the claim is about;
 *   "measured, undecided": measured, but an interval it depends on is unclear;
 *   "measured in part": the results have some of the required figures;
 *   "not measured": the results have none of them.
 * A loss or a tie is the verdict of a ratio (tools/virtcost/figures/verdict.h), within the margin
 * of the results: worse, or the same or better. If a claim states a size, the whole interval must
 * be beyond it. The caller frees the array.
 */
json_t *claims_of(const json_t *results);

/* claims_print(): print the claims as text. */
void claims_print(FILE *out, const json_t *claims);

#endif
