/* SPDX-License-Identifier: MIT */
/*
 * Draws pictures: bars, plain or stacked; lines; grids of numbers. This module knows nothing of
 * results and trusts no text. Each picture is a figure element with its title and its legend, which
 * are HTML and wrap on a narrow page.
 */
#ifndef VIRTCOST_PAGE_CHART_H
#define VIRTCOST_PAGE_CHART_H

#include <stdbool.h>
#include <stdio.h>

#include "tools/virtcost/figures/measure.h"

#define CHART_TEXT_MAX   96
#define CHART_BARS_MAX   6  /* per group */
#define CHART_PARTS_MAX  8  /* per bar */
#define CHART_SERIES_MAX 6  /* per picture */
#define CHART_KEYS_MAX   10 /* per legend */

/* Output for pictures; `charts` counts them, from 0. */
struct chart_page {
    FILE *out;
    unsigned charts;
};

/* The meaning of a paint. */
struct chart_key {
    unsigned paint;
    const char *text;
};

/* Members of every picture. */
struct chart {
    const char *title;
    const char *note;        /* below the title; "": none */
    const char *description; /* alternative text of a picture */
    struct chart_key key[CHART_KEYS_MAX];
    unsigned keys;
};

/* chart_key(): add a key unless its paint has one already. */
void chart_key(struct chart *chart, unsigned paint, const char *text);

struct chart_part {
    unsigned paint;
    double size;
};

struct chart_bar {
    unsigned paint;
    double value;
    bool ranged;      /* low and high are known */
    double low, high; /* ends of the whisker */
    struct chart_part part[CHART_PARTS_MAX];
    unsigned parts; /* 0: a plain bar. Parts are >= 0; `value` is their sum */
    char text[MEASURE_TEXT_MAX];
    const char *name; /* of the bar's subject, after the text */
};

/*
 * chart_part(): add a part of a bar, called `name` in the legend; too many different parts share
 * the last paint. A size that is not above 0 is ignored.
 */
void chart_part(struct chart *chart, struct chart_bar *bar, const char *name, double size);

struct chart_group {
    char label[CHART_TEXT_MAX], note[CHART_TEXT_MAX]; /* above the bars, left and right */
    struct chart_bar bar[CHART_BARS_MAX];
    unsigned bars;
};

struct chart_bars {
    struct chart chart;
    const char *axis, *unit; /* name of the axis, unit of the values; "": none */
    bool log;                /* logarithmic, unless a value is 0 or less */
    const char *reference;   /* label of the line at 1; NULL: no line */
    struct chart_group *group;
    unsigned groups;
};

/*
 * chart_bars(): horizontal bars from 0; on a logarithmic axis, from the reference or the low end.
 */
void chart_bars(struct chart_page *page, const struct chart_bars *bars);

struct chart_point {
    double x, y;
};

struct chart_series {
    unsigned paint;
    const struct chart_point *point; /* from left to right */
    unsigned points;
};

/* A named position on an axis. */
struct chart_tick {
    double at;
    const char *text;
};

struct chart_lines {
    struct chart chart;
    const char *x_axis, *x_unit, *y_axis, *y_unit;
    bool x_log, y_log;             /* values that are not above 0 are left out */
    bool y_from_zero;              /* otherwise from the smallest value */
    bool steps;                    /* a value holds until the next */
    const struct chart_tick *tick; /* of the x axis; NULL: round values */
    unsigned ticks;
    struct chart_series series[CHART_SERIES_MAX];
    unsigned lines;
};

/* chart_sort(): sort points from left to right. */
void chart_sort(struct chart_point *point, unsigned points);

void chart_lines(struct chart_page *page, const struct chart_lines *lines);

/* A cell's text, and its shade from -4, much worse, to 4, much better. */
struct chart_cell {
    char text[MEASURE_TEXT_MAX];  /* "": none */
    char range[MEASURE_TEXT_MAX]; /* its interval, below the text */
    int shade;
    bool unclear; /* no verdict: without a shade */
};

struct chart_grid {
    struct chart chart;
    const char *row_axis, *column_axis;
    char (*row)[MEASURE_TEXT_MAX], (*column)[MEASURE_TEXT_MAX];
    unsigned rows, columns;
    const struct chart_cell *cell; /* row by row */
};

/* chart_shade(): the shade of a ratio; `lower`: less is better. */
int chart_shade(double ratio, bool lower);

/* chart_grid(): a table with shaded cells, both picture and numbers. */
void chart_grid(struct chart_page *page, const struct chart_grid *grid);

/*
 * For the implementation of pictures: chart_caption() opens the figure and writes its caption;
 * chart_begin() also opens the picture, and chart_end() closes both. chart_tick_text(): a value as
 * written at an axis. Returns `text`.
 */
void chart_caption(struct chart_page *page, const struct chart *chart, bool lines);
void chart_begin(struct chart_page *page, const struct chart *chart, bool lines, double height);
void chart_end(struct chart_page *page);
const char *chart_tick_text(char text[MEASURE_TEXT_MAX], const char *unit, double value);

#endif
