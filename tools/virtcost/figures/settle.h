/* SPDX-License-Identifier: MIT */
/* What would settle the ratios whose verdict is unclear: so many blocks, and the time they take. */
#ifndef VIRTCOST_FIGURES_SETTLE_H
#define VIRTCOST_FIGURES_SETTLE_H

#include <jansson.h>
#include <stdbool.h>

#include "tools/virtcost/figures/verdict.h"

#define SETTLE_TEXT_MAX 400

/* Ratios, and within which margin they are the same. */
struct settle {
    const struct verdict_ratio *ratio;
    size_t count;
    double margin;
    const char *sampled; /* "blocks", or what else there are more of to take */
    double block_s;      /* what one takes, in seconds; 0: not known */
};

/*
 * settle_text(): on those of the ratios that are unclear: how many they are, and about how many
 * blocks would settle half and all of them. Returns whether there are any; without, the text is
 * empty.
 */
bool settle_text(char text[SETTLE_TEXT_MAX], const struct settle *settle);

/* settle_rows(): the same of the rows of an experiment's "ratios". */
bool settle_rows(char text[SETTLE_TEXT_MAX], const json_t *rows, double margin, double block_s);

#endif
