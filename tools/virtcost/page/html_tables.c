/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/page/html_page.h"
#include "tools/virtcost/page/markup.h"

static const struct measure plain = {1, "", ""};

const char *page_env(const char *name)
{
    return strcmp(name, "null") ? name : "null (the base again)";
}

void page_table_begin(struct page *page, const char *caption)
{
    fputs("<div class='scroll' tabindex='0' role='region' aria-label='", page->out);
    markup_text(page->out, caption);
    fputs("'>\n<table>\n", page->out);
    markup_tag(page->out, "caption", "%s", caption);
}

void page_table_end(struct page *page)
{
    fputs("</tbody>\n</table>\n</div>\n", page->out);
}

/* A cell with it and its interval, or a dash. The verdict stands beside the number, so that a
 * narrow column may break before the interval. */
static void write_estimate(FILE *out, const struct estimate *estimate,
                           const struct measure *measure)
{
    char median[MEASURE_TEXT_MAX], low[MEASURE_TEXT_MAX], high[MEASURE_TEXT_MAX];
    bool differs = estimate->verdict == VERDICT_BETTER || estimate->verdict == VERDICT_WORSE;

    fputs("<td>", out);
    fputs(estimate->known ? measure_value(median, measure, estimate->median) : "\xe2\x80\x93", out);
    if (estimate->verdict != VERDICT_NONE)
        fprintf(out, differs ? " <b>%s</b>" : " %s", verdict_name(estimate->verdict));
    if (estimate->ranged)
        fprintf(out, " <i>[%s, %s]</i>", measure_value(low, measure, estimate->low),
                measure_value(high, measure, estimate->high));
    if (estimate->voided > 0)
        fprintf(out, " (%lld void)", (long long)estimate->voided);
    fputs("</td>", out);
}

void page_ratio(struct page *page, const struct estimate *ratio)
{
    write_estimate(page->out, ratio, &plain);
}

static bool any_step(const struct sheet *sheet)
{
    for (unsigned i = 0; i < sheet->rows; i++)
        if (*sheet->row[i].step)
            return true;
    return false;
}

/* One unit for a row: the one that suits the largest value of it. */
static struct measure measure_row(const struct sheet *sheet, const struct sheet_row *row)
{
    double largest = 0;

    for (unsigned e = 0; e < sheet->envs->count; e++)
        if (row->of[e].value.known && row->of[e].value.median > largest)
            largest = row->of[e].value.median;
    return measure_of(row->unit, largest);
}

/* The columns of a table of sheet: those that have something in them. */
struct columns {
    bool step, threads;
    bool value[SHEET_ENVS_MAX], ratio[SHEET_ENVS_MAX], kept[SHEET_ENVS_MAX];
    bool any_kept;
};

static struct columns columns_of(const struct sheet *sheet)
{
    struct columns columns = {.step = any_step(sheet)};

    for (unsigned i = 0; i < sheet->rows; i++) {
        columns.threads |= sheet->row[i].threads != 1;
        for (unsigned e = 0; e < sheet->envs->count; e++) {
            columns.value[e] |= sheet->row[i].of[e].value.known;
            columns.ratio[e] |= sheet->row[i].of[e].ratio.known;
            columns.kept[e] |= sheet->row[i].of[e].kept.known;
            columns.any_kept |= columns.kept[e];
        }
    }
    return columns;
}

static void head_of_figures(struct page *page, const struct sheet *sheet,
                            const struct columns *columns)
{
    const struct envs *envs = sheet->envs;

    fputs("<thead><tr><th scope='col'>Benchmark</th>", page->out);
    if (columns->step)
        fputs("<th scope='col' class='text'>Step</th>", page->out);
    if (columns->threads)
        fputs("<th scope='col'>Threads</th>", page->out);
    fputs("<th scope='col' class='text'>Unit</th>", page->out);
    for (unsigned e = 0; e < envs->count; e++)
        if (columns->value[e])
            markup_tag(page->out, "th scope='col'", "%s", envs->name[e]);
    for (unsigned e = 0; e < envs->count; e++)
        if (columns->ratio[e])
            markup_tag(page->out, "th scope='col'", "%s / %s", envs->name[e], envs->name[0]);
    for (unsigned e = 0; e < envs->count; e++)
        if (columns->kept[e])
            markup_tag(page->out, "th scope='col'", "%s, to %.40s", envs->name[e],
                       html_base_step(sheet));
    fputs("</tr></thead>\n<tbody>\n", page->out);
}

static void row_of_figures(struct page *page, const struct sheet *sheet,
                           const struct sheet_row *row, const struct columns *columns)
{
    struct measure measure = measure_row(sheet, row);
    unsigned envs = sheet->envs->count;

    fputs("<tr>", page->out);
    markup_tag(page->out, "th scope='row'", "%s", row->label);
    if (columns->step)
        markup_tag(page->out, "td class='text'", "%.60s", row->step);
    if (columns->threads)
        markup_tag(page->out, "td", "%lld", (long long)row->threads);
    markup_tag(page->out, "td class='text'", "%s%.24s", measure.prefix, measure.unit);
    for (unsigned e = 0; e < envs; e++)
        if (columns->value[e])
            write_estimate(page->out, &row->of[e].value, &measure);
    for (unsigned e = 0; e < envs; e++)
        if (columns->ratio[e])
            page_ratio(page, &row->of[e].ratio);
    for (unsigned e = 0; e < envs; e++)
        if (columns->kept[e])
            page_ratio(page, &row->of[e].kept);
    fputs("</tr>\n", page->out);
}

void page_more(struct page *page, size_t more)
{
    if (more)
        markup_tag(page->out, "p class='more'", "%zu more are in the results file only.", more);
}

static void write_figures(struct page *page, const struct sheet *sheet)
{
    struct columns columns = columns_of(sheet);
    unsigned i;

    if (!sheet->rows) {
        markup_tag(page->out, "p", "Nothing was measured.");
        return;
    }
    page_table_begin(page, columns.any_kept
                               ? "Medians, ratios, and ratios to the first step, with 95 % "
                                 "intervals"
                               : "Medians and ratios, with 95 % intervals");
    head_of_figures(page, sheet, &columns);
    for (i = 0; i < sheet->rows && page_has_room(page); i++)
        row_of_figures(page, sheet, &sheet->row[i], &columns);
    page_table_end(page);
    page_more(page, sheet->rows - i + sheet->left_out);
}

static void write_skipped(struct page *page, const struct sheet *sheet)
{
    const json_t *skipped = json_object_get(sheet->experiment, "skipped"), *row;
    size_t i;

    if (!json_array_size(skipped))
        return;
    fputs("<p>Not run here:</p>\n<ul>\n", page->out);
    json_array_foreach (skipped, i, row) {
        const char *env = get_text(row, "env"), *step = get_text(row, "step");

        if (page_has_room(page))
            markup_tag(page->out, "li", "%.40s%s%.80s: %.300s", env, *env && *step ? ", " : "",
                       step, get_text(row, "reason"));
    }
    fputs("</ul>\n", page->out);
}

void html_tables(struct page *page, const struct sheet *sheet)
{
    write_figures(page, sheet);
    html_cost_tables(page, sheet);
    write_skipped(page, sheet);
}
