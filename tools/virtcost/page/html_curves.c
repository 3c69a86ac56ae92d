/* SPDX-License-Identifier: MIT */
/* Lines of values over a number: latency over the working set, throughput over threads. */
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/page/html_page.h"
#include "tools/virtcost/page/svg.h"

#define POINTS_MAX 64

static bool is_curve(const struct sheet_row *row)
{
    return !strncmp(row->name, "chase.", 6);
}

bool html_is_no_curve(const struct sheet_row *row)
{
    return !is_curve(row);
}

/* The x axis of curves, and the rows that form one curve. */
struct over {
    const char *key;
    bool in_step;
};

/* The number in a step like "threads=4". */
static bool number_in(const char *step, const char *key, double *number)
{
    size_t length = strlen(key);
    char *end;

    if (strncmp(step, key, length) || step[length] != '=')
        return false;
    *number = (double)strtoul(step + length + 1, &end, 10);
    return end != step + length + 1;
}

static bool x_of(const struct sheet_row *row, const struct over *over, double *x)
{
    if (over->in_step)
        return number_in(row->step, over->key, x);
    return is_curve(row) && sheet_number(json_object_get(row->params, over->key), x);
}

/* Whether two rows differ only in that number. */
static bool same_curve(const struct sheet_row *a, const struct sheet_row *b,
                       const struct over *over)
{
    if (strcmp(a->name, b->name))
        return false;
    if (over->in_step)
        return a->params == b->params || json_equal(a->params, b->params);
    return !strcmp(a->step, b->step) && a->threads == b->threads;
}

static unsigned read_points(struct chart_point *point, const struct sheet *sheet,
                            const struct sheet_row *like, unsigned env, const struct over *over)
{
    unsigned count = 0;

    for (unsigned i = 0; i < sheet->rows && count < POINTS_MAX; i++) {
        const struct sheet_row *row = &sheet->row[i];
        const struct estimate *value = &row->of[env].value;

        if (value->known && same_curve(row, like, over) && x_of(row, over, &point[count].x))
            point[count++].y = value->median;
    }
    chart_sort(point, count);
    return count;
}

/* Ticks at the points of the longest series: sizes and counts, not round numbers. */
static void name_places(struct chart_lines *lines, const char *unit,
                        struct chart_tick tick[POINTS_MAX], char text[][MEASURE_TEXT_MAX])
{
    const struct chart_series *longest = &lines->series[0];

    for (unsigned s = 1; s < lines->lines; s++)
        if (lines->series[s].points > longest->points)
            longest = &lines->series[s];
    for (unsigned i = 0; i < longest->points; i++) {
        chart_tick_text(text[i], unit, longest->point[i].x);
        tick[i] = (struct chart_tick){longest->point[i].x, text[i]};
    }
    lines->tick = tick;
    lines->ticks = longest->points;
}

static void draw(struct page *page, const struct sheet *sheet, const struct sheet_row *like,
                 const struct over *over)
{
    struct chart_point point[CHART_SERIES_MAX][POINTS_MAX + 1];
    struct chart_tick tick[POINTS_MAX];
    char title[CHART_TEXT_MAX], y_axis[MEASURE_TEXT_MAX], text[POINTS_MAX][MEASURE_TEXT_MAX];
    struct chart_lines lines = {.x_axis = over->in_step ? over->key : "working set, logarithmic",
                                .x_unit = "",
                                .y_axis = y_axis,
                                .y_unit = like->unit,
                                .x_log = true,
                                .y_log = !over->in_step,
                                .y_from_zero = true};

    for (unsigned e = 0; e < sheet->envs->count; e++) {
        struct chart_series *series = &lines.series[lines.lines];

        series->point = point[lines.lines];
        series->points = read_points(point[lines.lines], sheet, like, e, over);
        series->paint = svg_paint_of(sheet->envs->name[e], e);
        if (!series->points)
            continue;
        chart_key(&lines.chart, series->paint, page_env(sheet->envs->name[e]));
        lines.lines++;
    }
    snprintf(title, sizeof(title), "%.50s%s%.40s", over->in_step ? like->label : like->name,
             !over->in_step && *like->step ? ", " : "", over->in_step ? "" : like->step);
    html_axis(y_axis, like);
    if (lines.y_log)
        strcat(y_axis, ", logarithmic");
    name_places(&lines, over->in_step ? "" : "KiB", tick, text);
    lines.chart.title = title;
    lines.chart.note = "";
    lines.chart.description = "A line for each environment; the numbers are in the table below";
    if (lines.lines && page_has_picture_room(page))
        chart_lines(&page->chart, &lines);
}

void html_curves(struct page *page, const struct sheet *sheet, const char *key, bool in_step)
{
    const struct over over = {key, in_step};
    double x;

    for (unsigned i = 0; i < sheet->rows; i++) {
        bool first = x_of(&sheet->row[i], &over, &x);

        for (unsigned k = 0; k < i && first; k++)
            first = !x_of(&sheet->row[k], &over, &x) ||
                    !same_curve(&sheet->row[k], &sheet->row[i], &over);
        if (first)
            draw(page, sheet, &sheet->row[i], &over);
    }
}
