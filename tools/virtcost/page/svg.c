/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tools/virtcost/page/markup.h"
#include "tools/virtcost/page/svg.h"

/*
 * Hatches are lines, not SVG patterns: in a PDF, Chromium turns each shape with a pattern fill into
 * an image of the whole page. Each is a tile of TILE x TILE, drawn from the pen's position to the
 * tile's top right corner, so that repeating the text draws the next tile.
 */
#define TILE   6
#define SLASH  "m0,6l6,-6"
#define BACK   "l6,6m0,-6"
#define ACROSS "m0,3h6m0,-3"
#define BRICKS "m0,2h3m0,3h3m0,-5"
#define DOUBLE "m0,1.5h6m-6,3h6m0,-4.5"
#define POSTS  "m3,0v6m3,-6"

/* Rows of tiles in a hatch: no box of a chart is higher. */
#define HATCH_ROWS 3

/* Colours: Okabe and Ito, "Color Universal Design", 2008, and lighter variants for dark mode. */
static const struct paint {
    const char *light, *dark;
    const char *hatch;  /* path of one tile; "": plain */
    const char *dash;   /* of a line */
    const char *marker; /* path around 0,0 */
} paints[SVG_PAINTS] = {
    [SVG_NATIVE] = {"#59636e", "#a9b4c0", "", "none", "M-4,-4H4V4H-4Z"},
    [SVG_CONTAINER] = {"#d98e00", "#f0b445", SLASH, "7 3", "M0,-5L5,4H-5Z"},
    [SVG_VM] = {"#0067a8", "#5cb5f0", "", "none",
                "M0,-4.5A4.5,4.5,0,1,1,0,4.5A4.5,4.5,0,1,1,0,-4.5Z"},
    [SVG_OVERLAYFS] = {"#a8487f", "#e295c0", BRICKS, "3 3", "M0,-5L5,0L0,5L-5,0Z"},
    [SVG_NULL] = {"#98a1ab", "#737e8a", ACROSS, "1 3", "M-4,-4L4,4M4,-4L-4,4"},
    [SVG_PART + 0] = {"#008a66", "#3fc9a0", POSTS, "none", "M0,-5L5,0L0,5L-5,0Z"},
    [SVG_PART + 1] = {"#d98e00", "#f0b445", SLASH, "7 3", "M-4,-4H4V4H-4Z"},
    [SVG_PART + 2] = {"#a8487f", "#e295c0", "", "3 3", "M0,-5L5,4H-5Z"},
    [SVG_PART + 3] = {"#3aa0d8", "#a8d8f5", BACK, "1 3", "M-4,0H4M0,-4V4"},
    [SVG_PART + 4] = {"#b34700", "#f08a4b", ACROSS, "9 3", "M-4,-4L4,4M4,-4L-4,4"},
    [SVG_PART + 5] = {"#6b5bb5", "#b3a5f0", SLASH "m-6,0" BACK, "5 5", "M0,5L5,-4H-5Z"},
    [SVG_PART + 6] = {"#8a7d00", "#d9cb3a", BRICKS, "2 2", "M-4,-2H4V2H-4Z"},
    [SVG_PART + 7] = {"#98a1ab", "#737e8a", DOUBLE, "1 5", "M-2,-4H2V4H-2Z"},
};

unsigned svg_paint_of(const char *env, unsigned index)
{
    static const char *const names[] = {[SVG_NATIVE] = "native",
                                        [SVG_CONTAINER] = "container",
                                        [SVG_VM] = "vm",
                                        [SVG_OVERLAYFS] = "overlayfs",
                                        [SVG_NULL] = "null"};

    for (unsigned i = 0; i < SVG_PART; i++)
        if (!strcmp(names[i], env))
            return i;
    return SVG_PART + index % SVG_PARTS;
}

void svg_style(FILE *out, bool dark)
{
    for (unsigned i = 0; i < SVG_PAINTS; i++)
        fprintf(out, "--c%u:%s;", i, dark ? paints[i].dark : paints[i].light);
}

/* A row of tiles as wide as a picture, HATCH_ROWS times. */
static void write_hatch(FILE *out, unsigned paint)
{
    fprintf(out, "<path id='r%u' d='M0,0", paint);
    for (unsigned x = 0; x < SVG_WIDTH; x += TILE)
        fputs(paints[paint].hatch, out);
    fprintf(out, "'/>\n<g id='h%u'>", paint);
    for (unsigned y = 0; y < HATCH_ROWS; y++)
        fprintf(out, "<use href='#r%u' y='%u'/>", paint, y * TILE);
    fputs("</g>\n", out);
}

void svg_patterns(FILE *out)
{
    fputs("<svg class='patterns' width='0' height='0' aria-hidden='true'><defs>\n", out);
    for (unsigned i = 0; i < SVG_PAINTS; i++) {
        if (*paints[i].hatch)
            write_hatch(out, i);
        fprintf(out,
                "<path id='m%u' class='marker' d='%s' style='fill:var(--c%u);stroke:var(--c%u)'/>"
                "\n",
                i, paints[i].marker, i, i);
    }
    fputs("</defs></svg>\n", out);
}

void svg_begin(FILE *out, unsigned id, double height, const char *title, const char *description)
{
    fprintf(out, "<svg viewBox='0 0 %d %.0f' role='img' aria-labelledby='t%u d%u'><title id='t%u'>",
            SVG_WIDTH, height, id, id, id);
    markup_text(out, title);
    fprintf(out, "</title><desc id='d%u'>", id);
    markup_text(out, description);
    fputs("</desc>\n", out);
}

void svg_end(FILE *out)
{
    fputs("</svg>\n", out);
}

void svg_text(FILE *out, double x, double y, const char *class, const char *text)
{
    fprintf(out, "<text class='%s' x='%.1f' y='%.1f'>", class, x, y);
    markup_text(out, text);
    fputs("</text>\n", out);
}

void svg_line(FILE *out, double x1, double y1, double x2, double y2, const char *class)
{
    fprintf(out, "<path class='%s' d='M%.1f,%.1fL%.1f,%.1f'/>\n", class, x1, y1, x2, y2);
}

void svg_box(FILE *out, double x, double y, double width, double height, unsigned paint,
             const char *tip)
{
    if (width < 0) {
        x += width;
        width = -width;
    }
    /* A nested svg element, as it clips the hatch to the box. */
    fprintf(out,
            "<svg x='%.1f' y='%.1f' width='%.1f' height='%.1f'>"
            "<rect width='100%%' height='100%%' style='fill:var(--c%u)'/>",
            x, y, width, height, paint);
    if (*paints[paint].hatch)
        fprintf(out, "<use class='ink' href='#h%u'/>", paint);
    if (tip)
        markup_tag(out, "title", "%s", tip);
    fputs("</svg>\n", out);
}

void svg_marker(FILE *out, double x, double y, unsigned paint)
{
    fprintf(out, "<use href='#m%u' x='%.1f' y='%.1f'/>\n", paint, x, y);
}

void svg_path_begin(FILE *out, unsigned paint)
{
    fprintf(out, "<path class='series' style='stroke:var(--c%u);stroke-dasharray:%s' d='", paint,
            paints[paint].dash);
}

void svg_swatch(FILE *out, unsigned paint, bool line)
{
    fputs("<svg class='swatch' viewBox='0 0 26 14' aria-hidden='true'>", out);
    if (line) {
        svg_path_begin(out, paint);
        fputs("M0,7H26'/>", out);
        svg_marker(out, 13, 7, paint);
    } else {
        svg_box(out, 1, 1, 24, 12, paint, NULL);
    }
    fputs("</svg>", out);
}
