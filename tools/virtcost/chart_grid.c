/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "tools/virtcost/chart.h"
#include "tools/virtcost/svg.h"

#define LEFT    54
#define TOP     42
#define CELL    27
#define WIDEST  92
#define BETWEEN 2

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
    double width = (SVG_WIDTH - LEFT) / (double)(grid->columns ? grid->columns : 1);
    FILE *out = page->out;

    if (width > WIDEST)
        width = WIDEST;
    chart_begin(page, &grid->chart, false, TOP + grid->rows * CELL + 2);
    svg_text(out, LEFT, 13, "small", grid->column_axis);
    svg_text(out, LEFT - 8, TOP - 8, "small right", grid->row_axis);
    for (unsigned c = 0; c < grid->columns; c++)
        svg_text(out, LEFT + (c + 0.5) * width, TOP - 8, "small middle", grid->column[c]);
    for (unsigned r = 0; r < grid->rows; r++) {
        double y = TOP + r * CELL;

        svg_text(out, LEFT - 8, y + CELL / 2.0 + 4, "small right", grid->row[r]);
        for (unsigned c = 0; c < grid->columns; c++) {
            const struct chart_cell *cell = &grid->cell[r * grid->columns + c];
            double x = LEFT + c * width;

            if (!*cell->text)
                continue;
            fprintf(out, "<rect class='q%d' x='%.1f' y='%.1f' width='%.1f' height='%d'/>\n",
                    cell->shade + SHADES, x, y, width - BETWEEN, CELL - BETWEEN);
            svg_text(out, x + (width - BETWEEN) / 2, y + CELL / 2.0 + 4, "cell middle", cell->text);
        }
    }
    chart_end(page);
}
