/* SPDX-License-Identifier: MIT */
/* Tables of the costs of an operation: latency, exits, the time a VM adds, and threads' time. */
#include <string.h>

#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/page/html_page.h"
#include "tools/virtcost/page/markup.h"

static void write_dash(struct page *page)
{
    fputs("<td>\xe2\x80\x93</td>", page->out);
}

/* A table that is opened with its first row. */
struct table {
    struct page *page;
    const char *caption;
    void (*head)(struct page_titles *titles, const struct envs *envs);
    bool begun;
    size_t more; /* rows left out for lack of room */
};

/* Begin a row with the benchmark and its step. Returns whether there is room. */
static bool begin_row(struct table *table, const struct sheet_row *row)
{
    struct page *page = table->page;

    if (!page_has_room(page)) {
        table->more++;
        return false;
    }
    if (!table->begun) {
        struct page_titles titles = {.count = 0};

        page_title(&titles, false, "Benchmark");
        table->head(&titles, &page->envs);
        page_table_begin(page, table->caption, &titles);
        table->begun = true;
    }
    fputs("<tr>", page->out);
    markup_tag(page->out, "th scope='row'", "%.40s%s%s", row->step, *row->step ? ": " : "",
               row->label);
    return true;
}

static void end_table(struct table *table)
{
    if (table->begun)
        page_table_end(table->page);
    page_more(table->page, table->more);
}

/* All values of a cell have the unit of the median. */
static void write_quantiles(struct page *page, const json_t *latency)
{
    static const char *const keys[] = {"p50", "p99", "p99.9"};
    struct measure measure = {0};
    char text[MEASURE_TEXT_MAX];
    double value;

    if (!sheet_number(json_object_get(latency, keys[0]), &value)) {
        write_dash(page);
        return;
    }
    measure = measure_of("ns", value);
    fputs("<td>", page->out);
    for (unsigned k = 0; k < 3; k++) {
        bool known = sheet_number(json_object_get(latency, keys[k]), &value);

        fprintf(page->out, "%s%s", k ? " \xc2\xb7 " : "",
                known ? measure_digits(text, value * measure.factor, 3) : "\xe2\x80\x93");
    }
    markup_print(page->out, " %s", measure.unit);
    fputs("</td>", page->out);
}

static void head_of_latencies(struct page_titles *titles, const struct envs *envs)
{
    for (unsigned e = 0; e < envs->count; e++)
        page_title(titles, false, "%s", envs->name[e]);
}

static bool has(const struct sheet *sheet, const struct sheet_row *row, const char *key)
{
    for (unsigned e = 0; e < sheet->envs->count; e++)
        if (json_object_size(json_object_get(row->of[e].row, key)))
            return true;
    return false;
}

static void write_latencies(struct page *page, const struct sheet *sheet)
{
    struct table table = {page,
                          "Completion latency: p50 \xc2\xb7 p99 \xc2\xb7 p99.9, medians over "
                          "the blocks",
                          head_of_latencies, false, 0};

    for (unsigned i = 0; i < sheet->rows; i++) {
        const struct sheet_row *row = &sheet->row[i];

        if (!has(sheet, row, "latency_ns") || !begin_row(&table, row))
            continue;
        for (unsigned e = 0; e < sheet->envs->count; e++)
            write_quantiles(page, json_object_get(row->of[e].row, "latency_ns"));
        fputs("</tr>\n", page->out);
    }
    end_table(&table);
}

static void head_of_exits(struct page_titles *titles, const struct envs *envs)
{
    (void)envs;
    page_title(titles, false, "All");
    page_title(titles, true, "By reason");
}

static void write_reasons(struct page *page, const json_t *exits)
{
    const char *separator = "", *reason;
    char text[MEASURE_TEXT_MAX];
    double value, sum = 0;
    json_t *count;

    json_object_foreach ((json_t *)exits, reason, count)
        sum += sheet_number(count, &value) ? value : 0;
    markup_tag(page->out, "td", "%s", measure_digits(text, sum, 4));
    fputs("<td class='text'>", page->out);
    json_object_foreach ((json_t *)exits, reason, count) {
        if (!sheet_number(count, &value) || value == 0 || !page_has_room(page))
            continue;
        markup_print(page->out, "%s%.60s %s", separator, reason, measure_digits(text, value, 4));
        separator = ", ";
    }
    fputs("</td>", page->out);
}

static void write_exits(struct page *page, const struct sheet *sheet)
{
    struct table table = {page, "Exits to user space per operation", head_of_exits, false, 0};

    for (unsigned i = 0; i < sheet->rows; i++)
        for (unsigned e = 0; e < sheet->envs->count; e++) {
            const json_t *exits = json_object_get(sheet->row[i].of[e].row, "exits_per_op");

            if (!json_object_size(exits) || !begin_row(&table, &sheet->row[i]))
                continue;
            write_reasons(page, exits);
            fputs("</tr>\n", page->out);
        }
    end_table(&table);
}

