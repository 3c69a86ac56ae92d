/* SPDX-License-Identifier: MIT */
/*
 * Reports of minivmm and bench-native (--report json), for a comparison of two of them: the same
 * benchmarks in the same environment of two hosts, say.
 */
#ifndef VIRTCOST_COMPARE_REPORT_H
#define VIRTCOST_COMPARE_REPORT_H

#include <jansson.h>

#include "vmm/core/base/err.h"

#define REPORT_SCHEMA "minivmm-report/1"

/*
 * report_results(): a report in the shape of results, of one experiment "report" without steps, its
 * values having the samples of the run; a row whose check failed, or that was interrupted, has
 * none. To be freed by the caller; NULL: no memory.
 */
json_t *report_results(const json_t *report);

/*
 * report_check_pair(): whether two files that are called so can be compared: both are results, or
 * both are reports of the same environment, in the shape of results. Returns 0, or -1 with
 * ERR_USAGE.
 */
int report_check_pair(const json_t *a, const json_t *b, const char *name_a, const char *name_b,
                      struct err *err);

#endif
