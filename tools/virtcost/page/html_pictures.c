/* SPDX-License-Identifier: MIT */
/* Selects the pictures of an experiment. */
#include <string.h>

#include "tools/virtcost/page/html_page.h"

static void draw_kernels(struct page *page, const struct sheet *sheet)
{
    html_ratio_bars(page, sheet, html_ratio, html_is_no_curve, "Ratios");
    html_curves(page, sheet, "kib", false);
    html_exits(page, sheet, NULL);
}

static void draw_density(struct page *page, const struct sheet *sheet)
{
    html_value_bars(page, sheet);
}

static bool is_throughput(const struct sheet_row *row)
{
    return !row->lower;
}

static bool is_latency(const struct sheet_row *row)
{
    return row->lower;
}

static void draw_noise(struct page *page, const struct sheet *sheet)
{
    html_ratio_bars(page, sheet, html_kept, is_throughput, "Throughput relative to alone");
    html_ratio_bars(page, sheet, html_kept, is_latency, "Latency relative to alone");
}

static void draw_scaling(struct page *page, const struct sheet *sheet)
{
    html_curves(page, sheet, "threads", true);
}

/* Experiments whose rows have only a value and a ratio. */
static void draw_any(struct page *page, const struct sheet *sheet)
{
    html_ratio_bars(page, sheet, html_ratio, NULL, "Ratios");
    html_ratio_bars(page, sheet, html_kept, NULL, "Ratios of steps");
    html_value_bars(page, sheet);
    html_exits(page, sheet, NULL);
}

static const struct kind {
    const char *name, *title;
    void (*draw)(struct page *page, const struct sheet *sheet);
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

static const struct kind *kind_of(const struct sheet *sheet)
{
    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (!strcmp(kinds[i].name, sheet->name))
            return &kinds[i];
    return NULL;
}

const char *html_title(const struct sheet *sheet)
{
    const struct kind *kind = kind_of(sheet);

    return kind ? kind->title : *sheet->name ? sheet->name : "Unnamed experiment";
}

void html_pictures(struct page *page, const struct sheet *sheet)
{
    const struct kind *kind = kind_of(sheet);

    (kind ? kind->draw : draw_any)(page, sheet);
}
