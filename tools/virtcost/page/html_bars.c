/* SPDX-License-Identifier: MIT */
/* Bars of an experiment: ratios, values, and exits by reason. */
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/page/html_page.h"
#include "tools/virtcost/page/markup.h"
#include "tools/virtcost/page/svg.h"

/* Up to this many steps have a picture each; more steps, or steps with few rows, share one. */
#define STEP_PICTURES_MAX 6
#define SHARED_ROWS_MAX   8

/* From this spread on, small bars would not be visible beside large ones. */
#define SPREAD_LOG 30

const struct estimate *html_value(const struct figure *figure)
{
    return &figure->value;
}

const struct estimate *html_ratio(const struct figure *figure)
{
    return &figure->ratio;
}

const struct estimate *html_kept(const struct figure *figure)
{
    return &figure->kept;
}

bool html_known(const struct sheet *sheet, const struct sheet_row *row, html_pick *pick)
{
    for (unsigned e = 0; e < sheet->envs->count; e++)
        if (pick(&row->of[e])->known)
            return true;
    return false;
}

const char *html_base_step(const struct sheet *sheet)
{
    for (unsigned i = 0; i < sheet->rows; i++)
        if (*sheet->row[i].base_step)
            return sheet->row[i].base_step;
    return "";
}

/* Selects the rows of one picture. */
struct wanted {
    html_pick *pick;
    html_filter *filter;
    const char *step, *unit; /* NULL: any */
};

static bool is_wanted(const struct sheet *sheet, const struct sheet_row *row,
                      const struct wanted *wanted)
{
    return !row->property && html_known(sheet, row, wanted->pick) &&
           (!wanted->filter || wanted->filter(row)) &&
           (!wanted->step || !strcmp(row->step, wanted->step)) &&
           (!wanted->unit || !strcmp(row->unit, wanted->unit));
}

static void add_bar(struct chart_bars *bars, struct chart_group *group, const char *env,
                    unsigned index, const struct estimate *estimate, const struct measure *measure)
{
    struct chart_bar *bar = &group->bar[group->bars++];

    *bar = (struct chart_bar){.paint = svg_paint_of(env, index),
                              .value = estimate->median,
                              .ranged = estimate->ranged,
                              .low = estimate->low,
                              .high = estimate->high,
                              .name = env};
    /* Its number would be mistaken for a result. */
    if (estimate->verdict == VERDICT_UNCLEAR)
        strcpy(bar->text, verdict_name(estimate->verdict));
    else
        measure_value(bar->text, measure, estimate->median);
    chart_key(&bars->chart, bar->paint, page_env(env));
}

/* Whether rows differ in the number of threads only. */
static bool threads_tell(const struct sheet *sheet, const struct sheet_row *row)
{
    for (unsigned i = 0; i < sheet->rows; i++)
        if (sheet->row[i].threads != row->threads && !strcmp(sheet->row[i].step, row->step) &&
            !strcmp(sheet->row[i].label, row->label))
            return true;
    return false;
}

static void label_group(struct chart_group *group, const struct sheet *sheet,
                        const struct sheet_row *row, bool with_step)
{
    bool long_enough = with_step && *row->step;
    char threads[32] = "";

    if (threads_tell(sheet, row))
        snprintf(threads, sizeof(threads), ", %lld thr", (long long)row->threads);
    snprintf(group->label, sizeof(group->label), "%.36s%s%.42s%.14s", long_enough ? row->step : "",
             long_enough ? ": " : "", row->label, threads);
}

/* A ratio alone says little: add the values. */
static void note_base(struct chart_group *group, const struct sheet *sheet,
                      const struct sheet_row *row)
{
    const struct estimate *base = &row->of[0].value;
    struct measure measure = measure_of(row->unit, base->median);
    char text[MEASURE_TEXT_MAX];

    /* The picture's title already names the step. */
    if (base->known)
        snprintf(group->note, sizeof(group->note), "%.20s %.30s%s", sheet->envs->name[0],
                 measure_text(text, &measure, base->median),
                 row->lower && !*row->base_step ? ", less is better" : "");
}

