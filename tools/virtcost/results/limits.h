/* SPDX-License-Identifier: MIT */
/*
 * The limits of cgroups that runs were under, as their reports have them. Runs under different ones
 * cannot be compared: the ratio would be that of the limits.
 */
#ifndef VIRTCOST_RESULTS_LIMITS_H
#define VIRTCOST_RESULTS_LIMITS_H

#include <jansson.h>

#define LIMITS_TEXT_MAX 160

/* limits_of(): what a report says of them. To be freed by the caller. */
json_t *limits_of(const json_t *report);

/*
 * limits_reason(): why runs of two environments under the limits `a` and `b` (of limits_of(), or
 * NULL) cannot be compared, in `text`; returns it, or NULL if they can. A quota counts if it is
 * below the number of CPUs; a memory limit, if it is below what the run was given as memory.
 */
const char *limits_reason(char text[LIMITS_TEXT_MAX], const char *env_a, const json_t *a,
                          const char *env_b, const json_t *b);

#endif
