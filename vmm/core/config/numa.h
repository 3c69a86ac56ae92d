/* SPDX-License-Identifier: MIT */
/* --numa: vCPUs and memory split over nodes in equal, contiguous parts. */
#ifndef CONFIG_NUMA_H
#define CONFIG_NUMA_H

#include <stdbool.h>

#include "vmm/core/base/err.h"

#define CONFIG_NODES_MAX 16u

struct config_numa {
    unsigned nodes; /* 0: no NUMA topology */
    bool unbound;   /* not bound to host nodes */
};

/* numa_parse(): parse "[nodes=]N[,unbound]". Returns 0, or -1 with ERR_USAGE. */
int numa_parse(struct config_numa *numa, const char *text, struct err *err);

#endif
