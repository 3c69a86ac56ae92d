/* SPDX-License-Identifier: MIT */
/*
 * The pictures of a report: bars, whole or of parts; lines; grids of numbers. They know nothing of
 * results, and no text is trusted. A figure element holds each, with its title and its legend,
 * which are HTML and wrap where the page is narrow.
 */
#ifndef VIRTCOST_PAGE_CHART_H
#define VIRTCOST_PAGE_CHART_H

#include <stdbool.h>
#include <stdio.h>

#include "tools/virtcost/figures/measure.h"

#define CHART_TEXT_MAX   96
#define CHART_BARS_MAX   6  /* in a group */
#define CHART_PARTS_MAX  8  /* of a bar */
#define CHART_SERIES_MAX 6  /* of lines */
#define CHART_KEYS_MAX   10 /* of a legend */

/* Where pictures go. `charts` counts them, from 0. */
struct chart_page {
    FILE *out;
    unsigned charts;
};

/* What a paint stands for. */
struct chart_key {
    unsigned paint;
    const char *text;
};

/* What every picture has. */
struct chart {
    const char *title;
    const char *note;        /* below the title; "" if there is none */
    const char *description; /* of a picture, for those who do not see it */
    struct chart_key key[CHART_KEYS_MAX];
    unsigned keys;
};

/* chart_key(): add a key, unless its paint has one. */
void chart_key(struct chart *chart, unsigned paint, const char *text);

struct chart_part {
    unsigned paint;
    double size;
};

struct chart_bar {
    unsigned paint;
    double value;
    bool ranged;      /* low and high are known */
    double low, high; /* of the whisker */
    struct chart_part part[CHART_PARTS_MAX];
    unsigned parts; /* 0: the bar is whole. Their sum is its value, none is below 0 */
    char text[MEASURE_TEXT_MAX];
    const char *name; /* of what it is a bar of, behind the text */
};

/*
 * chart_part(): add a part of a bar, called `name` in the legend; those that are too many for one
 * another share the last paint. What is not above 0 is no part.
 */
void chart_part(struct chart *chart, struct chart_bar *bar, const char *name, double size);

struct chart_group {
    char label[CHART_TEXT_MAX], note[CHART_TEXT_MAX]; /* above the bars, left and right */
    struct chart_bar bar[CHART_BARS_MAX];
    unsigned bars;
};

struct chart_bars {
    struct chart chart;
    const char *axis, *unit; /* the axis' name, and the unit of the values; "" if there is none */
    bool log;                /* if no value is 0 or less */
    const char *reference;   /* what a line at 1 stands for; NULL: no line */
    struct chart_group *group;
    unsigned groups;
};

/* chart_bars(): horizontal bars from 0; on a logarithmic axis, from the reference or the low end.*/
void chart_bars(struct chart_page *page, const struct chart_bars *bars);

struct chart_point {
    double x, y;
};

struct chart_series {
    unsigned paint;
    const struct chart_point *point; /* from left to right */
    unsigned points;
};

/* A place on an axis that has a name. */
struct chart_tick {
    double at;
    const char *text;
};

struct chart_lines {
    struct chart chart;
    const char *x_axis, *x_unit, *y_axis, *y_unit;
    bool x_log, y_log;             /* what is not above 0 is left out then */
    bool y_from_zero;              /* else from the least that there is */
    bool steps;                    /* a value holds until the next */
    const struct chart_tick *tick; /* of the x axis; NULL: round values */
    unsigned ticks;
    struct chart_series series[CHART_SERIES_MAX];
    unsigned lines;
};

/* chart_sort(): sort points from left to right. */
void chart_sort(struct chart_point *point, unsigned points);

void chart_lines(struct chart_page *page, const struct chart_lines *lines);

/* The side that a cell's value is on, and how far: from -4, much worse, to 4, much better. */
struct chart_cell {
    char text[MEASURE_TEXT_MAX];  /* "": there is none */
    char range[MEASURE_TEXT_MAX]; /* its interval, below it */
    int shade;
    bool unclear; /* on neither side, nor in the middle */
};

struct chart_grid {
    struct chart chart;
    const char *row_axis, *column_axis;
    char (*row)[MEASURE_TEXT_MAX], (*column)[MEASURE_TEXT_MAX];
    unsigned rows, columns;
    const struct chart_cell *cell; /* row by row */
};

/* chart_shade(): of a ratio, where `lower` says whether less is better. */
int chart_shade(double ratio, bool lower);

/* chart_grid(): a table with shaded cells, which is a picture and its numbers at once. */
void chart_grid(struct chart_page *page, const struct chart_grid *grid);

/*
 * For the pictures themselves: chart_caption() opens the figure and has its caption; chart_begin()
 * opens the picture in it as well, and chart_end() closes both. chart_tick_text(): a value as it
 * stands at an axis.
 */
void chart_caption(struct chart_page *page, const struct chart *chart, bool lines);
void chart_begin(struct chart_page *page, const struct chart *chart, bool lines, double height);
void chart_end(struct chart_page *page);
const char *chart_tick_text(char text[MEASURE_TEXT_MAX], const char *unit, double value);

#endif
