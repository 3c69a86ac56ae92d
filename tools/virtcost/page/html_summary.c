/* SPDX-License-Identifier: MIT */
/* The headlines: the most important rows of each experiment. */
#include <string.h>

#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/page/html_page.h"
#include "tools/virtcost/page/markup.h"

/* First rows shown of an experiment without headlines. */
#define UNKNOWN_ROWS 4

enum which { ALL, ENDS, LAST };

/* Selects rows by name, and by a param unless NULL. */
static const struct headline {
    const char *experiment, *name;
    const char *param;
    json_int_t value;
    enum which which;
} headlines[] = {
    {"kernels", "linpack", NULL, 0, ALL},        {"kernels", "stream.triad", NULL, 0, ALL},
    {"kernels", "gups.stream", NULL, 0, ALL},    {"kernels", "gups.forkjoin", NULL, 0, ALL},
    {"kernels", "chase.page", NULL, 0, LAST},    {"blk", "blk.randread", "bs", 4096, ENDS},
    {"blk", "blk.randwrite", "bs", 4096, ENDS},  {"blk", "blk.read", "bs", 1 << 20, ENDS},
    {"startup", "startup.total", NULL, 0, ALL},  {"startup", "startup.to_user", NULL, 0, ALL},
    {"density", "density.rate", NULL, 0, ALL},   {"density", "density.pss", NULL, 0, ALL},
    {"density", "density.kernel", NULL, 0, ALL}, {"noise", "linpack", NULL, 0, ALL},
    {"noise", "stream.triad", NULL, 0, ALL},     {"noise", "blk.randread", NULL, 0, ALL},
    {"pages", "gups.stream", NULL, 0, ENDS},     {"vector", "linpack", NULL, 0, ALL},
    {"scaling", "linpack", NULL, 0, LAST},       {"scaling", "gups.stream", NULL, 0, LAST},
    {"scaling", "gups.forkjoin", NULL, 0, LAST},
};

#define HEADLINES (sizeof(headlines) / sizeof(headlines[0]))

static bool is_of(const struct sheet_row *row, const struct headline *headline)
{
    return !strcmp(row->name, headline->name) &&
           (!headline->param || get_integer(row->params, headline->param) == headline->value);
}

/* Whether a row matches its headline. */
static bool is_asked(const struct sheet *sheet, unsigned i, const struct headline *headline)
{
    bool before = false, behind = false;

    if (!is_of(&sheet->row[i], headline))
        return false;
    for (unsigned k = 0; k < sheet->rows; k++) {
        before |= k < i && is_of(&sheet->row[k], headline);
        behind |= k > i && is_of(&sheet->row[k], headline);
    }
    return headline->which == ALL || !behind || (headline->which == ENDS && !before);
}

/* With a neighbour, an environment is compared with itself alone. */
static html_pick *pick_of(const struct sheet *sheet)
{
    return strcmp(sheet->name, "noise") ? html_ratio : html_kept;
}

static bool is_headline(const struct sheet *sheet, unsigned i)
{
    bool known = false;

    if (!html_known(sheet, &sheet->row[i], pick_of(sheet)))
        return false;
    for (unsigned h = 0; h < HEADLINES; h++) {
        if (strcmp(headlines[h].experiment, sheet->name))
            continue;
        known = true;
        if (is_asked(sheet, i, &headlines[h]))
            return true;
    }
    return !known && i < UNKNOWN_ROWS;
}

/* Rows for the experiment's headlines, below its name. */
static void write_experiment(struct page *page, const struct sheet *sheet, unsigned number,
                             const struct page_view *view)
{
    const bool noise = pick_of(sheet) == html_kept;
    struct page_view own = *view;
    bool begun = false;

    own.pick = pick_of(sheet);
    for (unsigned i = 0; i < sheet->rows; i++) {
        if (!is_headline(sheet, i) || !page_has_room(page))
            continue;
        if (!begun) {
            fprintf(page->out,
                    "<tr class='group'><th scope='rowgroup' colspan='%u'>"
                    "<a href='#experiment-%u'>",
                    page_columns(page, view), number);
            markup_print(page->out, "%.80s%s", html_title(sheet),
                         noise ? ": ratio to the undisturbed figure" : "");
            fputs("</a></th></tr>\n", page->out);
        }
        begun = true;
        page_row(page, &own, &sheet->row[i]);
    }
}

/* Environments that have a figure in any headline. Returns whether there are headlines. */
static bool show_known(struct page_view *view, const struct sheet *sheet, unsigned count)
{
    bool any = false;

    for (unsigned i = 0; i < count; i++)
        for (unsigned k = 0; k < sheet[i].rows; k++) {
            const struct sheet_row *row = &sheet[i].row[k];

            if (!is_headline(&sheet[i], k))
                continue;
            any = true;
            for (unsigned e = 0; e < sheet[i].envs->count; e++)
                view->shown[e] |=
                    row->of[e].value.known || row->of[e].ratio.known || row->of[e].kept.known;
        }
    return any;
}

void html_summary(struct page *page, const struct sheet *sheet, unsigned count)
{
    struct page_view view = {.pick = html_ratio};

    if (!show_known(&view, sheet, count))
        return;
    page_begin_rows(page, &view, "Medians; ratios with 95 % intervals");
    for (unsigned i = 0; i < count; i++)
        write_experiment(page, &sheet[i], i, &view);
    page_table_end(page);
}
