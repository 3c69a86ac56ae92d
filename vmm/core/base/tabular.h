/* SPDX-License-Identifier: MIT */
/*
 * Tables for a terminal of any width. With room, each column is as wide as it says. With less, each
 * takes what its cells need; then labels get a line of their own; and at last the cells of a row go
 * over several lines, the titles alike. No cell is cut off, and columns stay aligned.
 */
#ifndef BASE_TABULAR_H
#define BASE_TABULAR_H

#include <stdbool.h>
#include <stdio.h>

#define TABULAR_COLUMNS_MAX 16
#define TABULAR_CELL_MAX    160 /* a longer one is cut off */

/* Column 0 is the label: to the left, and on a line of its own where it does not fit. */
struct tabular_column {
    const char *title;
    int width;         /* at least, with room */
    bool left;         /* aligned to the left */
    const char *group; /* a title above, of all neighbours that have this very pointer; or NULL */
};

struct tabular;

/* Fills in the rows of a table with the functions below. It is called twice, and says the same. */
typedef void tabular_rows(struct tabular *table, const void *ctx);

/*
 * tabular_print(): the titles, if any has a text, and the rows in lines of at most
 * wrapped_columns(). Without a row nothing is printed. Returns how many rows there are.
 */
unsigned tabular_print(FILE *out, const struct tabular_column *column, unsigned columns,
                       tabular_rows *rows, const void *ctx);

/* tabular_cell(): the next cell of the row at hand; the label is the first. */
void tabular_cell(struct tabular *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* tabular_rest(): text in place of all further cells of the row. */
void tabular_rest(struct tabular *table, const char *text);

/* tabular_end(): the row is complete. */
void tabular_end(struct tabular *table);

/*
 * tabular_between(): the stream for lines between rows, the caller's to fold; or NULL, when nothing
 * is to be printed now. A label that is as the one before is repeated behind them.
 */
FILE *tabular_between(struct tabular *table);

#endif
