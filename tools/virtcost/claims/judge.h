/* SPDX-License-Identifier: MIT */
/*
 * What the judges of claims share: an answer that quotes figures, and what an interval says. A
 * judge reads results and fills in an answer; whatever is not in the results is not measured.
 */
#ifndef VIRTCOST_CLAIMS_JUDGE_H
#define VIRTCOST_CLAIMS_JUDGE_H

#include <jansson.h>

#include "tools/virtcost/figures/figures.h"

enum outcome {
    OUTCOME_NOT_MEASURED,
    OUTCOME_MEASURED_IN_PART,
    OUTCOME_UNDECIDED,
    OUTCOME_REPRODUCED,
    OUTCOME_NOT_REPRODUCED,
    OUTCOME_CANNOT_BE_SHOWN,
    OUTCOME_NOT_COMPARABLE,
};

struct answer {
    enum outcome outcome;
    double margin;   /* of verdicts */
    bool quoted;     /* there are figures in it */
    size_t blocks;   /* that would settle all that is unclear in it; 0: not known */
    char ours[2048]; /* what it rests on, in parts divided by "; " */
};

/* answer_add(): one more part. */
void answer_add(struct answer *answer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * answer_missing(): not measured, or in part if others are quoted, since there are no such figures:
 * says which experiment has them.
 */
void answer_missing(struct answer *answer, const json_t *results, const char *experiment);

/* answer_unclear(): measured, but not well enough to decide: says what would. */
void answer_unclear(struct answer *answer);

/* A ratio turned such that below 1 is worse, whatever the unit; all 0 if it is not known. */
struct span {
    double median, low, high;
    bool sure; /* the interval is one of 95 % */
    size_t samples;
};

/* span_of(): of a row of "ratios", which may be NULL. */
struct span span_of(const json_t *ratio);

/* span_unpaired(): of two rows of "values", `b` over `a`, either of which may be NULL. */
struct span span_unpaired(const json_t *a, const json_t *b);

enum effect {
    EFFECT_ABSENT,  /* there is no such ratio */
    EFFECT_UNCLEAR, /* its verdict is unclear */
    EFFECT_TIE,     /* same, or better: no loss */
    EFFECT_LOSS,    /* worse */
};

/* effect_of(): what the verdict of a ratio within the margin is to a claim. */
enum effect effect_of(struct span span, double margin);

/* effect_below(): a loss if the whole interval is at or below `limit`, a tie if it is above. */
enum effect effect_below(struct span span, double limit);

/*
 * answer_quote(): add "label: native / container / VM unit, VM/native ratio [interval]" of a row of
 * the experiment's "ratios" (of another environment than VM: base / it), which may be NULL: then
 * nothing is added. Returns the row's effect.
 */
enum effect answer_quote(struct answer *answer, const char *label, const json_t *experiment,
                         const json_t *ratio);

/* answer_span(): add "label 0.4981 [0.4912, 0.503]", if it is known. It is unclear if not sure. */
void answer_span(struct answer *answer, const char *label, struct span span);

/*
 * judge_value(): a value as the tables and the page have it, its unit being ASCII: "110.4 GFLOP/s",
 * "1.250 ms". judge_figure(): the median of a row; "-" if there is no row. Return `text`.
 */
#define JUDGE_FIGURE_MAX 64
const char *judge_value(char text[JUDGE_FIGURE_MAX], double value, const char *unit);
const char *judge_figure(char text[JUDGE_FIGURE_MAX], const json_t *value);

/* The judges: see the table in claims.c. */
void judge_compute(struct answer *answer, const json_t *results);
void judge_sequential_memory(struct answer *answer, const json_t *results);
void judge_random_memory(struct answer *answer, const json_t *results);
void judge_random_memory_all_cpus(struct answer *answer, const json_t *results);
void judge_block_sizes(struct answer *answer, const json_t *results);
void judge_network(struct answer *answer, const json_t *results);
void judge_startup(struct answer *answer, const json_t *results);
void judge_container_storage(struct answer *answer, const json_t *results);
void judge_isolation(struct answer *answer, const json_t *results);

#endif
