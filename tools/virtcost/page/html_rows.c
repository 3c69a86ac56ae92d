/* SPDX-License-Identifier: MIT */
/* Rows of the page's tables: each environment's values and ratios. */
#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/page/html_page.h"
#include "tools/virtcost/page/markup.h"

#define DASH "\xe2\x80\x93"

/* An interval wider than this factor says nothing, nor does its median. */
#define WIDE 2

const char *page_env(const char *name)
{
    return strcmp(name, "null") ? name : "null (rerun of the base)";
}

void page_title(struct page_titles *titles, bool prose, const char *format, ...)
{
    va_list args;

    if (titles->count == sizeof(titles->column) / sizeof(titles->column[0]))
        return;
    va_start(args, format);
    vsnprintf(titles->column[titles->count].text, sizeof(titles->column[0].text), format, args);
    va_end(args);
    titles->column[titles->count++].prose = prose;
}

/*
 * Put column titles into the style sheet as --c2, --c3 and so on: an attribute of each cell would
 * take a tenth of the page. Only plain characters get into the style.
 */
static void write_variable(FILE *out, unsigned column, const char *title)
{
    fprintf(out, "--c%u:\"", column);
    for (; *title; title++)
        fputc(isalnum((unsigned char)*title) || strchr(" ./%-_=:", *title) ? *title : '?', out);
    fputs("\";", out);
}

void page_table_begin(struct page *page, const char *caption, const struct page_titles *titles)
{
    FILE *out = page->out;

    fputs("<div class='scroll' tabindex='0' role='region' aria-label='", out);
    markup_text(out, caption);
    fputs("'>\n<table style='", out);
    for (unsigned i = 1; i < titles->count; i++)
        write_variable(out, i + 1, titles->column[i].text);
    fputs("'>\n", out);
    markup_tag(out, "caption", "%s", caption);
    fputs("<thead><tr>", out);
    for (unsigned i = 0; i < titles->count; i++)
        markup_tag(out, titles->column[i].prose ? "th scope='col' class='text'" : "th scope='col'",
                   "%s", titles->column[i].text);
    fputs("</tr></thead>\n<tbody>\n", out);
}

void page_table_end(struct page *page)
{
    fputs("</tbody>\n</table>\n</div>\n", page->out);
}

void page_more(struct page *page, size_t more)
{
    if (more)
        markup_tag(page->out, "p class='more'", "%zu more rows are in the results file only.",
                   more);
}

const char *page_value(char text[MEASURE_TEXT_MAX], const char *unit, double value)
{
    const struct measure measure = measure_of(unit, value);

    return *unit ? measure_text(text, &measure, value) : measure_value(text, &measure, value);
}

const char *page_number(char text[MEASURE_TEXT_MAX], double number)
{
    return measure_digits(text, number, PAGE_DIGITS);
}

/* About how many blocks would settle an unclear ratio; "" for another one, or if not known. */
static const char *settling_blocks(char text[MEASURE_TEXT_MAX], const struct estimate *ratio)
{
    text[0] = '\0';
    if (ratio->verdict == VERDICT_UNCLEAR && ratio->blocks && ratio->blocks < VERDICT_SAMPLES_MAX)
        snprintf(text, MEASURE_TEXT_MAX, "%s %zu blocks", ratio->ranged ? "about" : "at least",
                 ratio->blocks);
    return text;
}

static void write_range(FILE *out, const struct estimate *estimate, const struct measure *measure)
{
    char low[MEASURE_TEXT_MAX], high[MEASURE_TEXT_MAX];

    if (estimate->ranged)
        fprintf(out, "[%s, %s]", measure_value(low, measure, estimate->low),
                measure_value(high, measure, estimate->high));
}

static void write_verdict(FILE *out, enum verdict verdict)
{
    if (verdict != VERDICT_NONE)
        fprintf(out, " <em class='%s'>%s</em>", verdict_name(verdict), verdict_name(verdict));
}

/* For an unclear ratio, the verdict is the result, not the number. */
static void write_unclear(FILE *out, const struct estimate *ratio)
{
    static const struct measure plain = {1, "", ""};
    char text[MEASURE_TEXT_MAX];

    write_verdict(out, VERDICT_UNCLEAR);
    if (ratio->ranged && ratio->high > WIDE * ratio->low) {
        fprintf(out, "<i>wider than %d to 1</i>", WIDE);
    } else {
        fprintf(out, "<i>%s%s", page_number(text, ratio->median), ratio->ranged ? " " : "");
        write_range(out, ratio, &plain);
        fputs("</i>", out);
    }
    if (*settling_blocks(text, ratio))
        fprintf(out, "<i>%s</i>", text);
}

