/* SPDX-License-Identifier: MIT */
/*
 * The cgroup limits of runs, as their reports state them. Runs under different limits cannot be
 * compared: the ratio would be that of the limits.
 */
#ifndef VIRTCOST_RESULTS_LIMITS_H
#define VIRTCOST_RESULTS_LIMITS_H

#include <jansson.h>

#define LIMITS_TEXT_MAX 160

/* limits_of(): extract the limits from a report. The caller frees the object. */
json_t *limits_of(const json_t *report);

/*
 * limits_reason(): why runs of two environments under the limits `a` and `b` (from limits_of(), or
 * NULL) cannot be compared. Returns `text`, or NULL if they can. A CPU quota counts if it is below
 * the number of CPUs, a memory limit if it is below the run's memory.
 */
const char *limits_reason(char text[LIMITS_TEXT_MAX], const char *env_a, const json_t *a,
                          const char *env_b, const json_t *b);

#endif
