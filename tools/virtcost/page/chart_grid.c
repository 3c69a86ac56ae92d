/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "tools/virtcost/page/chart.h"
#include "tools/virtcost/page/markup.h"

#define SHADES 4 /* on each side */

/* A factor of 1.17 is one shade. */
#define SHADE_STEP 0.16

int chart_shade(double ratio, bool lower)
{
    double far = ratio > 0 ? log(ratio) / SHADE_STEP : -SHADES;
    int shade = far <= -SHADES ? -SHADES : far >= SHADES ? SHADES : (int)lround(far);

    return lower ? -shade : shade;
}

void chart_grid(struct chart_page *page, const struct chart_grid *grid)
{
    FILE *out = page->out;

    chart_caption(page, &grid->chart, false);
    fputs("<div class='side'><table class='grid' aria-label='", out);
    markup_text(out, grid->chart.title);
    fputs("'>\n<thead><tr><td></td>", out);
    fprintf(out, "<th colspan='%u' scope='colgroup'>", grid->columns);
    markup_text(out, grid->column_axis);
    fputs("</th></tr>\n<tr>", out);
    markup_tag(out, "th scope='col'", "%s", grid->row_axis);
    for (unsigned c = 0; c < grid->columns; c++)
        markup_tag(out, "th scope='col'", "%s", grid->column[c]);
    fputs("</tr></thead>\n<tbody>\n", out);
    for (unsigned r = 0; r < grid->rows; r++) {
        fputs("<tr>", out);
        markup_tag(out, "th scope='row'", "%s", grid->row[r]);
        for (unsigned c = 0; c < grid->columns; c++) {
            const struct chart_cell *cell = &grid->cell[r * grid->columns + c];

            if (*cell->text && cell->unclear)
                fputs("<td class='unclear'>", out);
            else if (*cell->text)
                fprintf(out, "<td class='q%d'>", cell->shade + SHADES);
            else
                fputs("<td>", out);
            markup_text(out, cell->text);
            if (*cell->range) {
                fputs("<i>", out);
                markup_text(out, cell->range);
                fputs("</i>", out);
            }
            fputs("</td>", out);
        }
        fputs("</tr>\n", out);
    }
    fputs("</tbody>\n</table></div>\n</figure>\n", out);
}
