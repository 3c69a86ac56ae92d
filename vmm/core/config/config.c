/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>

#include "vmm/core/base/units.h"
#include "vmm/core/config/config.h"
#include "vmm/core/config/disk.h"

void config_init(struct config *config)
{
    *config = (struct config){
        .mem_bytes = 2 * CONFIG_PAGE_1G,
        .vcpus = 1,
        .guest_page_bytes = CONFIG_PAGE_2M,
        .args = "",
    };
}

void config_free(struct config *config)
{
    for (; config->disks; config->disks--)
        free(config->disk[config->disks - 1].text);
}

struct topology config_topology(const struct config *config)
{
    return config->topology.sockets ? config->topology : (struct topology){1, config->vcpus, 1};
}

unsigned config_node(const struct config *config, unsigned vcpu)
{
    return config->numa.nodes ? vcpu / (config->vcpus / config->numa.nodes) : 0;
}

/* All nodes have equal numbers of vCPUs and of whole pages. */
static int check_nodes(const struct config *config, uint64_t page, struct err *err)
{
    unsigned nodes = config->numa.nodes;
    uint64_t unit = page * nodes;

    if (!nodes)
        return 0;
    if (config->vcpus % nodes) {
        err_set(err, ERR_USAGE, "--numa %u: %u vCPU%s cannot be split evenly", nodes, config->vcpus,
                units_s(config->vcpus));
        return err_hint(err, "--vcpus %u", (config->vcpus / nodes + 1) * nodes);
    }
    if (config->mem_bytes % unit) {
        char mem[UNITS_TEXT_MAX];

        err_set(err, ERR_USAGE, "--numa %u: %s of memory cannot be split evenly", nodes,
                units_format_size(mem, config->mem_bytes));
        return err_hint(err, "--mem %" PRIu64 "M", (config->mem_bytes / unit + 1) * unit >> 20);
    }
    return 0;
}

static int check_topology(const struct config *config, struct err *err)
{
    const struct topology *topology = &config->topology;
    unsigned count = topology_count(topology);

    if (!topology->sockets || count == config->vcpus)
        return 0;
    err_set(err, ERR_USAGE,
            "--topology sockets=%u,cores=%u,threads=%u: %u vCPU%s, but --vcpus is %u",
            topology->sockets, topology->cores, topology->threads, count, units_s(count),
            config->vcpus);
    return err_hint(err, "--vcpus %u", count);
}

int config_validate(const struct config *config, struct err *err)
{
    uint64_t unit = config->hugepage_bytes ? config->hugepage_bytes : CONFIG_PAGE_2M;
    uint64_t less = config->mem_bytes / unit * unit, more = less + unit;
    char mem[UNITS_TEXT_MAX], page[UNITS_TEXT_MAX];

    units_format_size(mem, config->mem_bytes);
    units_format_size(page, unit);
    if (!config->mem_bytes) {
        err_set(err, ERR_USAGE, "--mem 0: too small");
        return err_hint(err, "--mem 64M or more");
    }
    if (config->mem_bytes % unit) {
        err_set(err, ERR_USAGE, "--mem %s: not a multiple of %s", mem, page);
        return err_hint(err, "--mem %" PRIu64 "M", (more ? more : less) >> 20);
    }
    if (!config->vcpus) {
        err_set(err, ERR_USAGE, "--vcpus 0: at least one vCPU is required");
        return err_hint(err, "--vcpus 1");
    }
    if (config->hugepage_bytes && config->thp == CONFIG_ON) {
        err_set(err, ERR_USAGE,
                "--hugepages with --thp on: hugetlbfs pages are not transparent huge pages");
        return err_hint(err, "one of the two");
    }
    return check_nodes(config, unit, err) || check_topology(config, err) ||
                   config_validate_disks(config, err)
               ? -1
               : 0;
}
