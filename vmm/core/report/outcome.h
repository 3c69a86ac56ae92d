/* SPDX-License-Identifier: MIT */
/*
 * Whether a run succeeded: at least one row for each name of --bench, no failed benchmark, no void
 * row.
 */
#ifndef REPORT_OUTCOME_H
#define REPORT_OUTCOME_H

#include "vmm/core/report/report.h"

/* A name in --bench without a row. */
struct outcome_missing {
    const char *word; /* points into the option's text; not terminated */
    size_t length;
    const char *reason; /* of the first benchmark that it selects */
    bool failed;        /* that benchmark failed, rather than was skipped */
};

/*
 * outcome_missing(): find the next name without a row from *at on, and advance *at; for the first
 * call, *at is the text of --bench. Returns whether there is one; false for a run that was stopped.
 */
bool outcome_missing(const struct report *report, const char **at, struct outcome_missing *missing);

/*
 * outcome_interrupted(): whether a row is void because a pause may overlap its window.
 * outcome_interrupted_rows(): the number of such rows.
 */
bool outcome_interrupted(const struct report *report, const struct result_row *row);
uint32_t outcome_interrupted_rows(const struct report *report);

/* outcome_pauses(): describe the pauses and the rows that they void. Returns whether there are any.
 */
bool outcome_pauses(const struct report *report, char *text, size_t size);

/*
 * outcome_io_error(): describe the I/O errors of the first disk that has any, in `text`. Returns
 * whether there is one.
 */
bool outcome_io_error(const struct report *report, char *text, size_t size);

#endif
