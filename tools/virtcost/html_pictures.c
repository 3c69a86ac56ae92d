/* SPDX-License-Identifier: MIT */
/* Which pictures an experiment has. */
#include <string.h>

#include "tools/virtcost/html_page.h"

static void draw_kernels(struct page *page, const struct figures *figures)
{
    html_ratio_bars(page, figures, html_ratio, html_is_no_curve, "Ratios");
    html_curves(page, figures, "kib", false);
    html_exits(page, figures, NULL);
}

static void draw_density(struct page *page, const struct figures *figures)
{
    html_value_bars(page, figures);
}

static bool is_throughput(const struct figures_row *row)
{
    return !row->lower;
}

static bool is_latency(const struct figures_row *row)
{
    return row->lower;
}

static void draw_noise(struct page *page, const struct figures *figures)
{
    html_ratio_bars(page, figures, html_kept, is_throughput, "What is kept");
    html_ratio_bars(page, figures, html_kept, is_latency, "What latency grows to");
}

static void draw_scaling(struct page *page, const struct figures *figures)
{
    html_curves(page, figures, "threads", true);
}

/* Those that say no more than a value and a ratio. */
static void draw_any(struct page *page, const struct figures *figures)
{
    html_ratio_bars(page, figures, html_ratio, NULL, "Ratios");
    html_ratio_bars(page, figures, html_kept, NULL, "Beside another step");
    html_value_bars(page, figures);
    html_exits(page, figures, NULL);
}

static const struct kind {
    const char *name, *title;
    void (*draw)(struct page *page, const struct figures *figures);
} kinds[] = {
    {"kernels", "Compute and memory", draw_kernels},
    {"blk", "Block I/O", html_blk},
    {"startup", "Start-up", html_startup},
    {"density", "Density", draw_density},
    {"noise", "Noisy neighbours", draw_noise},
    {"bench", "Benchmarks", draw_any},
    {"pages", "Page sizes of host and guest", html_matrix},
    {"vector", "Vector instructions", draw_any},
    {"topology", "Topology", draw_any},
    {"scaling", "Scaling", draw_scaling},
};

static const struct kind *kind_of(const struct figures *figures)
{
    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (!strcmp(kinds[i].name, figures->name))
            return &kinds[i];
    return NULL;
}

const char *html_title(const struct figures *figures)
{
    const struct kind *kind = kind_of(figures);

    return kind ? kind->title : *figures->name ? figures->name : "An experiment without a name";
}

void html_pictures(struct page *page, const struct figures *figures)
{
    const struct kind *kind = kind_of(figures);

    (kind ? kind->draw : draw_any)(page, figures);
}
