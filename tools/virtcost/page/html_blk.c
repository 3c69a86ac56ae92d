/* SPDX-License-Identifier: MIT */
/* Block I/O: ratios by size and depth, the time a VM adds, and the distribution of latencies. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/page/html_page.h"
#include "tools/virtcost/page/markup.h"
#include "tools/virtcost/page/svg.h"

#define SIDE_MAX 16 /* per side of a grid */

#define SMALL 4096 /* size in the headlines */

static void add_side(json_int_t side[SIDE_MAX], unsigned *count, json_int_t value)
{
    unsigned at = 0;

    while (at < *count && side[at] < value)
        at++;
    if (*count == SIDE_MAX || (at < *count && side[at] == value))
        return;
    memmove(&side[at + 1], &side[at], (*count - at) * sizeof(*side));
    side[at] = value;
    ++*count;
}

static int find_side(const json_int_t *side, unsigned count, json_int_t value)
{
    for (unsigned i = 0; i < count; i++)
        if (side[i] == value)
            return (int)i;
    return -1;
}

struct grid {
    json_int_t bs[SIDE_MAX], depth[SIDE_MAX];
    unsigned rows, columns;
    char row[SIDE_MAX][MEASURE_TEXT_MAX], column[SIDE_MAX][MEASURE_TEXT_MAX];
    struct chart_cell cell[SIDE_MAX * SIDE_MAX];
};

static void fill(struct grid *grid, const struct sheet *sheet, const char *name, unsigned env)
{
    for (unsigned i = 0; i < sheet->rows; i++) {
        const struct sheet_row *row = &sheet->row[i];

        if (strcmp(row->name, name) || !row->of[env].ratio.known)
            continue;
        add_side(grid->bs, &grid->rows, get_integer(row->params, "bs"));
        add_side(grid->depth, &grid->columns, get_integer(row->params, "iodepth"));
    }
    for (unsigned i = 0; i < sheet->rows; i++) {
        const struct sheet_row *row = &sheet->row[i];
        const struct estimate *ratio = &row->of[env].ratio;
        int r = find_side(grid->bs, grid->rows, get_integer(row->params, "bs"));
        int c = find_side(grid->depth, grid->columns, get_integer(row->params, "iodepth"));
        struct chart_cell *cell = &grid->cell[r * (int)grid->columns + c];

        if (strcmp(row->name, name) || !ratio->known || r < 0 || c < 0)
            continue;
        page_number(cell->text, ratio->median);
        cell->shade = sheet_shade(row, ratio);
        cell->unclear = ratio->verdict == VERDICT_UNCLEAR;
    }
    for (unsigned i = 0; i < grid->rows; i++)
        measure_size(grid->row[i], grid->bs[i]);
    for (unsigned i = 0; i < grid->columns; i++)
        snprintf(grid->column[i], MEASURE_TEXT_MAX, "%lld", (long long)grid->depth[i]);
}

static void draw_grid(struct page *page, const struct sheet *sheet, const char *name, unsigned env)
{
    struct grid *grid = calloc(1, sizeof(*grid));
    char title[CHART_TEXT_MAX];
    struct chart_grid chart = {.row_axis = "size", .column_axis = "in flight (iodepth)"};

    if (!grid)
        return;
    fill(grid, sheet, name, env);
    snprintf(title, sizeof(title), "%.40s: %s / %s", name, sheet->envs->name[env],
             sheet->envs->name[0]);
    chart.chart = (struct chart){
        .title = title,
        .note =
            "Ratio of IOPS: orange is worse, grey the same, blue better; uncoloured is unclear."};
    chart.row = grid->row;
    chart.column = grid->column;
    chart.rows = grid->rows;
    chart.columns = grid->columns;
    chart.cell = grid->cell;
    if (grid->rows)
        chart_grid(&page->chart, &chart);
    free(grid);
}

/* Whether no earlier row has that name. */
static bool is_first(const struct sheet *sheet, unsigned i)
{
    return sheet_find(sheet, sheet->row[i].name, 0) == &sheet->row[i];
}

static void draw_grids(struct page *page, const struct sheet *sheet)
{
    fputs("<div class='grids'>\n", page->out);
    for (unsigned i = 0; i < sheet->rows; i++)
        for (unsigned e = 1; e < sheet->envs->count && is_first(sheet, i); e++)
            if (strcmp(sheet->envs->name[e], "null") && page_has_picture_room(page))
                draw_grid(page, sheet, sheet->row[i].name, e);
    fputs("</div>\n", page->out);
}

static void ns_text(char text[MEASURE_TEXT_MAX], double ns)
{
    struct measure measure = measure_of("ns", ns);

    measure_text(text, &measure, ns);
}

/* Draw the measured time above the sum of its parts. */
static void add_added(struct chart_bars *bars, const json_t *row)
{
    struct chart_group *group = &bars->group[bars->groups];
    struct chart_bar *measured = &group->bar[0], *predicted = &group->bar[1];
    const json_t *params = json_object_get(row, "params"), *part;
    char size[MEASURE_TEXT_MAX];
    double per_io, ns;
    size_t i;

    *group = (struct chart_group){.bars = 1};
    if (!sheet_number(json_object_get(row, "added_ns"), &measured->value))
        return;
    bars->groups++;
    measured->paint = SVG_VM;
    measured->name = "measured";
    ns_text(measured->text, measured->value);
    predicted->name = "predicted";
    json_array_foreach (json_object_get(row, "parts"), i, part) {
        if (sheet_number(json_object_get(part, "per_io"), &per_io) &&
            sheet_number(json_object_get(part, "ns"), &ns))
            chart_part(&bars->chart, predicted, get_text(part, "what"), per_io * ns);
    }
    ns_text(predicted->text, predicted->value);
    group->bars = predicted->parts ? 2 : 1;
    snprintf(group->label, sizeof(group->label), "%.40s bs=%s,iodepth=%lld", get_text(row, "name"),
             measure_size(size, get_integer(params, "bs")),
             (long long)get_integer(params, "iodepth"));
}

