/* SPDX-License-Identifier: MIT */
/* How many blocks would settle ratios whose verdict is unclear, and how long they would take. */
#ifndef VIRTCOST_FIGURES_SETTLE_H
#define VIRTCOST_FIGURES_SETTLE_H

#include <jansson.h>
#include <stdbool.h>

#include "tools/virtcost/figures/verdict.h"

#define SETTLE_TEXT_MAX 400

/* Ratios, and the margin of their verdicts. */
struct settle {
    const struct verdict_ratio *ratio;
    size_t count;
    double margin;
    const char *sampled; /* "blocks", or the kind of samples to take more of */
    double block_s;      /* seconds per block; 0: unknown */
};

/*
 * settle_text(): state how many of the ratios are unclear, and about how many blocks would settle
 * half of them and all. Returns whether any is unclear; if not, the text is empty.
 */
bool settle_text(char text[SETTLE_TEXT_MAX], const struct settle *settle);

/* settle_rows(): the same for the rows of an experiment's "ratios". */
bool settle_rows(char text[SETTLE_TEXT_MAX], const json_t *rows, double margin, double block_s);

#endif
