/* SPDX-License-Identifier: MIT */
/* What the tables of figures on a terminal have in common (vmm/core/base/tabular.h). */
#ifndef VIRTCOST_FIGURES_TABLE_H
#define VIRTCOST_FIGURES_TABLE_H

#include <jansson.h>
#include <stdio.h>

#include "tools/virtcost/figures/figures.h"
#include "tools/virtcost/figures/verdict.h"
#include "vmm/core/base/tabular.h"

/*
 * table_columns(): the columns for what the functions below add: the name, `count` numbers with
 * these titles and their unit, and, if `ratio` is not NULL, a ratio with that title and a verdict.
 * The titles live as long as the columns. Returns how many columns these are.
 */
unsigned table_columns(struct tabular_column column[TABULAR_COLUMNS_MAX], const char *const *titles,
                       unsigned count, const char *ratio);

/* table_name(): what the row is of: its label, threads and environment. */
void table_name(struct tabular *table, const json_t *row);

/*
 * table_numbers(): numbers of that unit and the unit, all in the one measure that suits the first;
 * one that is NULL is "-".
 */
void table_numbers(struct tabular *table, const char *unit, const json_t *const *numbers,
                   unsigned count);

/*
 * table_ratio(): a ratio, its interval if that is one of 95 %, and the verdict; or, if the ratio is
 * not known, what `none` says.
 */
void table_ratio(struct tabular *table, const struct verdict_ratio *ratio, double margin,
                 const char *none);

#endif
