/* SPDX-License-Identifier: MIT */
/* Grids for figures that depend on two values, such as the page sizes of host and guest. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/page/html_page.h"
#include "tools/virtcost/page/markup.h"

#define SIDE_MAX 12
#define WORD_MAX 24

/* A count up to this is written in full. */
#define COUNT_MAX 1e9

/* The parsed step "host=4K,guest=2M". */
struct cell_key {
    char row_key[WORD_MAX], row[WORD_MAX], column_key[WORD_MAX], column[WORD_MAX];
};

static bool cell_key_of(const struct sheet_row *row, struct cell_key *key)
{
    return sscanf(row->step, "%23[^=,]=%23[^=,],%23[^=,]=%23[^=,]", key->row_key, key->row,
                  key->column_key, key->column) == 4;
}

struct matrix {
    struct cell_key at; /* its keys name the sides */
    char row[SIDE_MAX][MEASURE_TEXT_MAX], column[SIDE_MAX][MEASURE_TEXT_MAX];
    unsigned rows, columns;
    struct chart_cell cell[SIDE_MAX * SIDE_MAX];
};

/* The index of a name on a side, added if there is room; -1: no room. */
static int side_of(char side[SIDE_MAX][MEASURE_TEXT_MAX], unsigned *count, const char *name)
{
    for (unsigned i = 0; i < *count; i++)
        if (!strcmp(side[i], name))
            return (int)i;
    if (*count == SIDE_MAX)
        return -1;
    snprintf(side[*count], MEASURE_TEXT_MAX, "%s", name);
    return (int)(*count)++;
}

static bool same_matrix(const struct sheet_row *a, const struct sheet_row *b)
{
    return a->threads == b->threads && !strcmp(a->name, b->name) &&
           (a->params == b->params || json_equal(a->params, b->params));
}

static void fill_ratio(struct chart_cell *cell, const struct sheet_row *row,
                       const struct estimate *ratio)
{
    char low[MEASURE_TEXT_MAX], high[MEASURE_TEXT_MAX];

    page_number(cell->text, ratio->median);
    if (ratio->ranged)
        snprintf(cell->range, sizeof(cell->range), "[%.20s, %.20s]", page_number(low, ratio->low),
                 page_number(high, ratio->high));
    cell->shade = sheet_shade(row, ratio);
    cell->unclear = ratio->verdict == VERDICT_UNCLEAR;
}

static void fill(struct matrix *matrix, const struct sheet *sheet, const struct sheet_row *like,
                 unsigned env, html_pick *pick)
{
    struct cell_key key;

    for (unsigned i = 0; i < sheet->rows; i++) {
        const struct sheet_row *row = &sheet->row[i];
        const struct estimate *estimate = pick(&row->of[env]);
        struct chart_cell *cell;
        int r, c;

        if (!estimate->known || !same_matrix(row, like) || !cell_key_of(row, &key))
            continue;
        r = side_of(matrix->row, &matrix->rows, key.row);
        c = side_of(matrix->column, &matrix->columns, key.column);
        if (r < 0 || c < 0)
            continue;
        matrix->at = key;
        cell = &matrix->cell[r * SIDE_MAX + c];
        if (pick == html_ratio) {
            fill_ratio(cell, row, estimate);
        } else if (row->property && fabs(estimate->median) < COUNT_MAX) {
            snprintf(cell->text, sizeof(cell->text), "%.*f", fmod(estimate->median, 1) != 0,
                     estimate->median);
        } else {
            page_value(cell->text, row->unit, estimate->median);
        }
    }
    /* Use no more columns than needed. */
    for (unsigned r = 0; r < matrix->rows; r++)
        memmove(&matrix->cell[r * matrix->columns], &matrix->cell[r * SIDE_MAX],
                matrix->columns * sizeof(*matrix->cell));
}

static void draw(struct page *page, const struct sheet *sheet, const struct sheet_row *like,
                 unsigned env, html_pick *pick)
{
    struct matrix *matrix = calloc(1, sizeof(*matrix));
    struct chart_grid grid = {0};
    char title[CHART_TEXT_MAX], note[CHART_TEXT_MAX];
    char unit[MEASURE_TEXT_MAX];
    bool value = pick == html_value;

    if (!matrix)
        return;
    fill(matrix, sheet, like, env, pick);
    snprintf(title, sizeof(title), "%.50s, %lld thr: %s", like->label, (long long)like->threads,
             sheet->envs->name[env]);
    if (pick == html_ratio)
        snprintf(title + strlen(title), sizeof(title) - strlen(title), " / %s",
                 sheet->envs->name[0]);
    snprintf(unit, sizeof(unit), " in %.24s", like->unit);
    /* A unit that depends on the value is written with each value. */
    snprintf(note, sizeof(note), "%s%.24s%s.", value ? "Medians" : "Ratio of ",
             !value                                        ? *like->unit ? like->unit : "values"
             : !*like->unit || measure_changes(like->unit) ? ""
                                                           : unit,
             like->property ? ""
             : like->lower  ? ", less is better"
                            : ", more is better");
    grid.chart.title = title;
    grid.chart.note = note;
    grid.row_axis = matrix->at.row_key;
    grid.column_axis = matrix->at.column_key;
    grid.row = matrix->row;
    grid.column = matrix->column;
    grid.rows = matrix->rows;
    grid.columns = matrix->columns;
    grid.cell = matrix->cell;
    if (matrix->rows && page_has_picture_room(page))
        chart_grid(&page->chart, &grid);
    free(matrix);
}

/* Draw the largest of a ladder of working sets; omit rows that only prove the page sizes. */
static bool is_drawn(const struct sheet *sheet, unsigned i)
{
    const struct sheet_row *row = &sheet->row[i];

    for (unsigned k = 0; k < i; k++)
        if (same_matrix(&sheet->row[k], row))
            return false;
    for (unsigned k = i + 1; k < sheet->rows && !html_is_no_curve(row); k++)
        if (!strcmp(sheet->row[k].name, row->name) && !same_matrix(&sheet->row[k], row) &&
            get_integer(sheet->row[k].params, "kib") > get_integer(row->params, "kib"))
            return false;
    return strncmp(row->name, "pages.", strlen("pages.")) != 0;
}

void html_matrix(struct page *page, const struct sheet *sheet)
{
    for (unsigned i = 0; i < sheet->rows; i++) {
        const struct sheet_row *row = &sheet->row[i];
        html_pick *pick = html_known(sheet, row, html_ratio) ? html_ratio : html_value;

        for (unsigned e = 0; e < sheet->envs->count && is_drawn(sheet, i); e++)
            if (strcmp(sheet->envs->name[e], "null") != 0)
                draw(page, sheet, row, e, pick);
    }
}
