/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/html_page.h"
#include "tools/virtcost/markup.h"

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

static void write_estimate(FILE *out, const struct estimate *estimate,
                           const struct measure *measure)
{
    char median[MEASURE_TEXT_MAX], low[MEASURE_TEXT_MAX], high[MEASURE_TEXT_MAX];

    if (!estimate->known) {
        fputs("\xe2\x80\x93", out);
        return;
    }
    fputs(measure_value(median, measure, estimate->median), out);
    if (estimate->ranged)
        fprintf(out, " <small>[%s, %s]</small>", measure_value(low, measure, estimate->low),
                measure_value(high, measure, estimate->high));
}

void page_estimate(struct page *page, const struct estimate *estimate,
                   const struct measure *measure)
{
    fputs("<td>", page->out);
    write_estimate(page->out, estimate, measure);
    fputs("</td>", page->out);
}

void page_ratio(struct page *page, const struct figures_row *row, const struct estimate *ratio)
{
    const char *verdict = figures_verdict(row, ratio);

    fputs("<td>", page->out);
    write_estimate(page->out, ratio, &plain);
    if (*verdict)
        fprintf(page->out, " <span class='%s'>%s</span>", verdict, verdict);
    fputs("</td>", page->out);
}

static bool any(const struct figures *figures, html_pick *pick)
{
    for (unsigned i = 0; i < figures->rows; i++)
        if (html_known(figures, &figures->row[i], pick))
            return true;
    return false;
}

static bool any_step(const struct figures *figures)
{
    for (unsigned i = 0; i < figures->rows; i++)
        if (*figures->row[i].step)
            return true;
    return false;
}

/* One unit for a row: the one that suits the first value of it. */
static struct measure measure_row(const struct figures *figures, const struct figures_row *row)
{
    for (unsigned e = 0; e < figures->envs->count; e++)
        if (row->of[e].value.known)
            return measure_of(row->unit, row->of[e].value.median);
    return measure_of(row->unit, 0);
}

static void column(struct page *page, const char *format, const char *a, const char *b)
{
    char text[CHART_TEXT_MAX];

    snprintf(text, sizeof(text), format, a, b);
    markup_tag(page->out, "th scope='col'", "%s", text);
}

/* Which columns a table of figures has. */
struct columns {
    bool step, value, ratio, kept;
};

static void head_of_figures(struct page *page, const struct figures *figures,
                            const struct columns *columns)
{
    const struct envs *envs = figures->envs;

    fputs("<thead><tr><th scope='col'>Benchmark</th>", page->out);
    if (columns->step)
        fputs("<th scope='col' class='text'>Step</th>", page->out);
    fputs("<th scope='col'>Threads</th><th scope='col' class='text'>Unit</th>", page->out);
    for (unsigned e = 0; e < envs->count && columns->value; e++)
        markup_tag(page->out, "th scope='col'", "%s", envs->name[e]);
    for (unsigned e = 1; e < envs->count && columns->ratio; e++)
        markup_tag(page->out, "th scope='col'", "%s / %s", envs->name[e], envs->name[0]);
    for (unsigned e = 0; e < envs->count && columns->kept; e++)
        markup_tag(page->out, "th scope='col'", "%s, kept", envs->name[e]);
    fputs("</tr></thead>\n<tbody>\n", page->out);
}

static void row_of_figures(struct page *page, const struct figures *figures,
                           const struct figures_row *row, const struct columns *columns)
{
    struct measure measure = measure_row(figures, row);
    unsigned envs = figures->envs->count;

    fputs("<tr>", page->out);
    markup_tag(page->out, "th scope='row'", "%s", row->label);
    if (columns->step)
        markup_tag(page->out, "td class='text'", "%.60s", row->step);
    markup_tag(page->out, "td", "%lld", (long long)row->threads);
    markup_tag(page->out, "td class='text'", "%s%.24s", measure.prefix, measure.unit);
    for (unsigned e = 0; e < envs && columns->value; e++)
        page_estimate(page, &row->of[e].value, &measure);
    for (unsigned e = 1; e < envs && columns->ratio; e++)
        page_ratio(page, row, &row->of[e].ratio);
    for (unsigned e = 0; e < envs && columns->kept; e++)
        page_ratio(page, row, &row->of[e].kept);
    fputs("</tr>\n", page->out);
}

