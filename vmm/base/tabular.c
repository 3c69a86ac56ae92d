/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <string.h>

#include "vmm/base/tabular.h"
#include "vmm/base/wrapped.h"

#define INDENT 2 /* of cells below their label */

struct tabular {
    FILE *out; /* NULL: the first pass, in which widths are found */
    const struct tabular_column *column;
    unsigned columns, rows;
    int width[TABULAR_COLUMNS_MAX];        /* as printed */
    int content[TABULAR_COLUMNS_MAX];      /* of the widest cell */
    bool breaks[TABULAR_COLUMNS_MAX];      /* a line begins with this column */
    unsigned fitting[WRAPPED_COLUMNS + 1]; /* labels by their length */
    char cell[TABULAR_COLUMNS_MAX][TABULAR_CELL_MAX];
    char rest[TABULAR_CELL_MAX];
    char last[TABULAR_CELL_MAX]; /* the label that has a line of its own above */
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

/* Blanks up to the next cell are owed, so that no line ends with any. */
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

/* One cell in its column, behind a blank. What is wider has taken its room elsewhere. */
static void put_cell(struct pen *pen, const struct tabular_column *column, int width,
                     const char *text)
{
    int pad = larger(width - length_of(text), 0);

    pen_put(pen, 1 + (column->left ? 0 : pad), text);
    pen->owed += column->left ? pad : 0;
}

/* How much the cells of a row are wider than their columns. */
static int excess_of(const struct tabular *table)
{
    int excess = 0;

    for (unsigned i = 1; i < table->cells; i++)
        excess += larger(length_of(table->cell[i]) - table->width[i], 0);
    return excess;
}

/* Returns the columns that the label takes of the line of the cells. */
static int put_label(struct tabular *table, struct pen *pen)
{
    int room = larger(table->width[0] - excess_of(table), 0);
    const char *label = table->cell[0];

    if (length_of(label) > room) {
        if (strcmp(label, table->last))
            wrapped_note(pen->out, "%s\n", label);
        memcpy(table->last, label, sizeof(table->last));
        label = "";
    }
    pen_put(pen, 0, label);
    pen->owed += room - length_of(label);
    return room;
}

static void print_row(struct tabular *table)
{
    struct pen pen = {.out = table->out};
    int indent = put_label(table, &pen);

    for (unsigned i = 1; i < table->cells; i++) {
        if (table->breaks[i])
            pen_line(&pen, indent);
        put_cell(&pen, &table->column[i], table->width[i], table->cell[i]);
    }
    if (*table->rest && pen.column + pen.owed + 1 + length_of(table->rest) > wrapped_columns()) {
        fputc('\n', pen.out);
        wrapped_print(pen.out, indent + 1, "", table->rest);
        return;
    }
    if (*table->rest)
        pen_put(&pen, 1, table->rest);
    fputc('\n', pen.out);
}

/* Blanks at its end are the table's business. */
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

/* The first column behind the group of column `i`; without a group, that is the next one. */
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

/* The titles above those of the columns of one line. Returns whether there are any. */
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
    int indent = table->width[0];
    unsigned from = 1, to;

    /* A title that does not fit beside the others has a line of its own, as labels have. */
    if (length_of(table->column[0].title) > indent)
        fprintf(pen.out, "%s\n", table->column[0].title);
    for (; from < table->columns; from = to) {
        const char *title = table->column[0].title;

        for (to = from + 1; to < table->columns && !table->breaks[to]; to++)
            ;
        pen.owed = indent;
        if (print_groups(table, &pen, from, to))
            pen_line(&pen, 0);
        pen.owed = 0;
        if (from > 1 || length_of(title) > indent)
            title = "";
        pen_put(&pen, 0, title);
        pen.owed += indent - length_of(title);
        for (unsigned i = from; i < to; i++)
            put_cell(&pen, &table->column[i], table->width[i], table->column[i].title);
        pen_line(&pen, 0);
    }
}

/* Columns as narrow as their titles and cells; a group's are as wide as its own title. */
static void shrink(struct tabular *table)
{
    for (unsigned i = 1; i < table->columns; i++)
        table->width[i] = larger(table->content[i], length_of(table->column[i].title));
    for (unsigned i = 1, end; i < table->columns; i = end) {
        const char *group = table->column[i].group;

        end = group_end(table, i);
        if (group)
            table->width[i] += larger(length_of(group) + 1 - span_of(table, i, end), 0);
    }
}

/* Where a line is full, the next one begins: with a whole group, if a line can hold it. */
static void fold(struct tabular *table)
{
    int room = wrapped_columns() - INDENT, used = 0;

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

/* Whether beside the cells there is room for the most of the labels. */
static bool most_fit(const struct tabular *table, int room)
{
    unsigned fit = 0;

    for (int length = 0; length <= room && length < WRAPPED_COLUMNS; length++)
        fit += table->fitting[length];
    return 2 * fit > table->rows;
}

static void choose_widths(struct tabular *table)
{
    int all;

    for (unsigned i = 0; i < table->columns; i++)
        table->width[i] = larger(table->column[i].width, length_of(table->column[i].title));
    if (span_of(table, 0, table->columns) - 1 <= wrapped_columns())
        return;
    shrink(table);
    all = span_of(table, 1, table->columns);
    table->width[0] = larger(table->content[0], length_of(table->column[0].title));
    if (table->width[0] + all <= wrapped_columns())
        return;
    table->width[0] = wrapped_columns() - all;
    if (most_fit(table, table->width[0]))
        return;
    table->width[0] = INDENT;
    fold(table);
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
    print_titles(&table);
    table.rows = 0;
    rows(&table, ctx);
    return table.rows;
}
