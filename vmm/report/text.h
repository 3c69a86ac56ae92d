/* SPDX-License-Identifier: MIT */
/* The parts of the text report. */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include <stdio.h>

#include "vmm/base/units.h"
#include "vmm/report/report.h"

#define TEXT_VALUE_COLUMNS 8

/*
 * text_value(): four digits that count, in TEXT_VALUE_COLUMNS, without an exponent as long as that
 * is readable. Returns `text`.
 */
const char *text_value(char text[UNITS_TEXT_MAX], double value);

/* text_costs(): what the operations that leave the guest cost; nothing if none was measured. */
void text_costs(FILE *out, const struct report *report);

/* text_exits(): the exits to user space by vCPU and reason; nothing in a native run. */
void text_exits(FILE *out, const struct report *report);

#endif
