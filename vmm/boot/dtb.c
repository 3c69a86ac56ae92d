/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "vmm/boot/dtb.h"
#include "vmm/core/host/sink.h"

/* How long to wait for a reader that does not read. */
#define READER_MS 1000

/*
 * Calls of libfdt's sequential-write interface: after the first failure, which `status` keeps, the
 * rest do nothing.
 */
struct tree {
    void *fdt;
    int status;
};

#define TREE(tree, call) ((tree)->status ? 0 : ((tree)->status = (call)))

static void begin(struct tree *tree, const char *name)
{
    TREE(tree, fdt_begin_node(tree->fdt, name));
}

static void end(struct tree *tree)
{
    TREE(tree, fdt_end_node(tree->fdt));
}

static void add_u32(struct tree *tree, const char *name, uint32_t value)
{
    TREE(tree, fdt_property_u32(tree->fdt, name, value));
}

static void add_u64(struct tree *tree, const char *name, uint64_t value)
{
    TREE(tree, fdt_property_u64(tree->fdt, name, value));
}

static void add_string(struct tree *tree, const char *name, const char *value)
{
    TREE(tree, fdt_property(tree->fdt, name, value, (int)strlen(value) + 1));
}

static void add_array(struct tree *tree, const char *name, const uint64_t *values, unsigned count)
{
    fdt64_t cells[8];

    for (unsigned i = 0; i < count; i++)
        cells[i] = cpu_to_fdt64(values[i]);
    TREE(tree, fdt_property(tree->fdt, name, cells, (int)(count * sizeof(cells[0]))));
}

/* A memory node for bytes [from, to) of all RAM, counted without the device hole. */
static void add_ram(struct tree *tree, const struct guestmem *mem, uint64_t from, uint64_t to,
                    const unsigned *node)
{
    uint64_t reg[4] = {0}, counted = 0;
    unsigned count = 0;
    char name[32];

    for (unsigned i = 0; i < mem->ranges; i++) {
        const struct guestmem_range *range = &mem->range[i];
        uint64_t begins = from > counted ? from - counted : 0;
        uint64_t ends = to - counted < range->bytes ? to - counted : range->bytes;

        if (to > counted && begins < ends) {
            reg[count++] = range->base + begins;
            reg[count++] = ends - begins;
        }
        counted += range->bytes;
    }
    snprintf(name, sizeof(name), "memory@%" PRIx64, reg[0]);
    begin(tree, name);
    add_string(tree, "device_type", "memory");
    add_array(tree, "reg", reg, count);
    if (node)
        add_u32(tree, "numa-node-id", *node);
    end(tree);
}

/* One memory node, or one per NUMA node, of equal size. */
static void add_memory(struct tree *tree, const struct config *config, const struct guestmem *mem)
{
    unsigned nodes = config->numa.nodes;
    uint64_t bytes = 0;

    for (unsigned i = 0; i < mem->ranges; i++)
        bytes += mem->range[i].bytes;
    if (!nodes)
        add_ram(tree, mem, 0, bytes, NULL);
    for (unsigned i = 0; i < nodes; i++)
        add_ram(tree, mem, bytes / nodes * i, bytes / nodes * (i + 1), &i);
}

/* Device tree binding "numa-distance-map-v1" (numa.txt). */
static void add_distances(struct tree *tree, unsigned nodes, const struct dtb_params *params)
{
    fdt32_t cells[CONFIG_NODES_MAX * CONFIG_NODES_MAX * 3];
    unsigned count = 0;

    for (unsigned i = 0; i < nodes; i++)
        for (unsigned j = 0; j < nodes; j++) {
            cells[count++] = cpu_to_fdt32(i);
            cells[count++] = cpu_to_fdt32(j);
            cells[count++] = cpu_to_fdt32(params->distance[i][j]);
        }
    begin(tree, "distance-map");
    add_string(tree, "compatible", "numa-distance-map-v1");
    TREE(tree, fdt_property(tree->fdt, "distance-matrix", cells, (int)(count * sizeof(cells[0]))));
    end(tree);
}

static void add_reserved(struct tree *tree, const struct layout *layout)
{
    uint64_t reg[2] = {layout->base, layout->end - layout->base};
    char name[32];

    begin(tree, "reserved-memory");
    add_u32(tree, "#address-cells", 2);
    add_u32(tree, "#size-cells", 2);
    TREE(tree, fdt_property(tree->fdt, "ranges", NULL, 0));
    snprintf(name, sizeof(name), "vmm@%" PRIx64, layout->base);
    begin(tree, name);
    add_array(tree, "reg", reg, 2);
    end(tree);
    end(tree);
}

static void add_cpus(struct tree *tree, const struct config *config, uint64_t tsc_hz)
{
    const struct topology topology = config_topology(config);

    begin(tree, "cpus");
    add_u32(tree, "#address-cells", 1);
    add_u32(tree, "#size-cells", 0);
    if (tsc_hz)
        add_u64(tree, "timebase-frequency", tsc_hz);
    for (unsigned i = 0; i < config->vcpus; i++) {
        unsigned id = topology_apic_id(&topology, i);
        char name[32];

        snprintf(name, sizeof(name), "cpu@%x", id);
        begin(tree, name);
        add_string(tree, "device_type", "cpu");
        add_u32(tree, "reg", id);
        if (config->numa.nodes)
            add_u32(tree, "numa-node-id", config_node(config, i));
        end(tree);
    }
    end(tree);
}

