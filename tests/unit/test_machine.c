/* SPDX-License-Identifier: MIT */
/* A machine as far as it does not need KVM. */
#include <fcntl.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/suite.h"
#include "tests/unit/fixture.h"
#include "tests/unit/walk.h"
#include "vmm/exec/machine.h"
#include "vmm/exec/plan.h"

static struct config config;
static struct machine machine;

static void log_text(void *ctx, const char *text)
{
    (void)ctx, (void)text;
}

static void set_up(const char *guest)
{
    config_init(&config);
    config.guest = program_path(guest);
    config.mem_bytes = 64 << 20;
}

static int load(struct err *err)
{
    *err = (struct err){0};
    return machine_load(&machine, &config, NULL, log_text, NULL, err);
}

static void must_load(void)
{
    struct err err;

    ck_assert_msg(!load(&err), "%s", err.text);
}

static void tear_down(void)
{
    machine_close(&machine);
    machine_close(&machine); /* a second call does nothing */
    result_free(&machine.result);
}

START_TEST(a_loaded_machine_has_its_guest_and_devices)
{
    const struct bus_region *region;

    set_up("hello.elf");
    must_load();
    ck_assert_uint_eq(machine.mmio.count, 5);
    region = bus_find(&machine.mmio, MINIVMM_CHANNEL_BASE, 8);
    ck_assert(region && region->for_harness && region->ops == &channel_ops);
    region = bus_find(&machine.mmio, MINIVMM_PARAVIRT_BASE + 0x10, 8);
    ck_assert(region && region->for_harness && region->ops == &paravirt_ops);
    region = bus_find(&machine.mmio, MINIVMM_PROBE_BASE, 4);
    ck_assert(region && !region->for_harness && region->ops == &probe_ops);
    ck_assert_uint_eq(bus_find(&machine.pio, MINIVMM_PROBE_PORT, 4)->number, region->number);
    region = bus_find(&machine.mmio, MINIVMM_PROBE_CONTROL_BASE, 8);
    ck_assert(region && region->for_harness && region->ops == &probe_control_ops);
    ck_assert_ptr_null(
        bus_find(&machine.mmio, MINIVMM_PROBE_CONTROL_BASE + 2 * MINIVMM_DEVICE_BYTES, 1));
    ck_assert_mem_ne(guestmem_at(&machine.mem, machine.image.entry, 8), "\0\0\0\0\0\0\0", 8);
    ck_assert_ptr_null(machine.benches);
    tear_down();
}
END_TEST

START_TEST(page_tables_and_device_tree_are_written)
{
    struct err err = {0};
    const void *dtb;
    struct walk at;

    set_up("hello.elf");
    config.vcpus = 2;
    must_load();
    ck_assert_msg(!machine_write_boot(&machine, &err), "%s", err.text);
    at = walk(&machine.mem, machine.layout.tables, machine.image.entry);
    ck_assert(at.page_bytes && at.execute && !at.write && !at.user);
    at = walk(&machine.mem, machine.layout.tables, MINIVMM_CHANNEL_BASE);
    ck_assert(at.page_bytes && at.write && at.user && at.uncached);
    dtb = guestmem_at(&machine.mem, machine.layout.dtb, machine.layout.dtb_bytes);
    ck_assert_int_eq(fdt_check_full(dtb, machine.layout.dtb_bytes), 0);
    ck_assert_int_ge(fdt_path_offset(dtb, "/paravirt@c0001000"), 0);
    /* The TSC frequency is only known with KVM. */
    ck_assert_ptr_null(fdt_getprop(dtb, fdt_path_offset(dtb, "/cpus"), "timebase-frequency", NULL));
    tear_down();
}
END_TEST

START_TEST(selected_benchmarks_are_resolved)
{
    set_up("bench.elf");
    config.bench = "gups,stream.add";
    must_load();
    ck_assert_str_eq(machine.benches, "stream.add,gups.stream,gups.forkjoin");
    tear_down();
    config.bench = "none";
    must_load();
    ck_assert_str_eq(machine.benches, "");
    tear_down();
}
END_TEST

