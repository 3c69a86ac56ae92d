/* SPDX-License-Identifier: MIT */
/*
 * What a reader must know before believing a report.
 */
#ifndef REPORT_WARNINGS_H
#define REPORT_WARNINGS_H

#include "vmm/core/report/report.h"

struct warning {
    char code[CHANNEL_NAME_MAX]; /* for programs */
    char text[256];              /* for people */
};

#define WARNINGS_MAX (RESULT_WARNED_MAX + 32)

/* warnings_find(): all that apply, at most WARNINGS_MAX. Returns how many. */
unsigned warnings_find(const struct report *report, struct warning *warnings);

#endif