/* The CPUID bits of the removed features: <leaf subleaf register bit> each. */
static void add_masked(struct tree *tree, const struct feature_set *removed, uint64_t xcr0)
{
    fdt32_t cells[FEATURES_MAX][4];
    unsigned count = 0;

    for (unsigned i = 0; i < feature_count; i++) {
        const struct feature *feature = &feature_table[i];

        if (!removed->has[i])
            continue;
        cells[count][0] = cpu_to_fdt32(feature->leaf);
        cells[count][1] = cpu_to_fdt32(feature->subleaf);
        cells[count][2] = cpu_to_fdt32(feature->reg);
        cells[count++][3] = cpu_to_fdt32(feature->bit);
    }
    TREE(tree, fdt_property(tree->fdt, "minivmm,masked", cells, (int)(count * sizeof(cells[0]))));
    add_u64(tree, "minivmm,xcr0", xcr0);
}

static void add_topology(struct tree *tree, const struct topology *topology)
{
    const fdt32_t cells[] = {
        cpu_to_fdt32(topology->sockets),
        cpu_to_fdt32(topology->cores),
        cpu_to_fdt32(topology->threads),
    };

    TREE(tree, fdt_property(tree->fdt, "minivmm,topology", cells, sizeof(cells)));
}

static void add_chosen(struct tree *tree, const struct config *config, const struct layout *layout,
                       const struct dtb_params *params)
{
    uint64_t times[2] = {layout->boot_times, config->vcpus * sizeof(uint64_t)};

    begin(tree, "chosen");
    add_string(tree, "bootargs", config->args);
    if (params->bench)
        add_string(tree, "minivmm,bench", params->bench);
    if (config->quick)
        TREE(tree, fdt_property(tree->fdt, "minivmm,quick", NULL, 0));
    add_array(tree, "minivmm,boot-times", times, 2);
    add_u32(tree, "minivmm,host-cpus", params->host_cpus);
    add_array(tree, "minivmm,host-caches", params->caches, 3);
    add_u64(tree, "minivmm,window", layout->window);
    if (config->topology.sockets)
        add_topology(tree, &config->topology);
    if (config->cpu.text)
        add_masked(tree, &config->cpu.removed, params->xcr0);
    end(tree);
}

static void add_devices(struct tree *tree, const struct bus *mmio)
{
    for (unsigned i = 0; i < mmio->count; i++) {
        const struct bus_region *region = &mmio->region[i];
        uint64_t reg[2] = {region->base, region->bytes};
        char name[64], own[64];

        snprintf(name, sizeof(name), "%s@%" PRIx64, region->name, region->base);
        snprintf(own, sizeof(own), "minivmm,%s", region->name);
        begin(tree, name);
        add_string(tree, "compatible", region->compatible ? region->compatible : own);
        add_array(tree, "reg", reg, 2);
        if (region->vector)
            add_u32(tree, "interrupts", region->vector);
        end(tree);
    }
}

int dtb_build(void *dtb, const struct config *config, const struct layout *layout,
              const struct guestmem *mem, const struct bus *mmio, const struct dtb_params *params,
              struct err *err)
{
    struct tree tree = {.fdt = dtb};

    TREE(&tree, fdt_create(dtb, (int)layout->dtb_bytes));
    TREE(&tree, fdt_finish_reservemap(dtb));
    begin(&tree, "");
    add_string(&tree, "compatible", "minivmm");
    add_u32(&tree, "#address-cells", 2);
    add_u32(&tree, "#size-cells", 2);
    add_chosen(&tree, config, layout, params);
    add_memory(&tree, config, mem);
    if (config->numa.nodes)
        add_distances(&tree, config->numa.nodes, params);
    add_reserved(&tree, layout);
    add_cpus(&tree, config, params->tsc_hz);
    add_devices(&tree, mmio);
    end(&tree);
    TREE(&tree, fdt_finish(dtb));
    if (tree.status)
        return err_set(err, ERR_FAILED, "device tree: %s", fdt_strerror(tree.status));
    return 0;
}

int dtb_dump(const void *dtb, const char *path, const struct watch *watch, struct err *err)
{
    struct sink sink;
    int result = 0;

    if (sink_open(&sink, path, O_CREAT | O_TRUNC, watch)) {
        if (errno == EINTR)
            return watch_check(watch, err);
        err_sys(err, ERR_FAILED, "--dump-dtb %s", path);
        return err_hint(err, "a file in an existing, writable directory");
    }
    if (sink_write(&sink, dtb, fdt_totalsize(dtb), READER_MS))
        result = err_sys(err, ERR_FAILED, "--dump-dtb %s", path);
    sink_close(&sink);
    return result;
}
