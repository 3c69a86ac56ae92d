/* SPDX-License-Identifier: MIT */
/*
 * SVG drawing within HTML, in units that are CSS pixels where SVG_WIDTH of them fit. Pictures
 * shrink with the page, but no text gets below 10 pixels on the narrowest telephones. Colours come
 * from the style sheet (svg_style()), so that they follow light and dark mode, and each has a
 * hatch, a marker and a dash: no information depends on colour alone.
 */
#ifndef VIRTCOST_PAGE_SVG_H
#define VIRTCOST_PAGE_SVG_H

#include <stdbool.h>
#include <stdio.h>

#define SVG_WIDTH 480

/* Average width of a letter. */
#define SVG_LETTER 7.0

/* Paints of environments and of parts of a whole; further parts share the last. */
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

/* svg_paint_of(): the paint of an environment; an unknown one gets that of a part. */
unsigned svg_paint_of(const char *env, unsigned index);

/* svg_style(): write the colours, as custom properties of the style sheet. */
void svg_style(FILE *out, bool dark);

/* svg_patterns(): write definitions shared by all pictures of a page, once, before the first. */
void svg_patterns(FILE *out);

/*
 * svg_begin(), svg_end(): a picture SVG_WIDTH wide. `id` is unique in the page; title and
 * description are its alternative text.
 */
void svg_begin(FILE *out, unsigned id, double height, const char *title, const char *description);
void svg_end(FILE *out);

/* svg_text(): `class`, of the style sheet, sets size and alignment. */
void svg_text(FILE *out, double x, double y, const char *class, const char *text);

void svg_line(FILE *out, double x1, double y1, double x2, double y2, const char *class);

/* svg_box(): a filled rectangle; a negative width extends to the left. `tip` may be NULL. */
void svg_box(FILE *out, double x, double y, double width, double height, unsigned paint,
             const char *tip);

/* svg_marker(): the paint's marker, centred at x, y. */
void svg_marker(FILE *out, double x, double y, unsigned paint);

/*
 * svg_path_begin(): write "<path ... d='" of a line in that paint; the caller adds "M1,2L3,4'/>".
 */
void svg_path_begin(FILE *out, unsigned paint);

/* svg_swatch(): the paint as a legend's key, for boxes or (`line`) lines. */
void svg_swatch(FILE *out, unsigned paint, bool line);

#endif
