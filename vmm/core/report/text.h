/* SPDX-License-Identifier: MIT */
/* The parts of the text report. */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include <stdio.h>

#include "vmm/core/base/units.h"
#include "vmm/core/report/report.h"

#define TEXT_VALUE_COLUMNS 8

/*
 * text_value(): four significant digits in TEXT_VALUE_COLUMNS, with an exponent only for very large
 * or small values. Returns `text`.
 */
const char *text_value(char text[UNITS_TEXT_MAX], double value);

/*
 * text_wrapped(): print a label and text, wrapped at blanks if possible, with continuation lines
 * indented.
 */
void text_wrapped(FILE *out, const char *label, const char *text);

/* text_disks(): print a line per disk. */
void text_disks(FILE *out, const struct report *report);

/* text_io(): print the table of I/O rows, if any. */
void text_io(FILE *out, const struct report *report);

/* text_traced(): print the hits of KVM's tracepoints per operation, if there was a traced run. */
void text_traced(FILE *out, const struct report *report);

/* text_costs(): print the table of exit costs, if any. */
void text_costs(FILE *out, const struct report *report);

/* text_exits(): print the exits to user space by vCPU and reason; nothing in a native run. */
void text_exits(FILE *out, const struct report *report);

#endif
