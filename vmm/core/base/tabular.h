/* SPDX-License-Identifier: MIT */
/*
 * Tables for terminals of any width. On a wide terminal, each column has its declared width. On a
 * narrower one, columns shrink to their cells, then labels move to separate lines, then rows and
 * titles are split over several lines. No cell is truncated, and columns stay aligned.
 */
#ifndef BASE_TABULAR_H
#define BASE_TABULAR_H

#include <stdbool.h>
#include <stdio.h>

#define TABULAR_COLUMNS_MAX 16
#define TABULAR_CELL_MAX    160 /* longer cells are truncated */

/* Column 0 is the label: left-aligned, and on a separate line where it does not fit. */
struct tabular_column {
    const char *title;
    int width;         /* minimum width on a wide terminal */
    bool left;         /* left-aligned */
    const char *group; /* common title of adjacent columns with the same pointer; or NULL */
};

struct tabular;

/* Adds the rows of a table with the functions below. Called twice; must add the same rows. */
typedef void tabular_rows(struct tabular *table, const void *ctx);

/*
 * tabular_print(): print the titles, unless all are empty, and the rows in lines of at most
 * wrapped_columns(). Prints nothing if there are no rows. Returns the number of rows.
 */
unsigned tabular_print(FILE *out, const struct tabular_column *column, unsigned columns,
                       tabular_rows *rows, const void *ctx);

/* tabular_cell(): add the next cell of the current row, the label first. */
void tabular_cell(struct tabular *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* tabular_rest(): add text in place of all remaining cells of the row. */
void tabular_rest(struct tabular *table, const char *text);

/* tabular_end(): end the row. */
void tabular_end(struct tabular *table);

/*
 * tabular_between(): the stream for lines between rows, which the caller wraps; NULL in the pass
 * that only measures. The next row repeats its label even if it equals the previous one.
 */
FILE *tabular_between(struct tabular *table);

#endif
