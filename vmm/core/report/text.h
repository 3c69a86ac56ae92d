/* SPDX-License-Identifier: MIT */
/* The parts of the text report. */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include <stdio.h>

#include "vmm/core/base/units.h"
#include "vmm/core/report/report.h"

#define TEXT_VALUE_COLUMNS 8

/*
 * text_value(): four digits that count, in TEXT_VALUE_COLUMNS, without an exponent as long as that
 * is readable. Returns `text`.
 */
const char *text_value(char text[UNITS_TEXT_MAX], double value);

/*
 * text_wrapped(): text that may be long, behind a label, broken at blanks if there are any, with
 * later lines indented.
 */
void text_wrapped(FILE *out, const char *label, const char *text);

/* text_disks(): a line on each disk. */
void text_disks(FILE *out, const struct report *report);

/* text_io(): latency, depth and what an operation costs; nothing without I/O. */
void text_io(FILE *out, const struct report *report);

/* text_traced(): what KVM's tracepoints counted per operation; nothing without a traced run. */
void text_traced(FILE *out, const struct report *report);

/* text_costs(): what the operations that leave the guest cost; nothing if none was measured. */
void text_costs(FILE *out, const struct report *report);

/* text_exits(): the exits to user space by vCPU and reason; nothing in a native run. */
void text_exits(FILE *out, const struct report *report);

#endif
