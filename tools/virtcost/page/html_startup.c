/* SPDX-License-Identifier: MIT */
/* Start-up: the distribution of its times, and its phases. */
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/page/html_page.h"
#include "tools/virtcost/page/svg.h"

/* More samples than this are thinned out evenly. */
#define POINTS_MAX 240

#define SPREAD_LOG 8

/* The share of samples at or below each sample; NULL without samples or memory. */
static struct chart_point *shares(const json_t *row, unsigned *points)
{
    size_t count, kept;
    double *sample = sheet_samples(row, &count);
    struct chart_point *point = sample ? calloc(POINTS_MAX, sizeof(*point)) : NULL;

    kept = count < POINTS_MAX ? count : POINTS_MAX;
    *points = point ? (unsigned)kept : 0;
    for (size_t i = 0; i < *points; i++) {
        size_t rank = kept > 1 ? i * (count - 1) / (kept - 1) : 0;

        point[i] = (struct chart_point){sample[rank], 100.0 * (double)(rank + 1) / (double)count};
    }
    free(sample);
    return point;
}

static bool is_spread(const struct chart_lines *lines)
{
    double low = 0, high = 0;

    for (unsigned s = 0; s < lines->lines; s++) {
        const struct chart_series *series = &lines->series[s];
        double first = series->point[0].x, last = series->point[series->points - 1].x;

        if (first <= 0)
            return false;
        low = s && low < first ? low : first;
        high = high > last ? high : last;
    }
    return high > low * SPREAD_LOG;
}

static void draw_shares(struct page *page, const struct sheet *sheet, const char *name,
                        const char *title)
{
    const struct sheet_row *row = sheet_find(sheet, name, 0);
    struct chart_point *point[CHART_SERIES_MAX] = {NULL};
    struct chart_lines lines = {.y_axis = "% of the starts within this time",
                                .x_unit = "ns",
                                .y_unit = "",
                                .y_from_zero = true,
                                .steps = true};

    for (unsigned e = 0; row && e < sheet->envs->count; e++) {
        struct chart_series *series = &lines.series[lines.lines];

        series->point = point[lines.lines] = shares(row->of[e].row, &series->points);
        series->paint = svg_paint_of(sheet->envs->name[e], e);
        if (!series->points)
            continue;
        chart_key(&lines.chart, series->paint, page_env(sheet->envs->name[e]));
        lines.lines++;
    }
    lines.x_log = lines.lines && is_spread(&lines);
    lines.x_axis = lines.x_log ? "time, logarithmic" : "time";
    lines.chart.title = title;
    lines.chart.note = "";
    lines.chart.description = "A line for each environment; quantiles are in the table below";
    if (lines.lines && page_has_picture_room(page))
        chart_lines(&page->chart, &lines);
    for (unsigned i = 0; i < CHART_SERIES_MAX; i++)
        free(point[i]);
}

static const struct phase {
    const char *name, *what;
} phases[] = {
    {"startup.exec_to_main", "exec to main"},
    {"startup.main_to_entry", "main to the guest's entry"},
    {"startup.entry_to_user", "entry to the program"},
    {"startup.user_to_end", "start of the program to exit"},
};

static void add_phases(struct chart_bars *bars, const struct sheet *sheet, unsigned env)
{
    struct chart_group *group = &bars->group[bars->groups];
    struct chart_bar *bar = &group->bar[0];
    struct measure measure;

    *group = (struct chart_group){.bars = 1};
    for (unsigned i = 0; i < sizeof(phases) / sizeof(phases[0]); i++) {
        const struct sheet_row *row = sheet_find(sheet, phases[i].name, 0);

        if (!row || !row->of[env].value.known)
            continue;
        chart_part(&bars->chart, bar, phases[i].what, row->of[env].value.median);
    }
    bar->name = "";
    measure = measure_of("ns", bar->value);
    measure_text(bar->text, &measure, bar->value);
    snprintf(group->label, sizeof(group->label), "%s", page_env(sheet->envs->name[env]));
    bars->groups += bar->parts > 0;
}

/* In phase order, for any environment that has them. */
static void name_phases(struct chart_bars *bars, const struct sheet *sheet)
{
    for (unsigned i = 0; i < sizeof(phases) / sizeof(phases[0]); i++)
        if (sheet_find(sheet, phases[i].name, 0))
            chart_key(&bars->chart, SVG_PART + i, phases[i].what);
}

static void draw_phases(struct page *page, const struct sheet *sheet)
{
    struct chart_bars bars = {
        .chart = {.title = "Phases",
                  .note =
                      "Medians of each phase; their sum may differ from the median of the total.",
                  .description = "Bars of parts, whose numbers are in the table below"},
        .unit = "ns",
        .axis = "time"};

    bars.group = calloc(SHEET_ENVS_MAX, sizeof(*bars.group));
    name_phases(&bars, sheet);
    for (unsigned e = 0; e < sheet->envs->count && bars.group; e++)
        add_phases(&bars, sheet, e);
    bars.log = html_spread(&bars);
    if (bars.log)
        bars.chart.note = "Medians. The axis shows the sum; each phase has its share of the bar.";
    if (bars.groups && page_has_picture_room(page))
        chart_bars(&page->chart, &bars);
    free(bars.group);
}

void html_startup(struct page *page, const struct sheet *sheet)
{
    draw_shares(page, sheet, "startup.total", "From fork until the process is gone");
    draw_shares(page, sheet, "startup.to_user", "From exec to the program's first instruction");
    draw_phases(page, sheet);
}
