/* SPDX-License-Identifier: MIT */
/* Helpers and parts of the JSON report. */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include <jansson.h>

#include "vmm/core/report/report.h"

static inline void set(json_t *object, const char *key, json_t *value)
{
    json_object_set_new(object, key, value);
}

static inline void set_u64(json_t *object, const char *key, uint64_t value)
{
    set(object, key, json_integer((json_int_t)value));
}

static inline void set_known(json_t *object, const char *key, uint64_t value)
{
    if (value != RUN_INFO_UNKNOWN)
        set_u64(object, key, value);
}

/* Set an object unless it is empty. Takes the reference. */
static inline void set_some(json_t *object, const char *key, json_t *value)
{
    if (json_object_size(value))
        set(object, key, value);
    else
        json_decref(value);
}

/* Set a number of which 0 means unknown. */
static inline void set_found(json_t *object, const char *key, uint64_t value)
{
    if (value)
        set_u64(object, key, value);
}

/*
 * json_text(): a string, a new reference. Bytes that are not valid UTF-8, as in arguments and file
 * names, are escaped as "\\xff". NULL if out of memory.
 */
json_t *json_text(const char *text);

static inline void set_text(json_t *object, const char *key, const char *text)
{
    if (text && *text)
        set(object, key, json_text(text));
}

/* json_disks(): the configuration of the disks; json_devices(): their counters. New references. */
json_t *json_disks(const struct run_info *info);
json_t *json_devices(const struct run_info *info);

/* json_row_io(): add the I/O figures of a row with has_io to `object`. */
void json_row_io(const struct report *report, const struct result_row *row, json_t *object);

/* json_row(): one row of results as an object, a new reference. */
json_t *json_row(const struct report *report, uint32_t i);

#endif
