/* SPDX-License-Identifier: MIT */
/*
 * The arguments of --args, "key=value key=value": finding one, and checking all of them against the
 * table of keys that a guest declares (include/minivmm/abi.h). The VMM, the native program and the
 * guest use the same code.
 */
#ifndef BASE_ARGS_H
#define BASE_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "minivmm/abi.h"

/* Arguments are separated by these. */
#define ARGS_BLANKS " ,"

#define ARGS_LIST_MAX 64u /* powers of two */

/* args_find(): what follows `key`, which ends with "=", or NULL. */
const char *args_find(const char *args, const char *key);

/* args_is(): whether the value at `at` is this word. */
bool args_is(const char *at, const char *word);

/*
 * args_list(): the powers of two from `least` to `most` in the list at `at`, "512:4k:1m", none of
 * them twice. Returns how many, or 0 if it is not such a list.
 */
unsigned args_list(const char *at, uint64_t least, uint64_t most, uint64_t values[ARGS_LIST_MAX]);

/* An argument that cannot be. */
struct args_fault {
    const char *at; /* where it begins, and its length */
    int length;
    const char *why;
    const struct minivmm_arg_info *key; /* NULL: there is no such key */
};

/*
 * args_check(): whether each argument has a key of the table, once, with a value that the key
 * takes. Returns 0, or -1 with the first that is wrong.
 */
int args_check(const char *args, const struct minivmm_arg_info *keys, unsigned count,
               struct args_fault *fault);

/* args_help(): what the keys take, as "n=1..200000, isa=sse2|avx2", cut where the room ends. */
void args_help(char *text, size_t size, const struct minivmm_arg_info *keys, unsigned count);

#endif