static void write_ns(struct page *page, const json_t *row, const char *key)
{
    char text[MEASURE_TEXT_MAX];
    struct measure measure;
    double ns;

    if (!sheet_number(json_object_get(row, key), &ns)) {
        write_dash(page);
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
    json_array_foreach (json_object_get(row, "parts"), i, part) {
        char count[MEASURE_TEXT_MAX], text[MEASURE_TEXT_MAX];
        struct measure measure;
        double per_io, ns;

        if (i >= CHART_PARTS_MAX || !sheet_number(json_object_get(part, "per_io"), &per_io) ||
            !sheet_number(json_object_get(part, "ns"), &ns))
            continue;
        measure = measure_of("ns", ns);
        markup_print(page->out, "%s%.60s %s \xc3\x97 %s", i ? "; " : "", get_text(part, "what"),
                     measure_digits(count, per_io, 3), measure_text(text, &measure, ns));
    }
    fputs("</td>", page->out);
}

static void write_added(struct page *page, const struct sheet *sheet)
{
    static const struct {
        const char *key, *title;
    } columns[] = {{"base_ns", ""},
                   {"env_ns", "vm"},
                   {"added_ns", "Added"},
                   {"predicted_ns", "Predicted"},
                   {"residual_ns", "Residual"}};
    struct page_titles titles = {.count = 0};
    const json_t *added = json_object_get(sheet->experiment, "added"), *row;
    size_t i;

    if (!json_array_size(added))
        return;
    page_title(&titles, false, "Benchmark");
    page_title(&titles, false, "%s", page->envs.name[0]);
    for (unsigned c = 1; c < sizeof(columns) / sizeof(columns[0]); c++)
        page_title(&titles, false, "%s", columns[c].title);
    page_title(&titles, true, "Parts: the count of each \xc3\x97 its cost");
    page_table_begin(page, "Time a virtual machine adds to one I/O, by part", &titles);
    json_array_foreach (added, i, row) {
        const json_t *params = json_object_get(row, "params");
        char size[MEASURE_TEXT_MAX];

        if (!page_has_room(page))
            break;
        fputs("<tr>", page->out);
        markup_tag(page->out, "th scope='row'", "%.60s bs=%s,iodepth=%lld", get_text(row, "name"),
                   measure_size(size, get_integer(params, "bs")),
                   (long long)get_integer(params, "iodepth"));
        for (unsigned c = 0; c < sizeof(columns) / sizeof(columns[0]); c++)
            write_ns(page, row, columns[c].key);
        write_parts(page, row);
        fputs("</tr>\n", page->out);
    }
    page_table_end(page);
    page_more(page, json_array_size(added) - i);
}

static void head_of_times(struct page_titles *titles, const struct envs *envs)
{
    static const char *const times[] = {"Running", "Asleep", "Halted part", "Waiting for a CPU",
                                        "Exits per ms"};

    (void)envs;
    page_title(titles, true, "Environment");
    for (unsigned i = 0; i < sizeof(times) / sizeof(times[0]); i++)
        page_title(titles, false, "%s", times[i]);
}

static void write_times_of(struct page *page, const json_t *row, double window_ns, double threads)
{
    static const char *const parts[] = {"running", "asleep", "halted", "runqueue"};
    char text[MEASURE_TEXT_MAX];
    double value;

    for (unsigned i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (sheet_number(json_object_get(json_object_get(row, "time_ns"), parts[i]), &value))
            markup_tag(page->out, "td", "%s",
                       measure_digits(text, 100 * value / window_ns / threads, 3));
        else
            write_dash(page);
    }
    if (sheet_number(json_object_get(row, "exits_vmm"), &value))
        markup_tag(page->out, "td", "%s", measure_digits(text, value / window_ns * 1e6, 3));
    else
        write_dash(page);
}

/* Time of the threads by state, where there are more threads than CPUs. */
static void write_times(struct page *page, const struct sheet *sheet)
{
    struct table table = {page,
                          "Time of the threads by state, in %, and exits to the VMM, those of "
                          "barriers included; in the first block",
                          head_of_times, false, 0};

    for (unsigned i = 0; i < sheet->rows && !strcmp(sheet->name, "scaling"); i++)
        for (unsigned e = 0; e < sheet->envs->count; e++) {
            const struct sheet_row *row = &sheet->row[i];
            const json_t *of = row->of[e].row;
            double window_ns;

            if (!json_object_size(json_object_get(of, "time_ns")) || row->threads < 1 ||
                !sheet_number(json_object_get(of, "window_ns"), &window_ns) || window_ns <= 0 ||
                !begin_row(&table, row))
                continue;
            markup_tag(page->out, "td class='text'", "%s", sheet->envs->name[e]);
            write_times_of(page, of, window_ns, (double)row->threads);
            fputs("</tr>\n", page->out);
        }
    end_table(&table);
}

void html_cost_tables(struct page *page, const struct sheet *sheet)
{
    write_added(page, sheet);
    write_exits(page, sheet);
    write_times(page, sheet);
    write_latencies(page, sheet);
}
