/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "vmm/core/base/units.h"
#include "vmm/core/host/file.h"
#include "vmm/core/host/numa.h"
#include "vmm/core/host/placement.h"

/*
 * A hugetlb reservation is not per node: touching a page bound to a node without free pages raises
 * SIGBUS.
 */
static int check_hugepages(const struct config *config, unsigned host, uint64_t bytes,
                           struct err *err)
{
    uint64_t wanted = bytes / config->hugepage_bytes, free;
    char path[128], size[UNITS_TEXT_MAX];

    snprintf(path, sizeof(path),
             "/sys/devices/system/node/node%u/hugepages/hugepages-%" PRIu64 "kB/free_hugepages",
             host, config->hugepage_bytes >> 10);
    if (file_read_u64(path, &free))
        return err_set(
            err, ERR_FAILED,
            "--hugepages with --numa: unknown number of free pages of %s on host node %u",
            units_format_size(size, config->hugepage_bytes), host);
    if (free >= wanted)
        return 0;
    err_set(err, ERR_FAILED,
            "--hugepages with --numa: %" PRIu64 " page%s of %s needed on host node %u, %" PRIu64
            " free",
            wanted, units_s(wanted), units_format_size(size, config->hugepage_bytes), host, free);
    return err_hint(err, "a larger nr_hugepages in /sys/devices/system/node/node%u/hugepages",
                    host);
}

int placement_bind(struct backing *backing, const struct config *config, struct err *err)
{
    unsigned nodes = config->numa.nodes, found;
    uint64_t bytes = config->mem_bytes / nodes;

    found = numa_nodes(backing->host_node, nodes);
    if (found < nodes) {
        err_set(err, ERR_USAGE, "--numa %u: this host has %u %s with memory", nodes, found,
                found == 1 ? "node" : "nodes");
        return err_hint(
            err, "--numa %u,unbound, which gives the guest nodes that are not bound to host nodes",
            nodes);
    }
    for (unsigned i = 0; i < nodes; i++) {
        unsigned host = backing->host_node[i];

        if ((config->hugepage_bytes && check_hugepages(config, host, bytes, err)) ||
            numa_bind(backing->base + i * bytes, bytes, host, err))
            return -1;
    }
    backing->nodes = nodes;
    return 0;
}

int placement_query(const struct backing *backing, struct placement_node *node)
{
    size_t bytes = backing->nodes ? backing->bytes / backing->nodes : 0;

    for (unsigned i = 0; i < backing->nodes; i++) {
        node[i].host = backing->host_node[i];
        if (numa_resident(backing->base + i * bytes, bytes, node[i].host, &node[i].here,
                          &node[i].elsewhere))
            return -1;
    }
    return 0;
}
