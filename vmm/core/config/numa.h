/* SPDX-License-Identifier: MIT */
/* --numa: vCPUs and memory in equal parts, in their order, over nodes. */
#ifndef CONFIG_NUMA_H
#define CONFIG_NUMA_H

#include <stdbool.h>

#include "vmm/core/base/err.h"

#define CONFIG_NODES_MAX 16u

struct config_numa {
    unsigned nodes; /* 0: the guest is told of none */
    bool unbound;   /* its memory is wherever the host puts it */
};

/* numa_parse(): "N" or "nodes=N", perhaps with ",unbound". Returns 0, or -1 with ERR_USAGE. */
int numa_parse(struct config_numa *numa, const char *text, struct err *err);

#endif
