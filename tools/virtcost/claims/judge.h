/* SPDX-License-Identifier: MIT */
/*
 * Shared by the functions that judge claims: an answer that quotes figures, and the effect that an
 * interval shows. A judge reads results and fills in an answer; a figure missing from the results
 * is not measured.
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
    double margin;   /* margin of the verdicts */
    bool quoted;     /* `ours` has figures */
    size_t blocks;   /* blocks that would settle all unclear ratios; 0: unknown */
    char ours[2048]; /* evidence, in parts separated by "; " */
};

/* answer_add(): append a part. */
void answer_add(struct answer *answer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * answer_missing(): figures are missing: set the outcome to not measured, or to measured in part if
 * some are quoted, and add which experiment measures them.
 */
void answer_missing(struct answer *answer, const json_t *results, const char *experiment);

/* answer_unclear(): set the outcome to undecided and add how many blocks would decide. */
void answer_unclear(struct answer *answer);

/* A ratio oriented so that below 1 is worse, whatever the unit; all 0 if unknown. */
struct span {
    double median, low, high;
    bool sure; /* the interval has 95 % confidence */
    size_t samples;
};

/* span_of(): the ratio in a row of "ratios", which may be NULL. */
struct span span_of(const json_t *ratio);

/* span_unpaired(): the ratio of two rows of "values", `b` over `a`, either of which may be NULL. */
struct span span_unpaired(const json_t *a, const json_t *b);

enum effect {
    EFFECT_ABSENT,  /* no ratio */
    EFFECT_UNCLEAR, /* verdict unclear */
    EFFECT_TIE,     /* verdict same or better: no loss */
    EFFECT_LOSS,    /* verdict worse */
};

/* effect_of(): the effect that the verdict of a ratio shows. */
enum effect effect_of(struct span span, double margin);

/* effect_below(): a loss if the whole interval is at or below `limit`, a tie if it is above it. */
enum effect effect_below(struct span span, double limit);

/*
 * answer_quote(): add "label: native / container / VM unit, VM/native ratio [interval]" for a row
 * of the experiment's "ratios" (for an environment other than the VM: base / environment), which
 * may be NULL: then nothing is added. Returns the row's effect.
 */
enum effect answer_quote(struct answer *answer, const char *label, const json_t *experiment,
                         const json_t *ratio);

/* answer_span(): add "label 0.4981 [0.4912, 0.503]" if it is known, as unclear if not `sure`. */
void answer_span(struct answer *answer, const char *label, struct span span);

/*
 * judge_value(): a value as in the tables and the page, with a unit in ASCII: "110.4 GFLOP/s",
 * "1.250 ms". judge_figure(): the median of a row; "-" for NULL. Both return `text`.
 */
#define JUDGE_FIGURE_MAX 64
const char *judge_value(char text[JUDGE_FIGURE_MAX], double value, const char *unit);
const char *judge_figure(char text[JUDGE_FIGURE_MAX], const json_t *value);

/* The judges, called from the table in claims.c. */
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
