/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "vmm/core/base/units.h"
#include "vmm/core/config/numa.h"

#define PREFIX "nodes="

_Static_assert(CONFIG_NODES_MAX == 16, "as the message below says");

static int bad(struct err *err, const char *text, const char *why)
{
    err_set(err, ERR_USAGE, "--numa '%.60s': %s", text, why);
    return err_hint(err, "2, or 2,unbound");
}

int numa_parse(struct config_numa *numa, const char *text, struct err *err)
{
    char copy[32], *rest = copy, *number;
    uint64_t nodes = 0;

    *numa = (struct config_numa){0};
    snprintf(copy, sizeof(copy), "%s", text);
    number = strsep(&rest, ",");
    if (!strncmp(number, PREFIX, strlen(PREFIX)))
        number += strlen(PREFIX);
    if (units_parse_u64(number, &nodes) || !nodes || nodes > CONFIG_NODES_MAX)
        return bad(err, text, "the number of nodes must be 1 to 16");
    if (strlen(text) >= sizeof(copy) || (rest && strcmp(rest, "unbound") != 0))
        return bad(err, text, "only ,unbound may follow the number of nodes");
    numa->nodes = (unsigned)nodes;
    numa->unbound = rest;
    return 0;
}