static void add_group(struct chart_bars *bars, const struct sheet *sheet,
                      const struct sheet_row *row, const struct wanted *wanted)
{
    static const struct measure ratio = {1, "", ""};
    struct chart_group *group = &bars->group[bars->groups++];
    bool value = wanted->pick == html_value;

    label_group(group, sheet, row, !wanted->step);
    if (!value)
        note_base(group, sheet, row);
    for (unsigned e = 0; e < sheet->envs->count; e++) {
        const struct estimate *estimate = wanted->pick(&row->of[e]);
        struct measure measure = value ? measure_of(row->unit, estimate->median) : ratio;

        if (estimate->known)
            add_bar(bars, group, sheet->envs->name[e], e, estimate, &measure);
        /* A unit shared by all bars is in the axis' name. */
        if (estimate->known && value && measure_changes(row->unit))
            measure_text(group->bar[group->bars - 1].text, &measure, estimate->median);
    }
}

bool html_spread(const struct chart_bars *bars)
{
    double low = 0, high = 0;

    for (unsigned i = 0; i < bars->groups; i++)
        for (unsigned k = 0; k < bars->group[i].bars; k++) {
            double value = bars->group[i].bar[k].value;

            low = low == 0 || value < low ? value : low;
            high = value > high ? value : high;
        }
    return low > 0 && high > low * SPREAD_LOG;
}

static void draw(struct page *page, const struct sheet *sheet, struct chart_bars bars,
                 const struct wanted *wanted)
{
    char note[MEASURE_TEXT_MAX] = "";
    unsigned more = 0;

    bars.group = calloc(PAGE_GROUPS_MAX, sizeof(*bars.group));
    for (unsigned i = 0; i < sheet->rows && bars.group; i++) {
        if (!is_wanted(sheet, &sheet->row[i], wanted))
            continue;
        if (bars.groups == PAGE_GROUPS_MAX)
            more++;
        else
            add_group(&bars, sheet, &sheet->row[i], wanted);
    }
    if (more)
        snprintf(note, sizeof(note), "The first %u; %u more are in the table.", bars.groups, more);
    bars.chart.note = note;
    bars.chart.description = "Bars with whiskers; the numbers are in the table below";
    bars.log = html_spread(&bars);
    if (bars.groups && page_has_picture_room(page))
        chart_bars(&page->chart, &bars);
    free(bars.group);
}

/* The step of the first selected row after all steps of `seen`; NULL: none. */
static const char *next_step(const struct sheet *sheet, const struct wanted *wanted,
                             const char *const *seen, unsigned count)
{
    for (unsigned i = 0; i < sheet->rows; i++) {
        unsigned k = 0;

        if (!is_wanted(sheet, &sheet->row[i], wanted))
            continue;
        while (k < count && strcmp(seen[k], sheet->row[i].step))
            k++;
        if (k == count)
            return sheet->row[i].step;
    }
    return NULL;
}

static unsigned count_wanted(const struct sheet *sheet, const struct wanted *wanted)
{
    unsigned count = 0;

    for (unsigned i = 0; i < sheet->rows; i++)
        count += is_wanted(sheet, &sheet->row[i], wanted);
    return count;
}

/* Draw one picture with the rows of a step, or of all. */
static void draw_ratios(struct page *page, const struct sheet *sheet, const struct wanted *wanted,
                        const char *title)
{
    bool kept = wanted->pick == html_kept, named = wanted->step && *wanted->step;
    struct chart_bars bars = {.unit = "",
                              .reference = kept ? html_base_step(sheet) : sheet->envs->name[0]};
    char text[CHART_TEXT_MAX], axis[MEASURE_TEXT_MAX];

    snprintf(axis, sizeof(axis), "ratio to %.30s", bars.reference);
    snprintf(text, sizeof(text), "%.30s%s%.60s", title, named ? ", " : "",
             named ? wanted->step : "");
    bars.axis = axis;
    bars.chart.title = text;
    draw(page, sheet, bars, wanted);
}

