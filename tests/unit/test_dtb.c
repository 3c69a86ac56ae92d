/* SPDX-License-Identifier: MIT */
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "tests/unit/fixture.h"
#include "vmm/boot/dtb.h"

#define DTB_MAX (1u << 20)

static struct config config;
static struct guestmem mem;
static struct layout layout;
static struct bus mmio;
static struct dtb_params params;
static void *dtb;

/* A minimal configuration; guest memory is not accessed. */
static void set_up(void)
{
    config_init(&config);
    config.args = "n=3 isa=sse2";
    config.vcpus = 3;
    mem = (struct guestmem){.range = {{0, 0x4000000, NULL}}, .ranges = 1};
    layout = (struct layout){
        .base = 0x3e00000,
        .end = 0x4000000,
        .tables = 0x3e00000,
        .dtb = 0x3f00000,
        .dtb_bytes = 0x4000,
        .boot_times = 0x3ff0000,
        .window = 0x3e80000,
    };
    params = (struct dtb_params){
        .tsc_hz = 2596000123,
        .host_cpus = 2,
        .caches = {0x8000, 0x100000, 0x123456789},
    };
    dtb = calloc(1, DTB_MAX);
    ck_assert(dtb != NULL);
}

static void build(void)
{
    struct err err = {0};

    ck_assert_msg(!dtb_build(dtb, &config, &layout, &mem, &mmio, &params, &err), "%s", err.text);
    ck_assert_int_eq(fdt_check_full(dtb, layout.dtb_bytes), 0);
}

static int node_at(const char *path)
{
    int node = fdt_path_offset(dtb, path);

    ck_assert_msg(node >= 0, "no %s", path);
    return node;
}

static const void *property(const char *path, const char *name, int bytes)
{
    int length = -1;
    const void *found = fdt_getprop(dtb, node_at(path), name, &length);

    ck_assert_msg(found && length == bytes, "%s/%s: %d bytes", path, name, length);
    return found;
}

static void check_text(const char *path, const char *name, const char *expected)
{
    ck_assert_str_eq(property(path, name, (int)strlen(expected) + 1), expected);
}

static void check_u32(const char *path, const char *name, uint32_t expected)
{
    ck_assert_uint_eq(fdt32_ld(property(path, name, 4)), expected);
}

static void check_u64s(const char *path, const char *name, unsigned count, const uint64_t *expected)
{
    const fdt64_t *cells = property(path, name, (int)(8 * count));

    for (unsigned i = 0; i < count; i++)
        ck_assert_uint_eq(fdt64_ld(&cells[i]), expected[i]);
}

