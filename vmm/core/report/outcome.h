/* SPDX-License-Identifier: MIT */
/*
 * Whether a run gave what was asked of it: each name of --bench at least one row, no benchmark that
 * failed, no row that a check voids.
 */
#ifndef REPORT_OUTCOME_H
#define REPORT_OUTCOME_H

#include "vmm/core/report/report.h"

/* A word of --bench that has no row. */
struct outcome_missing {
    const char *word; /* within the option's text */
    size_t length;
    const char *reason; /* of the first benchmark that it means */
    bool failed;        /* that one failed, rather than was skipped */
};

/*
 * outcome_missing(): the next word without a result, from *at on, which is the text of --bench for
 * the first call. Returns whether there is one; of a run that did not end by itself, there is none.
 */
bool outcome_missing(const struct report *report, const char **at, struct outcome_missing *missing);

/*
 * outcome_interrupted(): whether the process stood still while a row was measured: then it is void.
 * outcome_interrupted_rows(): how many are.
 */
bool outcome_interrupted(const struct report *report, const struct result_row *row);
uint32_t outcome_interrupted_rows(const struct report *report);

/* outcome_pauses(): how long it stood still and what that voids. Returns whether it ever did. */
bool outcome_pauses(const struct report *report, char *text, size_t size);

/*
 * outcome_io_error(): what went wrong on the host with a disk, in `text`. Returns whether anything
 * did.
 */
bool outcome_io_error(const struct report *report, char *text, size_t size);

#endif