/* After a failed step as after any other, machine_close() frees all: a leak checker verifies it. */
START_TEST(a_failed_load_leaks_nothing)
{
    struct err err;

    ck_assert_int_eq(fcntl(STDIN_FILENO, F_GETFD), 0);
    set_up("nowhere.elf");
    ck_assert_int_eq(load(&err), -1);
    ck_assert_msg(strstr(err.text, "nowhere.elf: No such file") != NULL, "%s", err.text);
    tear_down();
    set_up("hello.elf");
    config.bench = "stream";
    ck_assert_int_eq(load(&err), -1);
    ck_assert_msg(strstr(err.text, "unknown benchmark 'stream'") != NULL, "%s", err.text);
    tear_down();
    set_up("bench.elf");
    config.bench = "stream";
    config.pin[0] = 4000;
    config.pin_count = 1;
    ck_assert_int_eq(load(&err), -1);
    ck_assert_msg(strstr(err.text, "CPU 4000") != NULL, "%s", err.text);
    tear_down();
    set_up("bench.elf");
    config.bench = "stream";
    config.mem_bytes = 4 << 20;
    ck_assert_int_eq(load(&err), -1);
    ck_assert_msg(strstr(err.text, "--mem 4 MiB: the guest and its 1 vCPU need") != NULL, "%s",
                  err.text);
    tear_down();
    set_up("bench.elf");
    config.mem_bytes = 1ull << 60;
    ck_assert_int_eq(load(&err), -1);
    ck_assert_msg(strstr(err.text, "more than the ") != NULL, "%s", err.text);
    tear_down();
    /* Nor does it close a file that it has not opened. */
    ck_assert_int_eq(fcntl(STDIN_FILENO, F_GETFD), 0);
}
END_TEST

START_TEST(a_failed_dump_is_an_error)
{
    struct err err = {0};

    set_up("hello.elf");
    config.dump_dtb = "/nowhere/tree.dtb";
    must_load();
    ck_assert_int_eq(machine_write_boot(&machine, &err), -1);
    ck_assert_msg(strstr(err.text, "--dump-dtb /nowhere/tree.dtb") != NULL, "%s", err.text);
    tear_down();
}
END_TEST

START_TEST(the_plan_lists_all_memory_ranges)
{
    static const char *const parts[] = {
        "bench.elf, entry 0x2",
        " benchmarks; chosen: linpack\n",
        "machine  3 vCPUs, guest pages up to 2 MiB\n",
        "0x0000000000 - 0x0003ffffff     64 MiB  RAM\n",
        "segment r-x, ring 0\n",
        "segment r-x, ring 3\n",
        "segment r--, ring 3\n",
        "segment rw-, ring 3\n",
        "page tables, ring 0\n",
        "stacks, ring 0\n",
        "device tree, read-only\n",
        "boot times, free\n",
        "0x00c0000000 - 0x00c0000fff      4 KiB  channel\n",
        "0x00c0001000 - 0x00c0001fff      4 KiB  paravirt\n",
    };
    char *text = NULL;
    const char *at;
    size_t bytes;
    FILE *out;

    set_up("bench.elf");
    config.vcpus = 3;
    config.bench = "linpack";
    must_load();
    out = open_memstream(&text, &bytes);
    ck_assert(out != NULL);
    plan_print(out, &machine);
    fclose(out);
    at = text;
    for (unsigned i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        at = strstr(at, parts[i]);
        ck_assert_msg(at != NULL, "'%s' missing or out of order in:\n%s", parts[i], text);
    }
    free(text);
    tear_down();
}
END_TEST

SUITE_MAIN("machine", a_loaded_machine_has_its_guest_and_devices,
           page_tables_and_device_tree_are_written, selected_benchmarks_are_resolved,
           a_failed_load_leaks_nothing, a_failed_dump_is_an_error, the_plan_lists_all_memory_ranges)