void html_ratio_bars(struct page *page, const struct sheet *sheet, html_pick *pick,
                     html_filter *filter, const char *title)
{
    struct wanted wanted = {pick, filter, NULL, NULL};
    const char *seen[STEP_PICTURES_MAX + 1], *step;
    unsigned count = 0;

    while (count <= STEP_PICTURES_MAX && (step = next_step(sheet, &wanted, seen, count)))
        seen[count++] = step;
    if (count > STEP_PICTURES_MAX || count_wanted(sheet, &wanted) <= SHARED_ROWS_MAX) {
        draw_ratios(page, sheet, &wanted, title);
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        wanted.step = seen[i];
        draw_ratios(page, sheet, &wanted, title);
    }
}

void html_axis(char text[MEASURE_TEXT_MAX], const struct sheet_row *row)
{
    bool named = !measure_changes(row->unit) && *row->unit;

    snprintf(text, MEASURE_TEXT_MAX, "%.24s%s%s", named ? row->unit : "",
             named && !row->property ? ", " : "",
             row->property ? ""
             : row->lower  ? "less is better"
                           : "more is better");
}

void html_value_bars(struct page *page, const struct sheet *sheet)
{
    for (unsigned i = 0; i < sheet->rows; i++) {
        const char *unit = sheet->row[i].unit;
        struct wanted wanted = {html_value, NULL, NULL, unit};
        struct chart_bars bars = {.unit = unit};
        char title[CHART_TEXT_MAX], axis[MEASURE_TEXT_MAX];
        unsigned k = 0, same = 0;

        while (strcmp(sheet->row[k].unit, unit))
            k++;
        if (k < i)
            continue;
        for (; k < sheet->rows; k++)
            same += !strcmp(sheet->row[k].unit, unit);
        html_axis(axis, &sheet->row[i]);
        if (same > 1)
            snprintf(title, sizeof(title), "Figures in %.30s", *unit ? unit : "no unit");
        else
            snprintf(title, sizeof(title), "%s", sheet->row[i].name);
        bars.axis = axis;
        bars.chart.title = title;
        draw(page, sheet, bars, &wanted);
    }
}

static void add_exits(struct chart_bars *bars, const struct sheet *sheet,
                      const struct sheet_row *row, const json_t *exits)
{
    struct chart_group *group = &bars->group[bars->groups];
    struct chart_bar *bar = &group->bar[0];
    char text[MEASURE_TEXT_MAX];
    const char *reason;
    json_t *count;
    double value;

    *group = (struct chart_group){.bars = 1};
    bar->name = "";
    json_object_foreach ((json_t *)exits, reason, count) {
        if (sheet_number(count, &value) && strlen(reason) <= SHEET_ENV_MAX)
            chart_part(&bars->chart, bar, reason, value);
    }
    label_group(group, sheet, row, true);
    page_number(text, bar->value);
    snprintf(bar->text, sizeof(bar->text), "%s", text);
    bars->groups += bar->value > 0;
}

void html_exits(struct page *page, const struct sheet *sheet, html_filter *filter)
{
    struct chart_bars bars = {.unit = "", .axis = "exits per operation"};

    bars.group = calloc(PAGE_GROUPS_MAX + 1, sizeof(*bars.group));
    for (unsigned i = 0; i < sheet->rows && bars.group; i++)
        for (unsigned e = 0; e < sheet->envs->count && bars.groups < PAGE_GROUPS_MAX; e++)
            if (!filter || filter(&sheet->row[i]))
                add_exits(&bars, sheet, &sheet->row[i],
                          json_object_get(sheet->row[i].of[e].row, "exits_per_op"));
    bars.log = html_spread(&bars);
    bars.chart.title = "Exits to user space per operation, by reason";
    bars.chart.note =
        bars.log ? "The axis shows the total; each part has its share of the bar." : "";
    bars.chart.description = "Stacked bars; the numbers are in a table below";
    if (bars.groups && page_has_picture_room(page))
        chart_bars(&page->chart, &bars);
    free(bars.group);
}
