/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "tools/virtcost/page/chart.h"
#include "tools/virtcost/page/markup.h"
#include "tools/virtcost/page/svg.h"

void chart_key(struct chart *chart, unsigned paint, const char *text)
{
    for (unsigned i = 0; i < chart->keys; i++)
        if (chart->key[i].paint == paint)
            return;
    if (chart->keys < CHART_KEYS_MAX)
        chart->key[chart->keys++] = (struct chart_key){paint, text};
}

/* The paint of the parts with this name. */
static unsigned part_paint(struct chart *chart, const char *name)
{
    unsigned parts = 0;

    for (unsigned i = 0; i < chart->keys; i++) {
        if (chart->key[i].paint < SVG_PART)
            continue;
        if (!strcmp(chart->key[i].text, name))
            return chart->key[i].paint;
        parts++;
    }
    if (parts >= CHART_PARTS_MAX - 1) {
        parts = CHART_PARTS_MAX - 1;
        name = "other";
    }
    chart_key(chart, SVG_PART + parts, name);
    return SVG_PART + parts;
}

void chart_part(struct chart *chart, struct chart_bar *bar, const char *name, double size)
{
    unsigned paint, i = 0;

    if (!(size > 0))
        return;
    paint = part_paint(chart, name);
    while (i < bar->parts && bar->part[i].paint != paint)
        i++;
    if (i == bar->parts)
        bar->part[bar->parts++].paint = paint;
    bar->part[i].size += size;
    bar->value += size;
}

void chart_caption(struct chart_page *page, const struct chart *chart, bool lines)
{
    FILE *out = page->out;

    fputs("<figure>\n<figcaption>", out);
    markup_tag(out, "strong", "%s", chart->title);
    if (*chart->note)
        markup_tag(out, "span class='note'", "%s", chart->note);
    if (chart->keys)
        fputs("<span class='legend'>", out);
    for (unsigned i = 0; i < chart->keys; i++) {
        fputs("<span class='key'>", out);
        svg_swatch(out, chart->key[i].paint, lines);
        markup_text(out, chart->key[i].text);
        fputs("</span>\n", out);
    }
    fprintf(out, "%s</figcaption>\n", chart->keys ? "</span>" : "");
}

void chart_begin(struct chart_page *page, const struct chart *chart, bool lines, double height)
{
    chart_caption(page, chart, lines);
    svg_begin(page->out, page->charts++, height, chart->title, chart->description);
}

void chart_end(struct chart_page *page)
{
    svg_end(page->out);
    fputs("</figure>\n", page->out);
}

const char *chart_tick_text(char text[MEASURE_TEXT_MAX], const char *unit, double value)
{
    struct measure measure = measure_of(unit, value);
    bool odd = !strcmp(unit, "KiB") && fmod(value * measure.factor * 4, 1) > 0;
    /* A unit that changes along the axis is written at each value, otherwise in the axis' name. */
    bool changes = strcmp(measure_of(unit, 1e-9).unit, measure_of(unit, 1e12).unit) && value != 0;
    bool prefix = *measure.prefix && value != 0;

    /* A value that is round in KiB is not round in MiB. */
    if (odd)
        measure = (struct measure){1, "", unit};
    snprintf(text, MEASURE_TEXT_MAX, "%.4g%s%s", value * measure.factor,
             changes || prefix ? " " : "",
             changes  ? measure.unit
             : prefix ? measure.prefix
                      : "");
    return text;
}
