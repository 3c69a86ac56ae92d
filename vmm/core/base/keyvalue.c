/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "vmm/core/base/keyvalue.h"

#define KNOWN_MAX 160

int keyvalue_bad(struct err *err, const struct keyvalue_item *item, const char *why,
                 const char *hint)
{
    err_set(err, ERR_USAGE, "--%s %.60s%s%.60s: %s", item->option, item->key,
            *item->value ? "=" : "", item->value, why);
    return err_hint(err, "%s", hint);
}

/* Append a name to "a, b" if there is room. */
static void append(char known[KNOWN_MAX], const char *separator, const char *name)
{
    if (strlen(known) + strlen(separator) + strlen(name) < KNOWN_MAX)
        strcat(strcat(known, *known ? separator : ""), name);
}

int keyvalue_word(const struct keyvalue_item *item, const char *const *names, int *word,
                  struct err *err)
{
    char known[KNOWN_MAX] = "";

    for (int i = 0; names[i]; i++) {
        if (!strcmp(item->value, names[i])) {
            *word = i;
            return 0;
        }
        append(known, " or ", names[i]);
    }
    return keyvalue_bad(err, item, "invalid value", known);
}

static int parse_key(const struct keyvalue_key *key, const struct keyvalue_item *item, void *ctx,
                     struct err *err)
{
    if (!key->example && item->has_value)
        return keyvalue_bad(err, item, "takes no value", key->name);
    if (key->example && !*item->value)
        return keyvalue_bad(err, item, "missing value", key->example);
    return key->parse(ctx, item, err);
}

static int parse_item(const struct keyvalue_list *list, const struct keyvalue_item *item,
                      uint32_t *seen, void *ctx, struct err *err)
{
    char known[KNOWN_MAX] = "";

    for (unsigned i = 0; i < list->keys; i++) {
        if (strcmp(item->key, list->key[i].name) != 0) {
            append(known, ", ", list->key[i].name);
            continue;
        }
        if (*seen & 1u << i)
            return keyvalue_bad(err, item, "duplicate key", "give it once");
        *seen |= 1u << i;
        return parse_key(&list->key[i], item, ctx, err);
    }
    return list->other ? list->other(ctx, item, err)
                       : keyvalue_bad(err, item, "unknown key", known);
}

int keyvalue_parse(const struct keyvalue_list *list, const char *text, char *copy, void *ctx,
                   struct err *err)
{
    uint32_t seen = 0;

    while (copy) {
        char *value = strsep(&copy, ","), *key = strsep(&value, "=");
        const struct keyvalue_item item = {list->option, key, value ? value : "", value};

        if (!*item.key && !*item.value) {
            err_set(err, ERR_USAGE, "--%s '%.60s': empty list item", list->option, text);
            return err_hint(err, "%s", list->example);
        }
        if (parse_item(list, &item, &seen, ctx, err))
            return -1;
    }
    return 0;
}
