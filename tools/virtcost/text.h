/* SPDX-License-Identifier: MIT */
/* The results as tables for a person. */
#ifndef VIRTCOST_TEXT_H
#define VIRTCOST_TEXT_H

#include <jansson.h>
#include <stdio.h>

#define TEXT_NAME_MAX 128

/* text_name(): "name key=value,key=value" of a row. Returns `text`. */
const char *text_name(char text[TEXT_NAME_MAX], const json_t *row);

/* text_print(): all experiments of the results (tools/virtcost/results.h), and the warnings. */
void text_print(FILE *out, const json_t *results);

#endif
