/* SPDX-License-Identifier: MIT */
/*
 * The arguments of --args, "key=value key=value", as a guest and the VMM read them. The keys that a
 * guest takes are declared in its image (struct minivmm_arg_info in abi.h).
 */
#ifndef MINIVMM_ARGS_H
#define MINIVMM_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Arguments are separated by these. */
#define ARGS_BLANKS " ,"

#define ARGS_LIST_MAX 64u /* powers of two */

/* args_find(): what follows `key`, which ends with "=", or NULL. */
static inline const char *args_find(const char *args, const char *key)
{
    size_t length = strlen(key);

    for (const char *at = args + strspn(args, ARGS_BLANKS); *at; at += strspn(at, ARGS_BLANKS)) {
        if (!strncmp(at, key, length))
            return at + length;
        at += strcspn(at, ARGS_BLANKS);
    }
    return NULL;
}

/* args_is(): whether the value at `at` is this word. */
static inline bool args_is(const char *at, const char *word)
{
    size_t length = strlen(word);

    return strcspn(at, ARGS_BLANKS) == length && !strncmp(at, word, length);
}

/*
 * args_number(): the number from `least` to `most` at `at`, into *value. Returns what follows it,
 * or NULL.
 */
static inline const char *args_number(const char *at, uint64_t least, uint64_t most,
                                      uint64_t *value)
{
    char *end;

    if (*at < '1' || *at > '9')
        return NULL;
    *value = strtoul(at, &end, 10);
    return *value >= least && *value <= most ? end : NULL;
}

/*
 * args_power(): a power of two, with k or m for 2^10 or 2^20. Returns what follows it, or NULL.
 */
static inline const char *args_power(const char *at, uint64_t least, uint64_t most, uint64_t *value)
{
    const char *end = args_number(at, 1, UINT64_MAX >> 21, value);

    if (end && (*end == 'k' || *end == 'm'))
        *value <<= *end++ == 'k' ? 10 : 20;
    return end && *value >= least && *value <= most && !(*value & (*value - 1)) ? end : NULL;
}

/*
 * args_list(): the powers of two from `least` to `most` in the list at `at`, "512:4k:1m", none of
 * them twice. Returns how many, or 0 if it is not such a list.
 */
static inline unsigned args_list(const char *at, uint64_t least, uint64_t most,
                                 uint64_t values[ARGS_LIST_MAX])
{
    uint64_t seen = 0, value;
    unsigned count = 0;

    while ((at = args_power(at, least, most, &value)) && !(seen & value)) {
        seen |= value;
        values[count++] = value;
        if (*at != ':')
            return strcspn(at, ARGS_BLANKS) ? 0 : count;
        at++;
    }
    return 0;
}

#endif
