/* SPDX-License-Identifier: MIT */
/* What the tables of figures on a terminal have in common: 99 columns at most. */
#ifndef VIRTCOST_FIGURES_TABLE_H
#define VIRTCOST_FIGURES_TABLE_H

#include <jansson.h>
#include <stdio.h>

#include "tools/virtcost/figures/figures.h"
#include "tools/virtcost/figures/verdict.h"

/* table_header(): `count` titles of numbers, and that of the ratio; "" if there is none. */
void table_header(FILE *out, const char *const *titles, unsigned count, const char *ratio);

/*
 * table_name(): what the row is of: its label, threads and environment. A label too long for its
 * column has a line of its own, but not after a row of the same; `last` holds that row's, "" at
 * first.
 */
void table_name(FILE *out, const json_t *row, char last[FIGURES_LABEL_MAX]);

/*
 * table_numbers(): numbers of that unit and the unit, all in one measure that suits them; one that
 * is NULL is "-".
 */
void table_numbers(FILE *out, const char *unit, const json_t *const *numbers, unsigned count);

/*
 * table_ratio(): a ratio, its interval if that is one of 95 %, and the verdict; or, if the ratio is
 * not known, what `none` says.
 */
void table_ratio(FILE *out, const struct verdict_ratio *ratio, double margin, const char *none);

#endif
