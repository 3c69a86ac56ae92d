/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <string.h>

#include "vmm/core/base/tabular.h"
#include "vmm/core/base/wrapped.h"

#define INDENT      2 /* of cells below their label */
#define LABEL_SHARE 4 /* labels of up to 1/4 of a line are short */

struct tabular {
    FILE *out; /* NULL in the first pass, which measures widths */
    const struct tabular_column *column;
    unsigned columns, rows;
    int width[TABULAR_COLUMNS_MAX];        /* as printed */
    bool below;                            /* cells go below their label */
    int content[TABULAR_COLUMNS_MAX];      /* width of the widest cell */
    bool breaks[TABULAR_COLUMNS_MAX];      /* this column starts a line */
    unsigned fitting[WRAPPED_COLUMNS + 1]; /* number of labels by length */
    char cell[TABULAR_COLUMNS_MAX][TABULAR_CELL_MAX];
    char rest[TABULAR_CELL_MAX];
    char last[TABULAR_CELL_MAX]; /* the last label printed on a separate line */
    unsigned cells;
};

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static int length_of(const char *text)
{
    return (int)strlen(text);
}

void tabular_cell(struct tabular *table, const char *format, ...)
{
    va_list args;

    if (table->cells == table->columns)
        return;
    va_start(args, format);
    vsnprintf(table->cell[table->cells++], TABULAR_CELL_MAX, format, args);
    va_end(args);
}

void tabular_rest(struct tabular *table, const char *text)
{
    snprintf(table->rest, sizeof(table->rest), "%s", text);
}

FILE *tabular_between(struct tabular *table)
{
    table->last[0] = '\0';
    return table->out;
}

static void measure_row(struct tabular *table)
{
    int label = length_of(table->cell[0]);

    for (unsigned i = 0; i < table->cells; i++)
        table->content[i] = larger(table->content[i], length_of(table->cell[i]));
    table->fitting[label < WRAPPED_COLUMNS ? label : WRAPPED_COLUMNS]++;
}

/* Blanks before the next cell are deferred, so that no line ends with blanks. */
struct pen {
    FILE *out;
    int column, owed;
};

static void pen_put(struct pen *pen, int blanks, const char *text)
{
    pen->owed += blanks;
    if (!*text)
        return;
    pen->column += fprintf(pen->out, "%*s%s", pen->owed, "", text);
    pen->owed = 0;
}

static void pen_line(struct pen *pen, int indent)
{
    fputc('\n', pen->out);
    pen->column = 0;
    pen->owed = indent;
}

/* One cell in its column, after a blank. */
static void put_cell(struct pen *pen, const struct tabular_column *column, int width,
                     const char *text)
{
    int pad = larger(width - length_of(text), 0);

    pen_put(pen, 1 + (column->left ? 0 : pad), text);
    pen->owed += column->left ? pad : 0;
}

static void put_label(struct tabular *table, struct pen *pen)
{
    const char *label = table->cell[0];

    if (table->below || length_of(label) > table->width[0]) {
        if (strcmp(label, table->last))
            wrapped_note(pen->out, "%s\n", label);
        memcpy(table->last, label, sizeof(table->last));
        label = "";
    }
    pen_put(pen, 0, label);
    pen->owed += table->width[0] - length_of(label);
}

static void print_row(struct tabular *table)
{
    struct pen pen = {.out = table->out};

    put_label(table, &pen);
    for (unsigned i = 1; i < table->cells; i++) {
        if (table->breaks[i])
            pen_line(&pen, table->width[0]);
        put_cell(&pen, &table->column[i], table->width[i], table->cell[i]);
    }
    if (*table->rest && pen.column + pen.owed + 1 + length_of(table->rest) > wrapped_columns()) {
        fputc('\n', pen.out);
        wrapped_print(pen.out, table->width[0] + 1, "", table->rest);
        return;
    }
    if (*table->rest)
        pen_put(&pen, 1, table->rest);
    fputc('\n', pen.out);
}

/* Trailing blanks are added by the table. */
static void trim_label(char *label)
{
    size_t length = strlen(label);

    while (length && label[length - 1] == ' ')
        label[--length] = '\0';
}

void tabular_end(struct tabular *table)
{
    trim_label(table->cell[0]);
    if (table->out)
        print_row(table);
    else
        measure_row(table);
    table->rows++;
    table->cells = 0;
    table->rest[0] = '\0';
}

/* The first column after the group of column `i`; without a group, the next column. */
static unsigned group_end(const struct tabular *table, unsigned i)
{
    const char *group = table->column[i].group;

    do
        i++;
    while (i < table->columns && group && table->column[i].group == group);
    return i;
}

