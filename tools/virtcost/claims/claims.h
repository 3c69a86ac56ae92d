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
 *   "not measured": the results do not have it, or too few blocks of it.
 * A loss is one only if the interval of its ratio excludes 1 with a confidence of 0.95 and the
 * median is below 0.97; and a tie is one only if the interval is narrow enough to exclude a loss of
 * a tenth. An array, to be freed by the caller.
 */
json_t *claims_of(const json_t *results);

/* claims_print(): the claims as prose for a person. */
void claims_print(FILE *out, const json_t *claims);

#endif
