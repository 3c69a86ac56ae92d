/* SPDX-License-Identifier: MIT */
/* Reads JSON of any shape: a member that is missing or of another type is empty or 0. */
#ifndef VIRTCOST_FIGURES_GET_H
#define VIRTCOST_FIGURES_GET_H

#include <jansson.h>
#include <string.h>

static inline const char *get_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static inline double get_number(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static inline json_int_t get_integer(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

/* get_is(): whether a member is this text. */
static inline int get_is(const json_t *object, const char *key, const char *text)
{
    return !strcmp(get_text(object, key), text);
}

#endif
