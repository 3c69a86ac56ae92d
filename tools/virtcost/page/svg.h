/* SPDX-License-Identifier: MIT */
/*
 * What pictures are drawn with: SVG within HTML, in units that are CSS pixels where there is room
 * for SVG_WIDTH of them. A picture shrinks with the page, but no text of it below 10 pixels on the
 * narrowest of telephones. Colours are the style sheet's (svg_style()), so that they follow the
 * reader's light or dark, and each comes with a pattern, a marker and a dash of its own: nothing is
 * told by colour alone.
 */
#ifndef VIRTCOST_PAGE_SVG_H
#define VIRTCOST_PAGE_SVG_H

#include <stdbool.h>
#include <stdio.h>

#define SVG_WIDTH 480

/* What a letter takes on the average. */
#define SVG_LETTER 7.0

/* Paints: an environment's, or that of a part of a whole; the last stands for all further parts. */
#define SVG_PARTS 8
enum {
    SVG_NATIVE,
    SVG_CONTAINER,
    SVG_VM,
    SVG_OVERLAYFS,
    SVG_NULL,
    SVG_PART,
    SVG_PAINTS = SVG_PART + SVG_PARTS
};

/* svg_paint_of(): the paint of an environment; one with an unknown name has that of a part. */
unsigned svg_paint_of(const char *env, unsigned index);

/* svg_style(): the colours, as custom properties of the style sheet. */
void svg_style(FILE *out, bool dark);

/* svg_patterns(): what the pictures of a page share; once, before the first of them. */
void svg_patterns(FILE *out);

/*
 * svg_begin(), svg_end(): a picture SVG_WIDTH wide. `id` is unique in the page; title and
 * description are for those who do not see it.
 */
void svg_begin(FILE *out, unsigned id, double height, const char *title, const char *description);
void svg_end(FILE *out);

/* svg_text(): `class`, of the style sheet, tells size and alignment. */
void svg_text(FILE *out, double x, double y, const char *class, const char *text);

void svg_line(FILE *out, double x1, double y1, double x2, double y2, const char *class);

/* svg_box(): a filled rectangle; a width below 0 goes to the left. `tip` may be NULL. */
void svg_box(FILE *out, double x, double y, double width, double height, unsigned paint,
             const char *tip);

/* svg_marker(): the paint's shape, centred there. */
void svg_marker(FILE *out, double x, double y, unsigned paint);

/* svg_path_begin(): "<path ... d='" of a line in that paint; the caller adds "M1,2L3,4'/>". */
void svg_path_begin(FILE *out, unsigned paint);

/* svg_swatch(): the paint as a key of a legend: of boxes or of lines. */
void svg_swatch(FILE *out, unsigned paint, bool line);

#endif
