/* SPDX-License-Identifier: MIT */
/* The arguments of --args, checked against the keys that a guest declares (minivmm/abi.h). */
#ifndef BASE_ARGS_H
#define BASE_ARGS_H

#include <stddef.h>

#include "minivmm/abi.h"

/* An invalid argument. */
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
