/* SPDX-License-Identifier: MIT */
/*
 * Selection of benchmarks by --bench, and checks that depend on it.
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
 * "blk.randread", "none") against a table whose i-th name is name_at(table, i). Sets *chosen to the
 * full names in the table's order, comma-separated, which the caller frees; empty for "none".
 * Returns 0, or -1 with *err set: ERR_USAGE if a name is unknown.
 */
int select_benches(const char *list, const void *table, size_t count,
                   const char *(*name_at)(const void *table, size_t i), char **chosen,
                   struct err *err);

/*
 * select_args(): check --args against the guest's `count` keys; with 0 keys, accept all. Returns 0,
 * or -1 with ERR_USAGE.
 */
int select_args(const char *args, const struct minivmm_arg_info *keys, unsigned count,
                struct err *err);

/*
 * select_needs(): the union of the flags, MINIVMM_BENCH_*, of the chosen benchmarks of a table.
 * `chosen` is as in select_has().
 */
uint32_t select_needs(const char *chosen, const struct minivmm_bench_info *table, size_t count);

/*
 * select_check_disk(): refuse a read-only first disk if benchmarks named in --bench write to it.
 * Returns 0, or -1 with ERR_USAGE.
 */
int select_check_disk(const struct config *config, const char *chosen,
                      const struct minivmm_bench_info *table, size_t count, struct err *err);

/*
 * select_word(): set *word and *length to the next word of --bench; `at` is the list or the result
 * of the last call. Returns the position of the next word, or NULL after the last one.
 */
const char *select_word(const char *at, const char **word, size_t *length);

/* select_matches(): whether a word of --bench, of `length` characters, selects `name`. */
bool select_matches(const char *name, const char *word, size_t length);

#endif
