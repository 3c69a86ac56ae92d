/* SPDX-License-Identifier: MIT */
/*
 * Made-up results of virtcost for tests of its page: every experiment, in five environments, with
 * figures like those of a small cloud machine. They are always the same.
 */
#ifndef UNIT_COSTS_H
#define UNIT_COSTS_H

#include <jansson.h>

/*
 * costs_results(): results of schema "virtcost/2". costs_claims(): the claims for html_write(). The
 * caller frees both.
 */
json_t *costs_results(void);
json_t *costs_claims(void);

/* costs_experiment(): the experiment of that name, borrowed; NULL if unknown. */
json_t *costs_experiment(json_t *results, const char *name);

#endif
