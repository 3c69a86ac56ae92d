/* SPDX-License-Identifier: MIT */
/*
 * Results of virtcost that never were, for the tests of its page: every experiment, in five
 * environments, with figures such as a small cloud machine gives. The same every time.
 */
#ifndef UNIT_COSTS_H
#define UNIT_COSTS_H

#include <jansson.h>

/* costs_results(): of schema "virtcost/2". costs_claims(): what html_write() takes beside. Both to
 * be freed by the caller. */
json_t *costs_results(void);
json_t *costs_claims(void);

/* costs_experiment(): that of the name, borrowed; NULL if there is none. */
json_t *costs_experiment(json_t *results, const char *name);

#endif
