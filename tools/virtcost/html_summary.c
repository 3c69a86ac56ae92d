/* SPDX-License-Identifier: MIT */
/* The headlines: of each experiment the few rows that are asked for first. */
#include <string.h>

#include "tools/virtcost/html_page.h"
#include "tools/virtcost/markup.h"

/* Of an experiment without a line below, so many of its first rows. */
#define UNKNOWN_ROWS 4

/* Of all rows of that name, and with that parameter if there is one, the ends or all. */
static const struct headline {
    const char *experiment, *name;
    const char *param;
    json_int_t value;
    bool ends;
} headlines[] = {
    {"kernels", "linpack", NULL, 0, false},        {"kernels", "stream.triad", NULL, 0, false},
    {"kernels", "gups.stream", NULL, 0, false},    {"kernels", "gups.forkjoin", NULL, 0, false},
    {"kernels", "chase.page", NULL, 0, true},      {"blk", "blk.randread", "bs", 4096, true},
    {"blk", "blk.randwrite", "bs", 4096, true},    {"blk", "blk.read", "bs", 1 << 20, true},
    {"startup", "startup.total", NULL, 0, false},  {"startup", "startup.to_user", NULL, 0, false},
    {"density", "density.rate", NULL, 0, false},   {"density", "density.pss", NULL, 0, false},
    {"density", "density.kernel", NULL, 0, false}, {"noise", "linpack", NULL, 0, false},
    {"noise", "stream.triad", NULL, 0, false},     {"noise", "blk.randread", NULL, 0, false},
    {"pages", "gups.stream", NULL, 0, true},       {"vector", "linpack", NULL, 0, false},
    {"scaling", "linpack", NULL, 0, true},
};

#define HEADLINES (sizeof(headlines) / sizeof(headlines[0]))

static bool is_of(const struct figures_row *row, const struct headline *headline)
{
    return !strcmp(row->name, headline->name) &&
           (!headline->param || figures_int(row->params, headline->param) == headline->value);
}

/* Whether a row is at an end of those of its headline. */
static bool is_end(const struct figures *figures, unsigned i, const struct headline *headline)
{
    bool before = false, behind = false;

    for (unsigned k = 0; k < figures->rows; k++) {
        before |= k < i && is_of(&figures->row[k], headline);
        behind |= k > i && is_of(&figures->row[k], headline);
    }
    return !before || !behind;
}

static bool is_headline(const struct figures *figures, unsigned i)
{
    bool known = false;

    for (unsigned h = 0; h < HEADLINES; h++) {
        if (strcmp(headlines[h].experiment, figures->name))
            continue;
        known = true;
        if (is_of(&figures->row[i], &headlines[h]) &&
            (!headlines[h].ends || is_end(figures, i, &headlines[h])))
            return true;
    }
    return !known && i < UNKNOWN_ROWS;
}

/* Beside a neighbour, an environment is compared with itself. */
static void write_row(struct page *page, const struct figures *figures,
                      const struct figures_row *row, unsigned number)
{
    const struct envs *envs = figures->envs;
    bool kept = html_known(figures, row, html_kept);
    struct measure measure = measure_of(row->unit, row->of[0].value.median);
    char text[MEASURE_TEXT_MAX];

    fprintf(page->out, "<tr><th scope='row'><a href='#experiment-%u'>", number);
    markup_text(page->out, row->label);
    fputs("</a></th>", page->out);
    markup_tag(page->out, "td class='text'", "%.60s", row->step);
    if (row->of[0].value.known)
        markup_tag(page->out, "td", "%s", measure_text(text, &measure, row->of[0].value.median));
    else
        fputs("<td>\xe2\x80\x93</td>", page->out);
    for (unsigned e = 1; e < envs->count; e++)
        page_ratio(page, row, kept ? &row->of[e].kept : &row->of[e].ratio);
    fputs("</tr>\n", page->out);
}

void html_summary(struct page *page, const struct figures *figures, unsigned count)
{
    const struct envs *envs = &page->envs;

    fputs("<section>\n<h2 id='summary'>Summary</h2>\n", page->out);
    page_table_begin(page, "Ratios to the base, with 95 % intervals; beside a neighbour, what is "
                           "kept of the undisturbed figure");
    fputs("<thead><tr><th scope='col'>Benchmark</th><th scope='col' class='text'>Step</th>",
          page->out);
    markup_tag(page->out, "th scope='col'", "%s", envs->name[0]);
    for (unsigned e = 1; e < envs->count; e++)
        markup_tag(page->out, "th scope='col'", "%s", page_env(envs->name[e]));
    fputs("</tr></thead>\n<tbody>\n", page->out);
    for (unsigned i = 0; i < count; i++)
        for (unsigned k = 0; k < figures[i].rows; k++)
            if (is_headline(&figures[i], k) && page_has_picture_room(page))
                write_row(page, &figures[i], &figures[i].row[k], i);
    page_table_end(page);
    fputs("</section>\n", page->out);
}
