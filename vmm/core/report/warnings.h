/* SPDX-License-Identifier: MIT */
/*
 * Warnings: conditions that limit the validity of a report.
 */
#ifndef REPORT_WARNINGS_H
#define REPORT_WARNINGS_H

#include "vmm/core/report/report.h"

struct warning {
    char code[CHANNEL_NAME_MAX]; /* stable identifier in the JSON report */
    char text[256];              /* message for the user */
};

#define WARNINGS_MAX (RESULT_WARNED_MAX + 32)

/* warnings_find(): fill in all warnings that apply, at most WARNINGS_MAX. Returns their number. */
unsigned warnings_find(const struct report *report, struct warning *warnings);

#endif
