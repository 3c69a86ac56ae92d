/* SPDX-License-Identifier: MIT */
/* Shared by the text tables of figures (vmm/core/base/tabular.h). */
#ifndef VIRTCOST_FIGURES_TABLE_H
#define VIRTCOST_FIGURES_TABLE_H

#include <jansson.h>
#include <stdio.h>

#include "tools/virtcost/figures/figures.h"
#include "tools/virtcost/figures/verdict.h"
#include "vmm/core/base/tabular.h"

/*
 * table_columns(): the columns for the cells added below: the name, `count` numbers with these
 * titles, their unit, and, if `ratio` is not NULL, a ratio with that title and a verdict. The
 * titles must outlive the columns. Returns the number of columns.
 */
unsigned table_columns(struct tabular_column column[TABULAR_COLUMNS_MAX], const char *const *titles,
                       unsigned count, const char *ratio);

/* table_name(): add a row's label, threads and environment. */
void table_name(struct tabular *table, const json_t *row);

/*
 * table_numbers(): add `count` numbers and their unit, all in the display unit of the first; "-"
 * for NULL.
 */
void table_numbers(struct tabular *table, const char *unit, const json_t *const *numbers,
                   unsigned count);

/*
 * table_ratio(): add a ratio with its interval, if that has 95 % confidence, and the verdict; or
 * the text `none` if the ratio is unknown.
 */
void table_ratio(struct tabular *table, const struct verdict_ratio *ratio, double margin,
                 const char *none);

#endif
