/* SPDX-License-Identifier: MIT */
/*
 * Shared by the files of the page: html.c writes the document, html_found.c the sentences at its
 * top, html_summary.c the headlines, html_claims.c the claims; html_pictures.c selects an
 * experiment's pictures, which html_bars.c, html_blk.c, html_curves.c, html_matrix.c and
 * html_startup.c draw; html_tables.c and html_costs.c write the tables, with the rows of
 * html_rows.c.
 */
#ifndef VIRTCOST_PAGE_HTML_PAGE_H
#define VIRTCOST_PAGE_HTML_PAGE_H

#include "tools/virtcost/page/chart.h"
#include "tools/virtcost/page/sheet.h"

/* Most rows in one picture; the table has all. */
#define PAGE_GROUPS_MAX 24

struct page {
    FILE *out; /* a memory stream */
    struct chart_page chart;
    const json_t *results;
    struct envs envs;
    unsigned subject;            /* index of the page's main environment: the VM, if any; 0: none */
    long rows_end, pictures_end; /* size limits of the current part */
};

/* page_has_room(): whether another row, or another picture, fits. */
bool page_has_room(const struct page *page);
bool page_has_picture_room(const struct page *page);

/* page_env(): the name of an environment in a legend. */
const char *page_env(const char *name);

/* Column titles of a table; the first is that of the rows' names. */
struct page_titles {
    struct {
        char text[2 * SHEET_LABEL_MAX];
        bool prose; /* cells have text: left-aligned and wrapped */
    } column[2 * SHEET_ENVS_MAX];
    unsigned count;
};

/* page_title(): add a title, truncated if too long. */
void page_title(struct page_titles *titles, bool prose, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * page_table_begin(): open a table with this caption and head. It scrolls if needed; on a narrow
 * screen each row is a card, in which each cell shows its title.
 */
void page_table_begin(struct page *page, const char *caption, const struct page_titles *titles);
void page_table_end(struct page *page);

/*
 * page_value(), page_number(): a figure with its unit, and a ratio, as written everywhere in the
 * page. Return `text`.
 */
#define PAGE_DIGITS 4
const char *page_value(char text[MEASURE_TEXT_MAX], const char *unit, double value);
const char *page_number(char text[MEASURE_TEXT_MAX], double number);

/* Selects one of the estimates of a row. */
typedef const struct estimate *html_pick(const struct figure *figure);
const struct estimate *html_value(const struct figure *figure);
const struct estimate *html_ratio(const struct figure *figure);
const struct estimate *html_kept(const struct figure *figure);

/* Layout of a table's rows. */
struct page_view {
    html_pick *pick;            /* its ratio: html_ratio() or html_kept() */
    const char *base_step;      /* base step of html_kept() */
    bool detailed;              /* show intervals of values, and all ratios */
    bool shown[SHEET_ENVS_MAX]; /* environments that have a column */
};

/*
 * page_begin_rows(): open such a table. page_row(): write a row: the benchmark, each environment's
 * value, and the main environment's ratio. page_columns(): the number of columns.
 */
void page_begin_rows(struct page *page, const struct page_view *view, const char *caption);
void page_row(struct page *page, const struct page_view *view, const struct sheet_row *row);
unsigned page_columns(const struct page *page, const struct page_view *view);

/* page_more(): state how many rows are left out, unless 0. */
void page_more(struct page *page, size_t more);

/* html_style(): write the style sheet. */
void html_style(FILE *out);

/* html_found(): write the findings, in a few sentences. */
void html_found(struct page *page, const struct sheet *sheet, unsigned count);

/* html_summary(): write the table of headline figures. */
void html_summary(struct page *page, const struct sheet *sheet, unsigned count);

/* html_claims(): write the claims of the studies, as judged by claims_of(). */
void html_claims(struct page *page, const json_t *claims);

/* html_pictures(): draw the pictures of an experiment. html_title(): the title of its section. */
void html_pictures(struct page *page, const struct sheet *sheet);
const char *html_title(const struct sheet *sheet);

/* html_tables(): write the numbers of the pictures, and what was skipped. */
void html_tables(struct page *page, const struct sheet *sheet);

/* html_cost_tables(): write the costs of an operation: time added by a VM, exits, latencies. */
void html_cost_tables(struct page *page, const struct sheet *sheet);

/* html_known(): whether any environment has this estimate. */
bool html_known(const struct sheet *sheet, const struct sheet_row *row, html_pick *pick);

/* html_base_step(): the step that others are compared with, or "". */
const char *html_base_step(const struct sheet *sheet);

/* Selects the rows of a picture; NULL: all. */
typedef bool html_filter(const struct sheet_row *row);

/* Bars of each environment: ratios (html_ratio() or html_kept()) by step, and values by unit. */
void html_ratio_bars(struct page *page, const struct sheet *sheet, html_pick *pick,
                     html_filter *filter, const char *title);
void html_value_bars(struct page *page, const struct sheet *sheet);

/*
 * html_axis(): the name of the axis of a row's values: the unit, unless it is written with each
 * value, and the better direction. Shorter than the buffer by a word.
 */
void html_axis(char text[MEASURE_TEXT_MAX], const struct sheet_row *row);

/* html_spread(): whether bars differ so much that they need a logarithmic axis. */
bool html_spread(const struct chart_bars *bars);

/* html_exits(): draw exits to user space per operation, by reason. */
void html_exits(struct page *page, const struct sheet *sheet, html_filter *filter);

/*
 * html_curves(): draw lines of values over a number: param `key`, or (`in_step`) `key` in the step.
 */
void html_curves(struct page *page, const struct sheet *sheet, const char *key, bool in_step);

/* html_is_no_curve(): whether a row is not just a point of a pointer chase's curve. */
bool html_is_no_curve(const struct sheet_row *row);

/* Pictures of one experiment each. */
void html_blk(struct page *page, const struct sheet *sheet);
void html_startup(struct page *page, const struct sheet *sheet);
void html_matrix(struct page *page, const struct sheet *sheet);

#endif
