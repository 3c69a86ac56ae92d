/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdio.h>

#include "vmm/core/base/keyvalue.h"
#include "vmm/core/base/units.h"
#include "vmm/core/config/numa.h"

#define EXAMPLE "2, or 2,unbound"

_Static_assert(CONFIG_NODES_MAX == 16, "as the message below says");

static int parse_number(struct config_numa *numa, const struct keyvalue_item *item,
                        const char *number, struct err *err)
{
    uint64_t nodes = 0;

    if (units_parse_u64(number, &nodes) || !nodes || nodes > CONFIG_NODES_MAX)
        return keyvalue_bad(err, item, "the number of nodes must be 1 to 16", EXAMPLE);
    numa->nodes = (unsigned)nodes;
    return 0;
}

static int bad_rest(const struct keyvalue_item *item, struct err *err)
{
    return keyvalue_bad(err, item, "only ,unbound may follow the number of nodes", EXAMPLE);
}

static int parse_nodes(void *ctx, const struct keyvalue_item *item, struct err *err)
{
    struct config_numa *numa = ctx;

    return numa->nodes ? bad_rest(item, err) : parse_number(numa, item, item->value, err);
}

static int parse_unbound(void *ctx, const struct keyvalue_item *item, struct err *err)
{
    struct config_numa *numa = ctx;

    if (!numa->nodes)
        return parse_number(numa, item, item->key, err);
    numa->unbound = true;
    return 0;
}

/* The number alone. */
static int parse_other(void *ctx, const struct keyvalue_item *item, struct err *err)
{
    struct config_numa *numa = ctx;

    if (numa->nodes)
        return bad_rest(item, err);
    return parse_number(numa, item, item->has_value ? "" : item->key, err);
}

static const struct keyvalue_key keys[] = {
    {"nodes", "nodes=2", parse_nodes},
    {"unbound", NULL, parse_unbound},
};

static const struct keyvalue_list list = {"numa", EXAMPLE, keys, sizeof(keys) / sizeof(keys[0]),
                                          parse_other};

int numa_parse(struct config_numa *numa, const char *text, struct err *err)
{
    char copy[32];

    *numa = (struct config_numa){0};
    if ((size_t)snprintf(copy, sizeof(copy), "%s", text) >= sizeof(copy)) {
        err_set(err, ERR_USAGE, "--numa '%.60s': too long", text);
        return err_hint(err, EXAMPLE);
    }
    return keyvalue_parse(&list, text, copy, numa, err);
}
