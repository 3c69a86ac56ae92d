/* SPDX-License-Identifier: MIT */
/* The results as text tables. */
#ifndef VIRTCOST_RESULTS_TEXT_H
#define VIRTCOST_RESULTS_TEXT_H

#include <jansson.h>
#include <stdio.h>

/* text_print(): print all experiments of the results (results.h) and the warnings. */
void text_print(FILE *out, const json_t *results);

#endif
