/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "tools/virtcost/page/axis.h"
#include "tools/virtcost/page/chart.h"
#include "tools/virtcost/page/markup.h"
#include "tools/virtcost/page/svg.h"

#define LEFT    4
#define RIGHT   330 /* to its right, the text of the longest bar */
#define TOP     16
#define HEADING 19 /* the line above a group */
#define BAR     13
#define PITCH   16
#define GAP     9
#define FOOT    38

#define WHISKER 3

#define BOLD_LETTER 8.4

/* A whisker may leave the picture: a very wide interval would squeeze all bars. */
#define BEYOND 1.5

static double group_height(const struct chart_group *group)
{
    return HEADING + group->bars * PITCH + GAP;
}

static double plot_height(const struct chart_bars *bars)
{
    double height = 0;

    for (unsigned i = 0; i < bars->groups; i++)
        height += group_height(&bars->group[i]);
    return height;
}

static bool can_log(const struct chart_bars *bars)
{
    for (unsigned i = 0; i < bars->groups; i++)
        for (unsigned k = 0; k < bars->group[i].bars; k++)
            if (bars->group[i].bar[k].value <= 0)
                return false;
    return bars->log;
}

static struct axis fit(const struct chart_bars *bars)
{
    struct axis axis = {.log = can_log(bars), .from = LEFT, .to = RIGHT};
    double low = INFINITY, high = -INFINITY, whisker = -INFINITY;

    if (bars->reference || !axis.log)
        low = high = bars->reference ? 1 : 0;
    for (unsigned i = 0; i < bars->groups; i++)
        for (unsigned k = 0; k < bars->group[i].bars; k++) {
            const struct chart_bar *bar = &bars->group[i].bar[k];

            low = fmin(low, bar->value);
            high = fmax(high, bar->value);
            if (bar->ranged)
                whisker = fmax(whisker, bar->high);
        }
    if (whisker > high)
        high = high > 0 ? fmin(whisker, high * BEYOND) : high;
    if (axis.log)
        low *= 0.8;
    axis_fit(&axis, axis.log ? low : fmin(low, 0), high);
    return axis;
}

static void draw_axis(FILE *out, const struct chart_bars *bars, const struct axis *axis,
                      double bottom)
{
    double ticks[AXIS_TICKS_MAX];
    unsigned count = axis_ticks(axis, ticks);
    char text[MEASURE_TEXT_MAX];
    double end = 0;

    for (unsigned i = 0; i < count; i++) {
        double x = axis_at(axis, ticks[i]), width;

        svg_line(out, x, TOP, x, bottom, "rule");
        chart_tick_text(text, bars->unit, ticks[i]);
        width = SVG_LETTER * markup_columns(text);
        /* Leave out a label that would overlap the previous one. */
        if (i && x - width / 2 < end + SVG_LETTER)
            continue;
        svg_text(out, x, bottom + 15, i ? "small middle" : "small", text);
        end = i ? x + width / 2 : x + width;
    }
    snprintf(text, sizeof(text), "%s%s", bars->axis, axis->log ? ", logarithmic" : "");
    svg_text(out, LEFT, bottom + 32, "small", text);
}

static void draw_reference(FILE *out, const struct chart_bars *bars, const struct axis *axis,
                           double bottom)
{
    double x = axis_at(axis, 1);

    if (!bars->reference)
        return;
    svg_line(out, x, TOP - 3, x, bottom, "reference");
    svg_text(out, x, TOP - 5, "small middle", bars->reference);
}

static void draw_parts(FILE *out, const struct chart_bar *bar, double from, double to, double y)
{
    double sum = 0, done = 0;

    for (unsigned i = 0; i < bar->parts; i++)
        sum += bar->part[i].size;
    for (unsigned i = 0; i < bar->parts && sum > 0; i++) {
        double width = (to - from) * (bar->part[i].size / sum);

        svg_box(out, from + done, y, width, BAR, bar->part[i].paint, NULL);
        done += width;
    }
}

static void draw_whisker(FILE *out, const struct axis *axis, const struct chart_bar *bar, double y)
{
    double low = axis_at(axis, bar->low), high = axis_at(axis, bar->high);

    fprintf(out, "<path class='whisker' d='M%.1f,%.1fV%.1fM%.1f,%.1fH%.1fM%.1f,%.1fV%.1f'/>\n", low,
            y - WHISKER, y + WHISKER, low, y, high, high, y - WHISKER, y + WHISKER);
}

static void draw_bar(FILE *out, const struct axis *axis, double zero, const struct chart_bar *bar,
                     double y)
{
    double at = axis_at(axis, bar->value), end = fmax(at, zero);
    char tip[CHART_TEXT_MAX];

    snprintf(tip, sizeof(tip), "%s %s", bar->text, bar->name);
    if (bar->parts)
        draw_parts(out, bar, zero, at, y);
    else
        svg_box(out, zero, y, at - zero, BAR, bar->paint, tip);
    if (bar->ranged) {
        draw_whisker(out, axis, bar, y + BAR / 2.0);
        end = fmax(end, axis_at(axis, bar->high));
    }
    fprintf(out, "<text class='end' x='%.1f' y='%.1f'>", end + 6, y + BAR - 2);
    markup_text(out, bar->text);
    fputs(" <tspan class='faint'>", out);
    markup_text(out, bar->name);
    fputs("</tspan></text>\n", out);
}

static void draw_group(FILE *out, const struct axis *axis, double zero,
                       const struct chart_group *group, double y)
{
    double room = SVG_WIDTH - LEFT - SVG_LETTER * (markup_columns(group->note) + 1);
    char label[CHART_TEXT_MAX];

    snprintf(label, sizeof(label), "%s", group->label);
    markup_cut(label, room > 0 ? (unsigned)(room / BOLD_LETTER) : 1);
    svg_text(out, LEFT, y + 14, "label", label);
    svg_text(out, SVG_WIDTH - 2, y + 14, "small right", group->note);
    for (unsigned i = 0; i < group->bars; i++)
        draw_bar(out, axis, zero, &group->bar[i], y + HEADING + i * PITCH);
}

void chart_bars(struct chart_page *page, const struct chart_bars *bars)
{
    double bottom = TOP + plot_height(bars), y = TOP, zero;
    struct axis axis = fit(bars);
    FILE *out = page->out;

    zero = axis_at(&axis, !axis.log ? 0 : bars->reference ? 1 : axis.low);
    chart_begin(page, &bars->chart, false, bottom + FOOT);
    draw_axis(out, bars, &axis, bottom);
    draw_reference(out, bars, &axis, bottom);
    for (unsigned i = 0; i < bars->groups; i++) {
        draw_group(out, &axis, zero, &bars->group[i], y);
        y += group_height(&bars->group[i]);
    }
    chart_end(page);
}