/* `base`: what the ratio is to, unless the column's title says so. */
static void write_ratio(FILE *out, const struct estimate *ratio, const char *base)
{
    static const struct measure plain = {1, "", ""};
    char text[MEASURE_TEXT_MAX];

    if (!ratio->known) {
        fputs("<td class='ratio none'>" DASH "</td>", out);
        return;
    }
    fputs("<td class='ratio'>", out);
    if (ratio->verdict == VERDICT_UNCLEAR) {
        write_unclear(out, ratio);
    } else {
        fprintf(out, "<b>%s</b>", page_number(text, ratio->median));
        write_verdict(out, ratio->verdict);
        fputs("<i>", out);
        write_range(out, ratio, &plain);
        fputs("</i>", out);
    }
    if (*base) {
        fputs("<i>", out);
        markup_print(out, "to %.40s", base);
        fputs("</i>", out);
    }
    if (ratio->voided > 0)
        fprintf(out, "<i>%lld void</i>", (long long)ratio->voided);
    fputs("</td>", out);
}

/* In small type below a value: "0.9960 same", after the name of what it is compared with. */
static void write_beside(FILE *out, const char *base, const struct estimate *ratio)
{
    const bool apart = ratio->verdict == VERDICT_WORSE || ratio->verdict == VERDICT_BETTER;
    char text[MEASURE_TEXT_MAX];

    if (!ratio->known)
        return;
    fputs("<i>", out);
    if (*base)
        markup_print(out, "to %.40s: ", base);
    if (ratio->verdict != VERDICT_UNCLEAR)
        fprintf(out, "%s ", page_number(text, ratio->median));
    fprintf(out, apart ? "<b>%s</b></i>" : "%s</i>", verdict_name(ratio->verdict));
}

static void write_value(struct page *page, const struct page_view *view,
                        const struct sheet_row *row, unsigned env)
{
    const struct figure *figure = &row->of[env];
    const struct measure measure = measure_of(row->unit, figure->value.median);
    bool beside = env && env != page->subject, kept = view->pick == html_kept;
    char text[MEASURE_TEXT_MAX];
    FILE *out = page->out;

    if (!figure->value.known && !figure->ratio.known && !figure->kept.known) {
        fputs("<td class='none'>" DASH "</td>", out);
        return;
    }
    fputs("<td>", out);
    if (figure->value.known)
        markup_text(out, page_value(text, row->unit, figure->value.median));
    else
        fputs(DASH, out);
    if (view->detailed && figure->value.ranged) {
        fputs("<i>", out);
        write_range(out, &figure->value, &measure);
        fputs("</i>", out);
    }
    if (beside && !kept)
        write_beside(out, "", &figure->ratio);
    if ((view->detailed || (kept && env != page->subject)) && figure->kept.known)
        write_beside(out, row->base_step, &figure->kept);
    fputs("</td>", out);
}

void page_begin_rows(struct page *page, const struct page_view *view, const char *caption)
{
    const struct envs *envs = &page->envs;
    struct page_titles titles = {.count = 0};

    page_title(&titles, false, "Benchmark");
    for (unsigned e = 0; e < envs->count; e++) {
        if (view->shown[e])
            page_title(&titles, false, "%s", envs->name[e]);
        if (e && e == page->subject)
            page_title(&titles, false, "%s / %.40s", envs->name[e],
                       view->pick == html_kept ? view->base_step : envs->name[0]);
    }
    page_table_begin(page, caption, &titles);
}

/* "2 threads" is redundant beside "threads=2". */
static bool says_threads(const struct sheet_row *row)
{
    return !strncmp(row->step, "threads=", strlen("threads="));
}

void page_row(struct page *page, const struct page_view *view, const struct sheet_row *row)
{
    const struct envs *envs = &page->envs;
    FILE *out = page->out;

    fputs("<tr><th scope='row'>", out);
    markup_text(out, row->label);
    if (*row->step || row->threads > 1) {
        fputs("<i>", out);
        markup_print(out, "%.60s", row->step);
        if (row->threads > 1 && !says_threads(row))
            markup_print(out, "%s%lld threads", *row->step ? ", " : "", (long long)row->threads);
        fputs("</i>", out);
    }
    fputs("</th>", out);
    for (unsigned e = 0; e < envs->count; e++) {
        if (view->shown[e])
            write_value(page, view, row, e);
        if (e && e == page->subject)
            write_ratio(out, view->pick(&row->of[e]),
                        view->pick == html_kept && !view->detailed ? row->base_step : "");
    }
    fputs("</tr>\n", out);
}

unsigned page_columns(const struct page *page, const struct page_view *view)
{
    unsigned columns = 1 + (page->subject > 0);

    for (unsigned e = 0; e < page->envs.count; e++)
        columns += view->shown[e];
    return columns;
}
