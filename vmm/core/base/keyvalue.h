/* SPDX-License-Identifier: MIT */
/*
 * The arguments of options that are lists, "key=value,flag,...": a table of keys makes the parser
 * and its messages.
 */
#ifndef BASE_KEYVALUE_H
#define BASE_KEYVALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/core/base/err.h"

#define KEYVALUE_KEYS_MAX 32

/* An item of a list. */
struct keyvalue_item {
    const char *option; /* without "--" */
    const char *key;
    const char *value; /* what follows "="; empty if nothing does */
    bool has_value;    /* there is a "=" */
};

struct keyvalue_key {
    const char *name;
    const char *example; /* "size=1G"; NULL: a flag, without a value */
    /* Set what the key means in `ctx`. Returns 0, or -1 with *err set. */
    int (*parse)(void *ctx, const struct keyvalue_item *item, struct err *err);
};

struct keyvalue_list {
    const char *option;             /* "disk" */
    const char *example;            /* of a whole list */
    const struct keyvalue_key *key; /* in the order in which a hint names them */
    unsigned keys;                  /* at most KEYVALUE_KEYS_MAX */
    /* For items whose key is not in the table; NULL: they are errors. */
    int (*other)(void *ctx, const struct keyvalue_item *item, struct err *err);
};

/*
 * keyvalue_parse(): parse `text`. `copy` is a copy of it, which is split and to which the values of
 * the items point. Each key is valid once. Returns 0, or -1 with ERR_USAGE or a key's error.
 */
int keyvalue_parse(const struct keyvalue_list *list, const char *text, char *copy, void *ctx,
                   struct err *err);

/* keyvalue_bad(): the error "--OPTION ITEM: WHY; try: HINT". Returns -1. */
int keyvalue_bad(struct err *err, const struct keyvalue_item *item, const char *why,
                 const char *hint);

/* keyvalue_word(): set *word to the index of the value in a NULL-terminated table. Returns 0 or -1.
 */
int keyvalue_word(const struct keyvalue_item *item, const char *const *names, int *word,
                  struct err *err);

#endif
