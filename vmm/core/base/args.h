/* SPDX-License-Identifier: MIT */
/* Checks --args against the keys that the guest declares (minivmm/abi.h). */
#ifndef BASE_ARGS_H
#define BASE_ARGS_H

#include <stddef.h>

#include "minivmm/abi.h"

/* An invalid argument. */
struct args_fault {
    const char *at; /* start of the argument within the text; not terminated */
    int length;
    const char *why;
    const struct minivmm_arg_info *key; /* NULL: unknown key */
};

/*
 * args_check(): check that each argument has a key from the table with a valid value, and that no
 * key is repeated. Returns 0, or -1 with *fault describing the first invalid argument.
 */
int args_check(const char *args, const struct minivmm_arg_info *keys, unsigned count,
               struct args_fault *fault);

/* args_help(): format the values of the keys, "n=1..200000, isa=sse2|avx2", truncated to `size`. */
void args_help(char *text, size_t size, const struct minivmm_arg_info *keys, unsigned count);

#endif