#define CHECK_U64S(path, name, ...)                                              \
    check_u64s(path, name, sizeof((uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t), \
               (uint64_t[]){__VA_ARGS__})

static bool has(const char *path, const char *name)
{
    return fdt_getprop(dtb, node_at(path), name, NULL);
}

START_TEST(chosen_describes_the_run)
{
    set_up();
    build();
    check_text("/", "compatible", "minivmm");
    check_text("/chosen", "bootargs", "n=3 isa=sse2");
    ck_assert(!has("/chosen", "minivmm,bench"));
    ck_assert(!has("/chosen", "minivmm,quick"));
    CHECK_U64S("/chosen", "minivmm,boot-times", 0x3ff0000, 24);
    check_u32("/chosen", "minivmm,host-cpus", 2);
    CHECK_U64S("/chosen", "minivmm,window", 0x3e80000);
    CHECK_U64S("/chosen", "minivmm,host-caches", 0x8000, 0x100000, 0x123456789);
    free(dtb);
}
END_TEST

START_TEST(selected_benchmarks_are_named)
{
    set_up();
    params.bench = "stream.copy,gups.stream";
    config.quick = true;
    build();
    check_text("/chosen", "minivmm,bench", "stream.copy,gups.stream");
    property("/chosen", "minivmm,quick", 0);
    /* An empty list selects none; a missing property selects all. */
    params.bench = "";
    config.args = "";
    build();
    check_text("/chosen", "minivmm,bench", "");
    check_text("/chosen", "bootargs", "");
    free(dtb);
}
END_TEST

START_TEST(removed_features_are_listed)
{
    const fdt32_t *cells;

    set_up();
    build();
    ck_assert(!has("/chosen", "minivmm,masked") && !has("/chosen", "minivmm,xcr0"));
    config.cpu.text = "host,-popcnt";
    config.cpu.removed.has[features_find("popcnt", 6)] = true;
    params.xcr0 = 0xe7;
    build();
    cells = property("/chosen", "minivmm,masked", 16);
    ck_assert_uint_eq(fdt32_ld(cells), 1);
    ck_assert_uint_eq(fdt32_ld(cells + 1), 0);
    ck_assert_uint_eq(fdt32_ld(cells + 2), FEATURE_ECX);
    ck_assert_uint_eq(fdt32_ld(cells + 3), 23);
    CHECK_U64S("/chosen", "minivmm,xcr0", 0xe7);
    free(dtb);
}
END_TEST

START_TEST(memory_node_has_its_ranges)
{
    set_up();
    build();
    check_u32("/", "#address-cells", 2);
    check_u32("/", "#size-cells", 2);
    check_text("/memory@0", "device_type", "memory");
    CHECK_U64S("/memory@0", "reg", 0, 0x4000000);
    mem.range[0].bytes = 0xc0000000;
    mem.range[1] = (struct guestmem_range){0x100000000, 0x23400000, NULL};
    mem.ranges = 2;
    build();
    CHECK_U64S("/memory@0", "reg", 0, 0xc0000000, 0x100000000, 0x23400000);
    check_u32("/reserved-memory", "#address-cells", 2);
    check_u32("/reserved-memory", "#size-cells", 2);
    property("/reserved-memory", "ranges", 0);
    CHECK_U64S("/reserved-memory/vmm@3e00000", "reg", 0x3e00000, 0x200000);
    free(dtb);
}
END_TEST

static void check_nodes_memory(const char *path, uint32_t node, unsigned count, const uint64_t *reg)
{
    check_u32(path, "numa-node-id", node);
    check_text(path, "device_type", "memory");
    check_u64s(path, "reg", count, reg);
}

#define CHECK_NODES_MEMORY(path, node, ...)                                              \
    check_nodes_memory(path, node, sizeof((uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t), \
                       (uint64_t[]){__VA_ARGS__})

START_TEST(numa_nodes_have_memory_and_distances)
{
    static const uint32_t matrix[] = {0, 0, 10, 0, 1, 32, 1, 0, 21, 1, 1, 10};
    const fdt32_t *cells;

    set_up();
    build();
    ck_assert(!has("/memory@0", "numa-node-id") && !has("/cpus/cpu@0", "numa-node-id"));
    ck_assert_int_lt(fdt_path_offset(dtb, "/distance-map"), 0);
    config.vcpus = 6;
    config.topology = (struct topology){2, 3, 1};
    config.numa.nodes = 2;
    params.distance[0][0] = params.distance[1][1] = 10;
    params.distance[0][1] = 32;
    params.distance[1][0] = 21;
    build();
    check_u32("/cpus/cpu@2", "numa-node-id", 0);
    check_u32("/cpus/cpu@4", "numa-node-id", 1);
    CHECK_NODES_MEMORY("/memory@0", 0, 0, 0x2000000);
    CHECK_NODES_MEMORY("/memory@2000000", 1, 0x2000000, 0x2000000);
    check_text("/distance-map", "compatible", "numa-distance-map-v1");
    cells = property("/distance-map", "distance-matrix", sizeof(matrix));
    for (unsigned i = 0; i < sizeof(matrix) / sizeof(matrix[0]); i++)
        ck_assert_uint_eq(fdt32_ld(&cells[i]), matrix[i]);
    free(dtb);
}
END_TEST

/* The device hole does not count: 3 GiB below it and 5 GiB above are 4 nodes of 2 GiB. */
START_TEST(a_node_may_span_the_device_hole)
{
    set_up();
    config.vcpus = config.numa.nodes = 4;
    mem.range[0].bytes = 0xc0000000;
    mem.range[1] = (struct guestmem_range){0x100000000, 0x140000000, NULL};
    mem.ranges = 2;
    build();
    CHECK_NODES_MEMORY("/memory@0", 0, 0, 0x80000000);
    CHECK_NODES_MEMORY("/memory@80000000", 1, 0x80000000, 0x40000000, 0x100000000, 0x40000000);
    CHECK_NODES_MEMORY("/memory@140000000", 2, 0x140000000, 0x80000000);
    CHECK_NODES_MEMORY("/memory@1c0000000", 3, 0x1c0000000, 0x80000000);
    /* A node may begin above the hole. */
    mem.range[1].bytes = 0xc0000000;
    config.vcpus = config.numa.nodes = 2;
    build();
    CHECK_NODES_MEMORY("/memory@0", 0, 0, 0xc0000000);
    CHECK_NODES_MEMORY("/memory@100000000", 1, 0x100000000, 0xc0000000);
    free(dtb);
}
END_TEST

static unsigned count_subnodes(const char *path)
{
    unsigned count = 0;
    int node;

    fdt_for_each_subnode(node, dtb, node_at(path)) count++;
    return count;
}

START_TEST(cpu_nodes_are_in_vcpu_order)
{
    set_up();
    config.vcpus = 17;
    build();
    check_u32("/cpus", "#address-cells", 1);
    check_u32("/cpus", "#size-cells", 0);
    CHECK_U64S("/cpus", "timebase-frequency", 2596000123);
    ck_assert_uint_eq(count_subnodes("/cpus"), 17);
    check_text("/cpus/cpu@0", "device_type", "cpu");
    check_u32("/cpus/cpu@0", "reg", 0);
    check_u32("/cpus/cpu@10", "reg", 16);
    CHECK_U64S("/chosen", "minivmm,boot-times", 0x3ff0000, 17 * 8);
    params.tsc_hz = 0;
    build();
    ck_assert(!has("/cpus", "timebase-frequency"));
    /* Named by APIC id, in the order of the vCPUs. */
    ck_assert(!has("/chosen", "minivmm,topology"));
    config.vcpus = 6;
    config.topology = (struct topology){2, 3, 1};
    build();
    ck_assert_uint_eq(count_subnodes("/cpus"), 6);
    check_u32("/cpus/cpu@2", "reg", 2);
    check_u32("/cpus/cpu@4", "reg", 4);
    ck_assert_int_lt(fdt_path_offset(dtb, "/cpus/cpu@3"), 0);
    ck_assert_int_gt(node_at("/cpus/cpu@4"), node_at("/cpus/cpu@2"));
    ck_assert_uint_eq(fdt32_ld(property("/chosen", "minivmm,topology", 12)), 2);
    free(dtb);
}
END_TEST

static void add_device(const char *name)
{
    struct bus_region region = {
        .base = MINIVMM_DEVICE_BASE + mmio.count * MINIVMM_DEVICE_BYTES,
        .bytes = MINIVMM_DEVICE_BYTES,
        .name = name,
    };
    struct err err;

    ck_assert_int_eq(bus_add(&mmio, &region, &err), 0);
}

START_TEST(devices_have_a_node_each)
{
    set_up();
    build();
    ck_assert_uint_eq(count_subnodes("/"), 4);
    add_device("channel");
    add_device("paravirt");
    build();
    ck_assert_uint_eq(count_subnodes("/"), 6);
    check_text("/channel@c0000000", "compatible", "minivmm,channel");
    CHECK_U64S("/channel@c0000000", "reg", MINIVMM_CHANNEL_BASE, 0x1000);
    check_text("/paravirt@c0001000", "compatible", "minivmm,paravirt");
    CHECK_U64S("/paravirt@c0001000", "reg", MINIVMM_PARAVIRT_BASE, 0x1000);
    free(dtb);
}
END_TEST

/* The space that layout_plan() reserves suffices for the largest machine. */
START_TEST(the_reserved_space_suffices)
{
    static char args[2049], bench[4097], names[BUS_DEVICES_MAX][24];
    struct image image = {.segment = {{.base = 0x200000, .bytes = 0x1000}}, .segments = 1};
    struct err err = {0};

    set_up();
    memset(args, 'a', sizeof(args) - 1);
    memset(bench, 'b', sizeof(bench) - 1);
    for (unsigned i = 0; i < BUS_DEVICES_MAX; i++) {
        snprintf(names[i], sizeof(names[i]), "virtio-console%u", i);
        add_device(names[i]);
    }
    config.mem_bytes = mem.range[0].bytes = 0xc0000000;
    config.cpu.text = "nothing";
    config.topology = (struct topology){1, 1, 1};
    memset(config.cpu.removed.has, true, sizeof(config.cpu.removed.has));
    for (unsigned vcpus = 1; vcpus <= CONFIG_VCPUS_MAX; vcpus *= 4) {
        config.vcpus = vcpus;
        config.topology.cores = vcpus;
        config.numa.nodes = vcpus < CONFIG_NODES_MAX ? vcpus : CONFIG_NODES_MAX;
        config.args = args;
        params.bench = bench;
        ck_assert_msg(!layout_plan(&layout, &config, bench, &image, &mem, &err), "%s", err.text);
        ck_assert_uint_le(layout.dtb_bytes, DTB_MAX);
        build();
        config.args = "";
        params.bench = NULL;
        ck_assert_int_eq(layout_plan(&layout, &config, NULL, &image, &mem, &err), 0);
        build();
    }
    free(dtb);
}
END_TEST

START_TEST(too_little_space_is_an_error)
{
    uint8_t *beyond;
    uint32_t needed;
    struct err err = {0};

    set_up();
    build();
    needed = fdt_totalsize(dtb);
    beyond = (uint8_t *)dtb + 4096;
    for (uint64_t room = 16; room < needed; room += 16) {
        memset(dtb, 0x5a, DTB_MAX);
        layout.dtb_bytes = room;
        ck_assert_int_eq(dtb_build(dtb, &config, &layout, &mem, &mmio, &params, &err), -1);
        ck_assert_int_eq(((uint8_t *)dtb)[room], 0x5a);
        ck_assert_msg(!strncmp(err.text, "device tree: ", 13), "%s", err.text);
    }
    ck_assert_int_eq(*beyond, 0x5a);
    free(dtb);
}
END_TEST

START_TEST(the_dump_equals_the_tree)
{
    char path[FIXTURE_PATH_MAX], *dumped;
    struct err err = {0};

    set_up();
    build();
    fixture_file(path, "old", 3);
    ck_assert_msg(!dtb_dump(dtb, path, NULL, &err), "%s", err.text);
    dumped = fixture_read(path);
    ck_assert_mem_eq(dumped, dtb, fdt_totalsize(dtb));
    free(dumped);
    unlink(path);
    ck_assert_int_eq(dtb_dump(dtb, "/nowhere/tree.dtb", NULL, &err), -1);
    ck_assert_msg(strstr(err.text, "--dump-dtb /nowhere/tree.dtb: No such file"), "%s", err.text);
    ck_assert_int_eq(dtb_dump(dtb, "/dev/full", NULL, &err), -1);
    ck_assert_msg(strstr(err.text, "No space left"), "%s", err.text);
    free(dtb);
}
END_TEST

SUITE_MAIN("dtb", chosen_describes_the_run, selected_benchmarks_are_named,
           removed_features_are_listed, memory_node_has_its_ranges,
           numa_nodes_have_memory_and_distances, a_node_may_span_the_device_hole,
           cpu_nodes_are_in_vcpu_order, devices_have_a_node_each, the_reserved_space_suffices,
           too_little_space_is_an_error, the_dump_equals_the_tree)