static void write_more(struct page *page, size_t more)
{
    if (more)
        markup_tag(page->out, "p class='more'", "%zu more are in the results file only.", more);
}

static void write_figures(struct page *page, const struct figures *figures)
{
    struct columns columns = {any_step(figures), any(figures, html_value), any(figures, html_ratio),
                              any(figures, html_kept)};
    unsigned i;

    if (!figures->rows) {
        markup_tag(page->out, "p", "Nothing was measured.");
        return;
    }
    page_table_begin(page, columns.kept
                               ? "Medians, ratios, and what is kept of the undisturbed step, with "
                                 "95 % intervals"
                               : "Medians and ratios, with 95 % intervals");
    head_of_figures(page, figures, &columns);
    for (i = 0; i < figures->rows && page_has_room(page); i++)
        row_of_figures(page, figures, &figures->row[i], &columns);
    page_table_end(page);
    write_more(page, figures->rows - i + figures->left_out);
}

static void write_quantiles(struct page *page, const json_t *latency)
{
    static const char *const keys[] = {"p50", "p99", "p99.9"};
    char text[MEASURE_TEXT_MAX];
    double value;

    for (unsigned k = 0; k < 3; k++) {
        if (figures_number(json_object_get(latency, keys[k]), &value)) {
            struct measure measure = measure_of("ns", value);

            markup_tag(page->out, "td", "%s", measure_text(text, &measure, value));
        } else {
            fputs("<td>\xe2\x80\x93</td>", page->out);
        }
    }
}

static void write_latencies(struct page *page, const struct figures *figures)
{
    bool begun = false;

    for (unsigned i = 0; i < figures->rows; i++)
        for (unsigned e = 0; e < figures->envs->count; e++) {
            const json_t *latency = json_object_get(figures->row[i].of[e].row, "latency_ns");

            if (!json_is_object(latency) || !page_has_room(page))
                continue;
            if (!begun) {
                page_table_begin(page, "Completion latency, medians over the blocks");
                fputs("<thead><tr><th scope='col'>Benchmark</th><th scope='col' class='text'>"
                      "Environment</th><th scope='col'>p50</th><th scope='col'>p99</th>"
                      "<th scope='col'>p99.9</th></tr></thead>\n<tbody>\n",
                      page->out);
                begun = true;
            }
            fputs("<tr>", page->out);
            markup_tag(page->out, "th scope='row'", "%s", figures->row[i].label);
            markup_tag(page->out, "td class='text'", "%s", figures->envs->name[e]);
            write_quantiles(page, latency);
            fputs("</tr>\n", page->out);
        }
    if (begun)
        page_table_end(page);
}

static void write_exits(struct page *page, const struct figures *figures)
{
    bool begun = false;
    const char *reason;
    json_t *count;

    for (unsigned i = 0; i < figures->rows; i++)
        for (unsigned e = 0; e < figures->envs->count; e++) {
            const json_t *exits = json_object_get(figures->row[i].of[e].row, "exits_per_op");

            json_object_foreach((json_t *)exits, reason, count)
            {
                char text[MEASURE_TEXT_MAX];
                double value;

                if (!figures_number(count, &value) || value == 0 || !page_has_room(page))
                    continue;
                if (!begun) {
                    page_table_begin(page, "Exits to user space per operation");
                    fputs("<thead><tr><th scope='col'>Benchmark</th><th scope='col' class='text'>"
                          "Step</th><th scope='col' class='text'>Reason</th><th scope='col'>"
                          "Exits per operation</th></tr></thead>\n<tbody>\n",
                          page->out);
                    begun = true;
                }
                fputs("<tr>", page->out);
                markup_tag(page->out, "th scope='row'", "%s", figures->row[i].label);
                markup_tag(page->out, "td class='text'", "%.60s", figures->row[i].step);
                markup_tag(page->out, "td class='text'", "%.60s", reason);
                markup_tag(page->out, "td", "%s", measure_digits(text, value, 4));
                fputs("</tr>\n", page->out);
            }
        }
    if (begun)
        page_table_end(page);
}

