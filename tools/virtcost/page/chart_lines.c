/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/page/axis.h"
#include "tools/virtcost/page/chart.h"
#include "tools/virtcost/page/markup.h"
#include "tools/virtcost/page/svg.h"

#define LEFT   62
#define RIGHT  (SVG_WIDTH - 24)
#define TOP    30
#define BOTTOM 264
#define HEIGHT 306

/* Most markers on a long line. */
#define MARKERS 6

static int by_x(const void *a, const void *b)
{
    double x = ((const struct chart_point *)a)->x, y = ((const struct chart_point *)b)->x;

    return (x > y) - (x < y);
}

void chart_sort(struct chart_point *point, unsigned points)
{
    qsort(point, points, sizeof(*point), by_x);
}

static bool shown(const struct chart_lines *lines, const struct chart_point *point)
{
    return (!lines->x_log || point->x > 0) && (!lines->y_log || point->y > 0);
}

static void fit(const struct chart_lines *lines, struct axis *x, struct axis *y)
{
    double left = INFINITY, right = -INFINITY, low = INFINITY, high = -INFINITY;

    for (unsigned s = 0; s < lines->lines; s++)
        for (unsigned i = 0; i < lines->series[s].points; i++) {
            const struct chart_point *point = &lines->series[s].point[i];

            if (!shown(lines, point))
                continue;
            left = fmin(left, point->x);
            right = fmax(right, point->x);
            low = fmin(low, point->y);
            high = fmax(high, point->y);
        }
    if (left > right) {
        left = low = lines->x_log || lines->y_log ? 1 : 0;
        right = high = left + 1;
    }
    if (lines->y_from_zero && !lines->y_log)
        low = fmin(low, 0);
    axis_fit(x, left, right);
    axis_fit(y, low, high);
    /* Named values end the axis themselves. */
    if (lines->ticks) {
        x->low = left;
        x->high = fmax(right, left + 1e-9);
    }
}

static void draw_x_axis(FILE *out, const struct chart_lines *lines, const struct axis *axis)
{
    double ticks[AXIS_TICKS_MAX], end = -INFINITY;
    unsigned count = lines->ticks ? lines->ticks : axis_ticks(axis, ticks);
    char text[MEASURE_TEXT_MAX];

    for (unsigned i = 0; i < count; i++) {
        double value = lines->ticks ? lines->tick[i].at : ticks[i], x = axis_at(axis, value);
        double width;

        if (value < axis->low || value > axis->high * (1 + 1e-9))
            continue;
        if (!lines->ticks)
            chart_tick_text(text, lines->x_unit, value);
        else
            snprintf(text, sizeof(text), "%s", lines->tick[i].text);
        svg_line(out, x, TOP, x, BOTTOM, "rule");
        /* Leave out a label that would overlap the previous one. */
        width = SVG_LETTER * markup_columns(text);
        if (x - width / 2 < end + SVG_LETTER / 2)
            continue;
        svg_text(out, x, BOTTOM + 20, "small middle", text);
        end = x + width / 2;
    }
    svg_text(out, (LEFT + RIGHT) / 2.0, BOTTOM + 37, "small middle", lines->x_axis);
}

static void draw_y_axis(FILE *out, const struct chart_lines *lines, const struct axis *axis)
{
    double ticks[AXIS_TICKS_MAX];
    unsigned count = axis_ticks(axis, ticks);
    char text[MEASURE_TEXT_MAX];

    for (unsigned i = 0; i < count; i++) {
        double y = axis_at(axis, ticks[i]);

        svg_line(out, LEFT, y, RIGHT, y, "rule");
        svg_text(out, LEFT - 6, y + 4, "small right",
                 chart_tick_text(text, lines->y_unit, ticks[i]));
    }
    svg_text(out, 2, 12, "small", lines->y_axis);
}

/* With steps, a line runs to the right of a point and rises at the next one. */
static void draw_line(FILE *out, const struct chart_lines *lines, const struct chart_series *series,
                      const struct axis *x_axis, const struct axis *y_axis)
{
    bool first = true;

    svg_path_begin(out, series->paint);
    fputs(series->points ? "" : "M0,0", out);
    for (unsigned i = 0; i < series->points; i++) {
        double x = axis_at(x_axis, series->point[i].x), y = axis_at(y_axis, series->point[i].y);

        if (!shown(lines, &series->point[i]))
            continue;
        if (first)
            fprintf(out, "M%.1f,%.1f", x, y);
        else if (lines->steps)
            fprintf(out, "H%.1fV%.1f", x, y);
        else
            fprintf(out, "L%.1f,%.1f", x, y);
        first = false;
    }
    fputs("'/>\n", out);
}

static void draw_markers(FILE *out, const struct chart_lines *lines,
                         const struct chart_series *series, unsigned phase,
                         const struct axis *x_axis, const struct axis *y_axis)
{
    unsigned every = series->points > 2 * MARKERS ? series->points / MARKERS : 1;

    /* Alternate the dashes of overlapping lines. */
    for (unsigned i = every > 1 ? phase * every / CHART_SERIES_MAX : 0; i < series->points;
         i += every)
        if (shown(lines, &series->point[i]))
            svg_marker(out, axis_at(x_axis, series->point[i].x),
                       axis_at(y_axis, series->point[i].y), series->paint);
}

void chart_lines(struct chart_page *page, const struct chart_lines *lines)
{
    struct axis x = {.log = lines->x_log, .from = LEFT, .to = RIGHT};
    struct axis y = {.log = lines->y_log, .from = BOTTOM, .to = TOP};

    fit(lines, &x, &y);
    chart_begin(page, &lines->chart, true, HEIGHT);
    draw_x_axis(page->out, lines, &x);
    draw_y_axis(page->out, lines, &y);
    for (unsigned i = 0; i < lines->lines; i++)
        draw_line(page->out, lines, &lines->series[i], &x, &y);
    for (unsigned i = 0; i < lines->lines; i++)
        draw_markers(page->out, lines, &lines->series[i], i, &x, &y);
    chart_end(page);
}
