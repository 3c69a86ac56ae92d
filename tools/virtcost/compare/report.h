/* SPDX-License-Identifier: MIT */
/*
 * Reads reports of minivmm and bench-native (--report json) for a comparison of two: for example
 * the same benchmarks in the same environment of two hosts.
 */
#ifndef VIRTCOST_COMPARE_REPORT_H
#define VIRTCOST_COMPARE_REPORT_H

#include <jansson.h>

#include "vmm/core/base/err.h"

#define REPORT_SCHEMA "minivmm-report/1"

/*
 * report_results(): convert a report to the shape of results, with one experiment "report" without
 * steps, whose values have the samples of the run; a row that failed its check or was interrupted
 * has none. The caller frees it; NULL without memory.
 */
json_t *report_results(const json_t *report);

/*
 * report_check_pair(): check that two files, with these names, are comparable: both are results, or
 * both are reports (in the shape of results) of the same environment. Returns 0, or -1 with
 * ERR_USAGE.
 */
int report_check_pair(const json_t *a, const json_t *b, const char *name_a, const char *name_b,
                      struct err *err);

#endif