static void write_ns(struct page *page, const json_t *row, const char *key)
{
    char text[MEASURE_TEXT_MAX];
    struct measure measure;
    double ns;

    if (!figures_number(json_object_get(row, key), &ns)) {
        fputs("<td>\xe2\x80\x93</td>", page->out);
        return;
    }
    measure = measure_of("ns", ns);
    markup_tag(page->out, "td", "%s", measure_text(text, &measure, ns));
}

static void write_parts(struct page *page, const json_t *row)
{
    const json_t *part;
    size_t i;

    fputs("<td class='text'>", page->out);
    json_array_foreach(json_object_get(row, "parts"), i, part)
    {
        char count[MEASURE_TEXT_MAX], text[MEASURE_TEXT_MAX];
        struct measure measure;
        double per_io, ns;

        if (i >= CHART_PARTS_MAX || !figures_number(json_object_get(part, "per_io"), &per_io) ||
            !figures_number(json_object_get(part, "ns"), &ns))
            continue;
        measure = measure_of("ns", ns);
        markup_print(page->out, "%s%.60s %s \xc3\x97 %s", i ? "; " : "", figures_text(part, "what"),
                     measure_digits(count, per_io, 3), measure_text(text, &measure, ns));
    }
    fputs("</td>", page->out);
}

static void write_added(struct page *page, const struct figures *figures)
{
    static const char *const columns[] = {"base_ns", "env_ns", "added_ns", "predicted_ns",
                                          "residual_ns"};
    const json_t *added = json_object_get(figures->experiment, "added"), *row;
    size_t i;

    if (!json_array_size(added))
        return;
    page_table_begin(page, "What a virtual machine adds to one I/O, and what that is made of");
    fputs("<thead><tr><th scope='col'>Benchmark</th>", page->out);
    column(page, "%s%s", page->envs.name[0], "");
    fputs("<th scope='col'>vm</th><th scope='col'>Added</th><th scope='col'>Predicted</th>"
          "<th scope='col'>Residual</th><th scope='col' class='text'>Parts, each as often as it "
          "happened \xc3\x97 its cost</th></tr></thead>\n<tbody>\n",
          page->out);
    json_array_foreach(added, i, row)
    {
        const json_t *params = json_object_get(row, "params");
        char size[MEASURE_TEXT_MAX];

        if (!page_has_room(page))
            break;
        fputs("<tr>", page->out);
        markup_tag(page->out, "th scope='row'", "%.60s bs=%s,iodepth=%lld",
                   figures_text(row, "name"), measure_size(size, figures_int(params, "bs")),
                   (long long)figures_int(params, "iodepth"));
        for (unsigned c = 0; c < sizeof(columns) / sizeof(columns[0]); c++)
            write_ns(page, row, columns[c]);
        write_parts(page, row);
        fputs("</tr>\n", page->out);
    }
    page_table_end(page);
    write_more(page, json_array_size(added) - i);
}

static void write_skipped(struct page *page, const struct figures *figures)
{
    const json_t *skipped = json_object_get(figures->experiment, "skipped"), *row;
    size_t i;

    if (!json_array_size(skipped))
        return;
    fputs("<p>Not run here:</p>\n<ul>\n", page->out);
    json_array_foreach(skipped, i, row)
    {
        const char *step = figures_text(row, "step");

        if (page_has_room(page))
            markup_tag(page->out, "li", "%.40s%s%.80s: %.300s", figures_text(row, "env"),
                       *step ? ", " : "", step, figures_text(row, "reason"));
    }
    fputs("</ul>\n", page->out);
}

void html_tables(struct page *page, const struct figures *figures)
{
    write_figures(page, figures);
    write_added(page, figures);
    write_exits(page, figures);
    write_latencies(page, figures);
    write_skipped(page, figures);
}
