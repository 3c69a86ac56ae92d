/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/page/html_page.h"
#include "tools/virtcost/page/markup.h"

/* Environments that have any figure of the experiment. */
static void show_all(struct page_view *view, const struct sheet *sheet)
{
    for (unsigned i = 0; i < sheet->rows; i++)
        for (unsigned e = 0; e < sheet->envs->count; e++) {
            const struct figure *figure = &sheet->row[i].of[e];

            view->shown[e] |= figure->value.known || figure->ratio.known || figure->kept.known;
        }
}

/* Where the base was not run, an environment can only be compared with itself. */
static html_pick *pick_for(const struct sheet *sheet, unsigned env)
{
    bool kept = false;

    for (unsigned i = 0; i < sheet->rows; i++) {
        if (sheet->row[i].of[env].ratio.known)
            return html_ratio;
        kept |= sheet->row[i].of[env].kept.known;
    }
    return kept ? html_kept : html_ratio;
}

static void write_figures(struct page *page, const struct sheet *sheet)
{
    struct page_view view = {.base_step = html_base_step(sheet), .detailed = true};
    char caption[MARKUP_TEXT_MAX];
    unsigned i;

    if (!sheet->rows) {
        markup_tag(page->out, "p", "Nothing was measured.");
        return;
    }
    view.pick = pick_for(sheet, page->subject);
    show_all(&view, sheet);
    snprintf(caption, sizeof(caption),
             "Medians with 95 %% intervals; below them the ratio to %.24s%s%.40s",
             page->envs.name[0], *html_base_step(sheet) ? ", and to " : "", html_base_step(sheet));
    page_begin_rows(page, &view, caption);
    for (i = 0; i < sheet->rows && page_has_room(page); i++)
        page_row(page, &view, &sheet->row[i]);
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