static int span_of(const struct tabular *table, unsigned from, unsigned to)
{
    int span = 0;

    for (unsigned i = from; i < to; i++)
        span += 1 + table->width[i];
    return span;
}

/* The group titles of one line. Returns whether there are any. */
static bool print_groups(const struct tabular *table, struct pen *pen, unsigned from, unsigned to)
{
    bool any = false;

    for (unsigned i = from, end; i < to; i = end) {
        const char *group = table->column[i].group;
        int span;

        end = group_end(table, i);
        span = span_of(table, i, end);
        any |= group != NULL;
        pen_put(pen, larger(span - (group ? length_of(group) : 0), 0), group ? group : "");
    }
    return any;
}

static void print_titles(const struct tabular *table)
{
    struct pen pen = {.out = table->out};
    const char *title = table->column[0].title;
    int indent = table->width[0];
    unsigned from = 1, to;

    /* A title that does not fit gets a separate line, as labels do. */
    if (table->below || length_of(title) > indent) {
        wrapped_note(pen.out, "%s\n", title);
        title = "";
    }
    for (; from < table->columns; from = to) {
        for (to = from + 1; to < table->columns && !table->breaks[to]; to++)
            ;
        pen.owed = indent;
        if (print_groups(table, &pen, from, to))
            pen_line(&pen, 0);
        pen.owed = 0;
        pen_put(&pen, 0, title);
        pen.owed += indent - length_of(title);
        title = "";
        for (unsigned i = from; i < to; i++)
            put_cell(&pen, &table->column[i], table->width[i], table->column[i].title);
        pen_line(&pen, 0);
    }
}

/* Declared widths if they fit, otherwise the widths of titles and cells. */
static void set_widths(struct tabular *table, bool narrow)
{
    for (unsigned i = 0; i < table->columns; i++) {
        table->width[i] = larger(table->content[i], length_of(table->column[i].title));
        if (!narrow)
            table->width[i] = larger(table->width[i], table->column[i].width);
    }
    /* A group is at least as wide as its title. */
    for (unsigned i = 1, end; i < table->columns; i = end) {
        const char *group = table->column[i].group;

        end = group_end(table, i);
        if (group)
            table->width[i] += larger(length_of(group) + 1 - span_of(table, i, end), 0);
    }
}

/* Break full lines, before a group rather than within it if the group fits on one line. */
static void fold(struct tabular *table)
{
    int room = wrapped_columns() - table->width[0], used = 0;

    for (unsigned i = 1, end; i < table->columns; i = end) {
        end = group_end(table, i);
        if (span_of(table, i, end) > room)
            end = i + 1;
        if (used && used + span_of(table, i, end) > room) {
            table->breaks[i] = true;
            used = 0;
        }
        used += span_of(table, i, end);
    }
}

/* Whether most of the labels fit beside the cells. */
static bool most_fit(const struct tabular *table, int room)
{
    unsigned fit = 0;

    for (int length = 0; length <= room && length < WRAPPED_COLUMNS; length++)
        fit += table->fitting[length];
    return 2 * fit > table->rows;
}

/*
 * Shrink the label column first: to its declared width or, with `narrow`, to the width of most
 * labels. Returns whether the columns then fit.
 */
static bool fit_label(struct tabular *table, bool narrow)
{
    int room = wrapped_columns() - span_of(table, 1, table->columns);

    if (narrow ? !most_fit(table, room) : room < table->column[0].width)
        return false;
    if (table->width[0] > room)
        table->width[0] = narrow ? room : table->column[0].width;
    return true;
}

static void choose_widths(struct tabular *table)
{
    set_widths(table, false);
    if (fit_label(table, false))
        return;
    set_widths(table, true);
    if (fit_label(table, true))
        return;
    /* Short labels stay; the cells are split over lines beside or below them. */
    table->below = table->width[0] > wrapped_columns() / LABEL_SHARE;
    if (table->below)
        table->width[0] = INDENT;
    fold(table);
}

static bool has_titles(const struct tabular *table)
{
    for (unsigned i = 0; i < table->columns; i++)
        if (*table->column[i].title)
            return true;
    return false;
}

unsigned tabular_print(FILE *out, const struct tabular_column *column, unsigned columns,
                       tabular_rows *rows, const void *ctx)
{
    struct tabular table = {.column = column, .columns = columns};

    rows(&table, ctx);
    if (!table.rows)
        return 0;
    choose_widths(&table);
    table.out = out;
    if (has_titles(&table))
        print_titles(&table);
    table.rows = 0;
    rows(&table, ctx);
    return table.rows;
}
