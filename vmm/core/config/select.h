/* SPDX-License-Identifier: MIT */
/*
 * Choosing benchmarks by name: what --bench means.
 */
#ifndef CONFIG_SELECT_H
#define CONFIG_SELECT_H

#include <stdbool.h>
#include <stddef.h>

#include "vmm/core/base/args.h"
#include "vmm/core/base/err.h"
#include "vmm/core/config/config.h"

/*
 * select_benches(): resolve a comma-separated list of names and dotted prefixes ("stream",
 * "blk.randread", "none") against a table whose name number i is name_at(table, i). *chosen becomes
 * the exact names, comma-separated, in the table's order, to be freed by the caller; empty for
 * "none". Returns 0, or -1 with ERR_USAGE if a name matches nothing.
 */
int select_benches(const char *list, const void *table, size_t count,
                   const char *(*name_at)(const void *table, size_t i), char **chosen,
                   struct err *err);

/*
 * select_args(): whether the user's --args are ones that the guest takes, `count` keys; none: any.
 * Returns 0, or -1 with ERR_USAGE.
 */
int select_args(const char *args, const struct minivmm_arg_info *keys, unsigned count,
                struct err *err);

/*
 * select_needs(): what the chosen benchmarks of a table need: MINIVMM_BENCH_* of all of them.
 * `chosen` is as for select_has().
 */
uint32_t select_needs(const char *chosen, const struct minivmm_bench_info *table, size_t count);

/*
 * select_check_disk(): whether benchmarks that the user has chosen write to a disk that is
 * read-only. Returns 0, or -1 with ERR_USAGE.
 */
int select_check_disk(const struct config *config, const char *chosen,
                      const struct minivmm_bench_info *table, size_t count, struct err *err);

/*
 * select_word(): the next word of --bench: *word and its length; `at` is the list, or what the last
 * call returned. Returns where to go on, or NULL: that was the last.
 */
const char *select_word(const char *at, const char **word, size_t *length);

/* select_matches(): whether a word of --bench, `length` long, means this benchmark. */
bool select_matches(const char *name, const char *word, size_t length);

/* select_has(): whether an exact name is among chosen ones; NULL: all are. */
bool select_has(const char *chosen, const char *name);

#endif
