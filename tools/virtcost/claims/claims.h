/* SPDX-License-Identifier: MIT */
/*
 * What is said of VMs and containers, and what results of ours have to say to it. The claims are
 * those of a much-read retelling of Felter, Ferreira, Rajamony, Rubio, "An Updated Performance
 * Comparison of Virtual Machines and Linux Containers" (IBM, 2014), with the study's own figures.
 */
#ifndef VIRTCOST_CLAIMS_CLAIMS_H
#define VIRTCOST_CLAIMS_CLAIMS_H

#include <jansson.h>
#include <stdio.h>

/*
 * claims_of(): from results of schema "virtcost/2", an array of {"claim", "study", "ours",
 * "verdict", "cause"}, all of them texts, in the order of the table. "study" and "ours" quote
 * figures as native / container / VM; "ours" ends with why, where the verdict needs it. The
 * verdicts:
 *   "reproduced", "not reproduced": it was measured, and is so, or is not;
 *   "cannot be shown here": this machine lacks what it takes;
 *   "not comparable": measured, but ours is another thing than the claim speaks of;
 *   "measured, undecided": the results have it, but an interval that it rests on is unclear;
 *   "measured in part": the results have some of the figures that it takes;
 *   "not measured": they have none.
 * A loss or a tie is the verdict of a ratio (tools/virtcost/figures/verdict.h), within the margin
 * of the results: worse, or the same or better. Where a claim names a size, all of the interval
 * must be beyond it. An array, to be freed by the caller.
 */
json_t *claims_of(const json_t *results);

/* claims_print(): the claims as prose for a person. */
void claims_print(FILE *out, const json_t *claims);

#endif
