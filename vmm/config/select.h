/* SPDX-License-Identifier: MIT */
/*
 * Choosing benchmarks by name: what --bench means.
 */
#ifndef CONFIG_SELECT_H
#define CONFIG_SELECT_H

#include <stdbool.h>
#include <stddef.h>

#include "vmm/base/err.h"

/*
 * select_benches(): resolve a comma-separated list of names and dotted prefixes ("stream",
 * "blk.randread", "none") against a table whose name number i is name_at(table, i). *chosen becomes
 * the exact names, comma-separated, in the table's order, to be freed by the caller; empty for
 * "none". Returns 0, or -1 with ERR_USAGE if a name matches nothing.
 */
int select_benches(const char *list, const void *table, size_t count,
                   const char *(*name_at)(const void *table, size_t i), char **chosen,
                   struct err *err);

/* select_has(): whether an exact name is among chosen ones; NULL: all are. */
bool select_has(const char *chosen, const char *name);

#endif
