/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the page share: html.c has the document, html_found.c the sentences at its top,
 * html_summary.c the headlines, html_claims.c the claims; html_pictures.c chooses what is drawn of
 * an experiment, html_bars.c, html_blk.c, html_curves.c, html_matrix.c and html_startup.c draw it;
 * html_tables.c and html_costs.c have the numbers behind, in rows of html_rows.c.
 */
#ifndef VIRTCOST_PAGE_HTML_PAGE_H
#define VIRTCOST_PAGE_HTML_PAGE_H

#include "tools/virtcost/page/chart.h"
#include "tools/virtcost/page/sheet.h"

/* More in one picture is no picture. The table has all of them. */
#define PAGE_GROUPS_MAX 24

struct page {
    FILE *out; /* a memory stream, which knows how much is in it */
    struct chart_page chart;
    const json_t *results;
    struct envs envs;
    unsigned subject; /* the environment that the page is about: the VM, if there is one; 0: none */
    long rows_end, pictures_end; /* how far the part at hand may go */
};

/* page_has_room(): whether another row, or another picture, may be added. */
bool page_has_room(const struct page *page);
bool page_has_picture_room(const struct page *page);

/* page_env(): what an environment is called in a legend. */
const char *page_env(const char *name);

/* The titles of a table's columns, of which the first is that of the rows. */
struct page_titles {
    struct {
        char text[2 * SHEET_LABEL_MAX];
        bool prose; /* its cells are: to the left, and folded */
    } column[2 * SHEET_ENVS_MAX];
    unsigned count;
};

/* page_title(): add one; what is too long is cut off. */
void page_title(struct page_titles *titles, bool prose, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * page_table_begin(): a table with that caption and its head. It scrolls if it must; on a narrow
 * screen each row is a card, whose cells have the titles with them.
 */
void page_table_begin(struct page *page, const char *caption, const struct page_titles *titles);
void page_table_end(struct page *page);

/*
 * page_value(), page_number(): a figure as it is written anywhere in the page: text depends on the
 * value alone, with its unit, or of a ratio. page_settles(): about how many blocks would settle a
 * ratio that is unclear; "" if it is not, or if nobody can tell. Return `text`.
 */
#define PAGE_DIGITS 4
const char *page_value(char text[MEASURE_TEXT_MAX], const char *unit, double value);
const char *page_number(char text[MEASURE_TEXT_MAX], double number);
const char *page_settles(char text[MEASURE_TEXT_MAX], const struct estimate *ratio);

/* Which of the estimates of a row is drawn. */
typedef const struct estimate *html_pick(const struct figure *figure);
const struct estimate *html_value(const struct figure *figure);
const struct estimate *html_ratio(const struct figure *figure);
const struct estimate *html_kept(const struct figure *figure);

/* How the rows of a table look. */
struct page_view {
    html_pick *pick;            /* which ratio it is about: html_ratio() or html_kept() */
    const char *base_step;      /* what html_kept() compares with */
    bool detailed;              /* with the intervals of values, and all ratios */
    bool shown[SHEET_ENVS_MAX]; /* environments that have a column */
};

/*
 * page_begin_rows(): begin such a table. page_row(): a row: the benchmark, the value of each
 * environment, and the ratio of the page's subject. page_columns(): how many these are.
 */
void page_begin_rows(struct page *page, const struct page_view *view, const char *caption);
void page_row(struct page *page, const struct page_view *view, const struct sheet_row *row);
unsigned page_columns(const struct page *page, const struct page_view *view);

/* page_more(): say that so many are not in the page, unless it is none. */
void page_more(struct page *page, size_t more);

/* html_style(): the style sheet. */
void html_style(FILE *out);

/* html_found(): what was found, in a few sentences. */
void html_found(struct page *page, const struct sheet *sheet, unsigned count);

/* html_summary(): a table of what is asked first. */
void html_summary(struct page *page, const struct sheet *sheet, unsigned count);

/* html_claims(): the claims of the studies, as claims_of() has judged them. */
void html_claims(struct page *page, const json_t *claims);

/* html_pictures(): the pictures of an experiment. html_title(): what it is called. */
void html_pictures(struct page *page, const struct sheet *sheet);
const char *html_title(const struct sheet *sheet);

/* html_tables(): the numbers behind the pictures, and what was skipped. */
void html_tables(struct page *page, const struct sheet *sheet);

/* html_cost_tables(): of those, what an operation costs: what a VM adds, exits, latencies. */
void html_cost_tables(struct page *page, const struct sheet *sheet);

/* html_known(): whether any environment has such an estimate. */
bool html_known(const struct sheet *sheet, const struct sheet_row *row, html_pick *pick);

/* html_base_step(): the step that the others are compared with, or an empty text. */
const char *html_base_step(const struct sheet *sheet);

/* Rows that a picture is of; NULL: all. */
typedef bool html_filter(const struct sheet_row *row);

/* Bars of each environment: of ratios or what was kept, by step; of values, by unit. */
void html_ratio_bars(struct page *page, const struct sheet *sheet, html_pick *pick,
                     html_filter *filter, const char *title);
void html_value_bars(struct page *page, const struct sheet *sheet);

/*
 * html_axis(): the name of an axis of a row's values: the unit, unless it is with each value, and
 * what is better. It leaves room for a word.
 */
void html_axis(char text[MEASURE_TEXT_MAX], const struct sheet_row *row);

/* html_spread(): whether bars differ so much that only a logarithmic axis shows them all. */
bool html_spread(const struct chart_bars *bars);

/* html_exits(): exits to user space per operation, by reason. */
void html_exits(struct page *page, const struct sheet *sheet, html_filter *filter);

/* html_curves(): values over a number that doubles, a param or what `key` is in the step: lines. */
void html_curves(struct page *page, const struct sheet *sheet, const char *key, bool in_step);

/* html_is_no_curve(): whether a row is more than one point of the curve of a pointer chase. */
bool html_is_no_curve(const struct sheet_row *row);

/* html_blk(), html_startup(), html_matrix(): what suits these experiments alone. */
void html_blk(struct page *page, const struct sheet *sheet);
void html_startup(struct page *page, const struct sheet *sheet);
void html_matrix(struct page *page, const struct sheet *sheet);

#endif