/* Rows that show the effect of size and depth, where there are too many for one picture. */
static bool at_corner(const json_t *params)
{
    static const struct corner {
        json_int_t bs, depth;
    } corners[] = {{SMALL, 1}, {SMALL, 8}, {SMALL, 64}, {1 << 20, 1}};

    for (unsigned i = 0; i < sizeof(corners) / sizeof(corners[0]); i++)
        if (get_integer(params, "bs") == corners[i].bs &&
            get_integer(params, "iodepth") == corners[i].depth)
            return true;
    return false;
}

static bool is_corner(const struct sheet_row *row)
{
    return at_corner(row->params);
}

static void draw_added(struct page *page, const struct sheet *sheet)
{
    const json_t *added = json_object_get(sheet->experiment, "added"), *row;
    struct chart_bars bars = {.unit = "ns", .axis = "time added to one I/O"};
    size_t i;

    bars.group = calloc(PAGE_GROUPS_MAX, sizeof(*bars.group));
    chart_key(&bars.chart, SVG_VM, "measured");
    json_array_foreach (added, i, row)
        if (bars.group && bars.groups < PAGE_GROUPS_MAX &&
            (json_array_size(added) <= PAGE_GROUPS_MAX ||
             at_corner(json_object_get(row, "params"))))
            add_added(&bars, row);
    bars.chart.title = "Time a virtual machine adds to one I/O";
    bars.chart.note = "Measured, and predicted: the count of exits, kicks, wake-ups and "
                      "interrupts, each times its cost.";
    bars.chart.description = "Pairs of bars; the numbers are in a table below";
    if (bars.groups && page_has_picture_room(page))
        chart_bars(&page->chart, &bars);
    free(bars.group);
}

#define POINTS_MAX 64

/* The number of nines in a percentile; the maximum counts as five. */
static double nines(double percent)
{
    double above = 1 - percent / 100;

    return above < 1e-5 ? 5 : above > 1 ? 0 : -log10(above);
}

static unsigned read_points(struct chart_point *point, const json_t *row)
{
    const json_t *points = json_object_get(json_object_get(row, "latency_ns"), "points"), *pair;
    unsigned count = 0;
    size_t i;

    json_array_foreach (points, i, pair) {
        double percent, ns;

        if (count < POINTS_MAX && sheet_number(json_array_get(pair, 0), &percent) &&
            sheet_number(json_array_get(pair, 1), &ns) && ns > 0)
            point[count++] = (struct chart_point){nines(percent), ns};
    }
    chart_sort(point, count);
    return count;
}

static void draw_latency(struct page *page, const struct sheet *sheet, const struct sheet_row *row)
{
    static const struct chart_tick ticks[] = {{0, "0 %"},    {1, "90 %"},    {2, "99 %"},
                                              {3, "99.9 %"}, {4, "99.99 %"}, {5, "max"}};
    struct chart_point point[CHART_SERIES_MAX][POINTS_MAX];
    char title[CHART_TEXT_MAX];
    struct chart_lines lines = {.x_axis = "percentile",
                                .x_unit = "",
                                .y_axis = "completion latency, logarithmic",
                                .y_unit = "ns",
                                .y_log = true,
                                .tick = ticks,
                                .ticks = sizeof(ticks) / sizeof(ticks[0])};

    for (unsigned e = 0; e < sheet->envs->count; e++) {
        struct chart_series *series = &lines.series[lines.lines];

        series->points = read_points(point[lines.lines], row->of[e].row);
        series->point = point[lines.lines];
        series->paint = svg_paint_of(sheet->envs->name[e], e);
        if (!series->points)
            continue;
        chart_key(&lines.chart, series->paint, page_env(sheet->envs->name[e]));
        lines.lines++;
    }
    snprintf(title, sizeof(title), "Latency: %.80s", row->label);
    lines.chart.title = title;
    lines.chart.note = "";
    lines.chart.description = "Lines by percentile; p50, p99 and p99.9 are in a table below";
    if (lines.lines && page_has_picture_room(page))
        chart_lines(&page->chart, &lines);
}

/* Latencies of each kind of small I/O, at depth 1 and at the largest depth. */
static void draw_latencies(struct page *page, const struct sheet *sheet)
{
    for (unsigned i = 0; i < sheet->rows; i++) {
        const struct sheet_row *first = NULL, *last = NULL;

        for (unsigned k = i; k < sheet->rows && is_first(sheet, i); k++) {
            const struct sheet_row *row = &sheet->row[k];

            if (strcmp(row->name, sheet->row[i].name) || get_integer(row->params, "bs") != SMALL)
                continue;
            first = first ? first : row;
            last = row;
        }
        if (first)
            draw_latency(page, sheet, first);
        if (last != first)
            draw_latency(page, sheet, last);
    }
}

void html_blk(struct page *page, const struct sheet *sheet)
{
    draw_grids(page, sheet);
    draw_latencies(page, sheet);
    draw_added(page, sheet);
    html_exits(page, sheet, sheet->rows > PAGE_GROUPS_MAX ? is_corner : NULL);
}
