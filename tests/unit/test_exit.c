/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "tests/support/suite.h"
#include "vmm/exec/exit.h"

#define CALLS_MAX 16
#define DATA_AT   4096 /* kvm_run.io.data_offset */

/* A device that records its accesses, returns increasing bytes, and fails on demand. */
struct recorder {
    struct {
        bool write;
        uint64_t offset, value;
        unsigned bytes;
        uint64_t current_slot; /* of the vCPU's counters at the access */
    } call[CALLS_MAX];
    unsigned calls, fail_at;
    uint8_t answer;
};

static struct recorder device, harness, port;
static struct bus mmio, pio;
static struct exitstat *stat;
static char fake_vcpu;
static struct vcpu *const vcpu = (struct vcpu *)&fake_vcpu; /* devices do not look into it */
static struct exit_env env;
static struct exit_times times;
static struct kvm_run *run;

static int record(struct recorder *to, bool write, uint64_t offset, const void *data,
                  unsigned bytes, struct err *err)
{
    unsigned i = to->calls++;

    ck_assert_uint_lt(i, CALLS_MAX);
    to->call[i].write = write;
    to->call[i].offset = offset;
    to->call[i].bytes = bytes;
    to->call[i].current_slot = stat->current_slot;
    if (write)
        memcpy(&to->call[i].value, data, bytes);
    return to->calls == to->fail_at ? err_set(err, ERR_FAILED, "device error") : 0;
}

static int device_read(void *ctx, struct vcpu *by, uint64_t offset, void *data, unsigned bytes,
                       struct err *err)
{
    struct recorder *to = ctx;

    ck_assert_ptr_eq(by, vcpu);
    for (unsigned i = 0; i < bytes; i++)
        ((uint8_t *)data)[i] = ++to->answer;
    return record(to, false, offset, NULL, bytes, err);
}

static int device_write(void *ctx, struct vcpu *by, uint64_t offset, const void *data,
                        unsigned bytes, struct err *err)
{
    ck_assert_ptr_eq(by, vcpu);
    return record(ctx, true, offset, data, bytes, err);
}

static void set_up(void)
{
    static const struct bus_ops ops = {.read = device_read, .write = device_write};
    struct bus_region regions[] = {
        {.base = 0xc0000000,
         .bytes = 0x1000,
         .ops = &ops,
         .device = &device,
         .name = "device",
         .number = 3},
        {.base = 0xc0001000,
         .bytes = 0x1000,
         .ops = &ops,
         .device = &harness,
         .name = "harness",
         .number = 1,
         .for_harness = true},
    };
    struct bus_region ports = {
        .base = 0x100, .bytes = 8, .ops = &ops, .device = &port, .name = "port", .number = 2};
    struct err err;

    stat = exitstat_alloc();
    run = calloc(1, DATA_AT + 4096);
    ck_assert(stat && run);
    ck_assert_int_eq(bus_add(&mmio, &regions[0], &err), 0);
    ck_assert_int_eq(bus_add(&mmio, &regions[1], &err), 0);
    ck_assert_int_eq(bus_add(&pio, &ports, &err), 0);
    ck_assert(!bus_freeze(&mmio, &err) && !bus_freeze(&pio, &err));
    times = (struct exit_times){0};
    env = (struct exit_env){vcpu, &mmio, &pio, stat, &times};
}

static void tear_down(void)
{
    exitstat_free(stat);
    free(run);
}

static int do_mmio(uint64_t address, unsigned bytes, bool write, uint64_t value,
                   struct exit_info *info, struct err *err)
{
    run->exit_reason = KVM_EXIT_MMIO;
    run->mmio.phys_addr = address;
    run->mmio.len = bytes;
    run->mmio.is_write = write;
    memcpy(run->mmio.data, &value, sizeof(value));
    return exit_handle(&env, run, info, err);
}

static int do_pio(unsigned address, unsigned bytes, bool out, unsigned count,
                  struct exit_info *info, struct err *err)
{
    run->exit_reason = KVM_EXIT_IO;
    run->io.direction = out ? KVM_EXIT_IO_OUT : KVM_EXIT_IO_IN;
    run->io.port = (uint16_t)address;
    run->io.size = (uint8_t)bytes;
    run->io.count = count;
    run->io.data_offset = DATA_AT;
    return exit_handle(&env, run, info, err);
}

START_TEST(an_mmio_write_reaches_its_device)
{
    struct exit_info info;
    struct err err;

    set_up();
    ck_assert_int_eq(do_mmio(0xc0000010, 8, true, 0x1122334455667788, &info, &err), 0);
    ck_assert_uint_eq(device.calls, 1);
    ck_assert(device.call[0].write);
    ck_assert_uint_eq(device.call[0].offset, 0x10);
    ck_assert_uint_eq(device.call[0].bytes, 8);
    ck_assert_uint_eq(device.call[0].value, 0x1122334455667788);
    ck_assert_uint_eq(device.call[0].current_slot, exitstat_device(3));
    ck_assert_int_eq(info.reason, EXIT_MMIO_WRITE);
    ck_assert_str_eq(info.region->name, "device");
    ck_assert_uint_eq(harness.calls + port.calls, 0);
    tear_down();
}
END_TEST

START_TEST(an_mmio_read_returns_the_devices_data)
{
    struct exit_info info;
    struct err err;

    set_up();
    ck_assert_int_eq(do_mmio(0xc0001ffc, 4, false, UINT64_MAX, &info, &err), 0);
    ck_assert_uint_eq(harness.calls, 1);
    ck_assert(!harness.call[0].write);
    ck_assert_uint_eq(harness.call[0].offset, 0xffc);
    ck_assert_uint_eq(harness.call[0].bytes, 4);
    ck_assert(!memcmp(run->mmio.data, "\1\2\3\4\xff\xff\xff\xff", 8));
    ck_assert_int_eq(info.reason, EXIT_MMIO_READ);
    ck_assert_str_eq(info.region->name, "harness");
    tear_down();
}
END_TEST

START_TEST(ports_are_on_a_separate_bus)
{
    struct exit_info info;
    struct err err;

    set_up();
    memcpy((uint8_t *)run + DATA_AT, "\x34\x12", 2);
    ck_assert_int_eq(do_pio(0x106, 2, true, 1, &info, &err), 0);
    ck_assert(port.call[0].write);
    ck_assert_uint_eq(port.call[0].offset, 6);
    ck_assert_uint_eq(port.call[0].value, 0x1234);
    ck_assert_uint_eq(port.call[0].current_slot, exitstat_device(2));
    ck_assert_int_eq(info.reason, EXIT_PIO_OUT);

    ck_assert_int_eq(do_pio(0x104, 4, false, 1, &info, &err), 0);
    ck_assert(!port.call[1].write);
    ck_assert(!memcmp((uint8_t *)run + DATA_AT, "\1\2\3\4", 4));
    ck_assert_int_eq(info.reason, EXIT_PIO_IN);
    ck_assert_str_eq(info.region->name, "port");
    ck_assert_uint_eq(port.calls, 2);
    tear_down();
}
END_TEST

START_TEST(string_io_accesses_once_per_element)
{
    struct exit_info info;
    struct err err;

    set_up();
    memcpy((uint8_t *)run + DATA_AT, "abcdef", 6);
    ck_assert_int_eq(do_pio(0x100, 2, true, 3, &info, &err), 0);
    ck_assert_uint_eq(port.calls, 3);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_uint_eq(port.call[i].offset, 0);
        ck_assert_uint_eq(port.call[i].bytes, 2);
        ck_assert_uint_eq(port.call[i].value, (uint64_t)("ace"[i]) | (uint64_t)("bdf"[i]) << 8);
    }
    ck_assert_int_eq(do_pio(0x100, 1, false, 8, &info, &err), 0);
    ck_assert_uint_eq(port.calls, 11);
    ck_assert(!memcmp((uint8_t *)run + DATA_AT, "\1\2\3\4\5\6\7\10", 8));
    tear_down();
}
END_TEST

START_TEST(a_device_error_is_returned)
{
    struct exit_info info;
    struct err err = {0};

    set_up();
    device.fail_at = 1;
    ck_assert_int_eq(do_mmio(0xc0000000, 1, true, 0, &info, &err), -1);
    ck_assert_str_eq(err.text, "device error");
    ck_assert_str_eq(info.region->name, "device");
    /* The elements after the failed one are not accessed. */
    port.fail_at = 2;
    ck_assert_int_eq(do_pio(0x100, 1, true, 5, &info, &err), -1);
    ck_assert_uint_eq(port.calls, 2);
    tear_down();
}
END_TEST

START_TEST(an_access_to_no_device_is_an_error)
{
    struct exit_info info;
    struct err err = {0};

    set_up();
    ck_assert_int_eq(do_mmio(0xc0002000, 4, false, 0, &info, &err), -1);
    ck_assert_str_eq(err.text, "guest: 4-byte read of address 0xc0002000: no device");
    ck_assert_int_eq(info.reason, EXIT_MMIO_READ);
    ck_assert_ptr_null(info.region);
    /* Across two devices. */
    ck_assert_int_eq(do_mmio(0xc0000ffc, 8, true, 0, &info, &err), -1);
    ck_assert_str_eq(err.text, "guest: 8-byte write to address 0xc0000ffc: no device");
    ck_assert_int_eq(do_pio(0x108, 1, false, 1, &info, &err), -1);
    ck_assert_str_eq(err.text, "guest: 1-byte read of port 0x108: no device");
    ck_assert_int_eq(info.reason, EXIT_PIO_IN);
    ck_assert_int_eq(do_pio(0x106, 4, true, 1, &info, &err), -1);
    ck_assert_str_eq(err.text, "guest: 4-byte write to port 0x106: no device");
    ck_assert_uint_eq(device.calls + harness.calls + port.calls, 0);
    tear_down();
}
END_TEST

START_TEST(other_exits_have_a_reason_and_message)
{
    static const struct {
        uint32_t reason, suberror;
        int result;
        enum exit_reason accounted;
        const char *text;
    } exits[] = {
        {KVM_EXIT_INTR, 0, 0, EXIT_SIGNAL, ""},
        {KVM_EXIT_IOAPIC_EOI, 0, 0, EXIT_EOI, ""},
        {KVM_EXIT_SHUTDOWN, 0, -1, EXIT_SHUTDOWN, "triple fault"},
        {KVM_EXIT_INTERNAL_ERROR, KVM_INTERNAL_ERROR_EMULATION, -1, EXIT_INTERNAL_ERROR,
         "KVM internal error 1: instruction emulation failed"},
        {KVM_EXIT_INTERNAL_ERROR, KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON, -1,
         EXIT_INTERNAL_ERROR, "KVM internal error 4: unexpected hardware exit reason"},
        {KVM_EXIT_INTERNAL_ERROR, 0, -1, EXIT_INTERNAL_ERROR, "KVM internal error 0: unknown"},
        {KVM_EXIT_INTERNAL_ERROR, 77, -1, EXIT_INTERNAL_ERROR, "KVM internal error 77: unknown"},
        {KVM_EXIT_INTERNAL_ERROR, UINT32_MAX, -1, EXIT_INTERNAL_ERROR, "4294967295: unknown"},
        {KVM_EXIT_FAIL_ENTRY, 0, -1, EXIT_INTERNAL_ERROR, "hardware reason"},
        {KVM_EXIT_UNKNOWN, 0, -1, EXIT_OTHER, "unhandled KVM exit reason 0"},
        {KVM_EXIT_HLT, 0, -1, EXIT_OTHER, "unhandled KVM exit reason 5"},
        {1000, 0, -1, EXIT_OTHER, "unhandled KVM exit reason 1000"},
        {UINT32_MAX, 0, -1, EXIT_OTHER, "unhandled KVM exit reason 4294967295"},
    };

    set_up();
    for (unsigned i = 0; i < sizeof(exits) / sizeof(exits[0]); i++) {
        struct exit_info info = {.region = &mmio.region[0]};
        struct err err = {0};

        run->exit_reason = exits[i].reason;
        run->internal.suberror = exits[i].suberror;
        ck_assert_int_eq(exit_handle(&env, run, &info, &err), exits[i].result);
        ck_assert_int_eq(info.reason, exits[i].accounted);
        ck_assert_ptr_null(info.region);
        ck_assert_msg(strstr(err.text, exits[i].text) != NULL, "%s", err.text);
    }
    tear_down();
}
END_TEST

/* How many exits each slot counts: the reason's and the device's. */
static void check_accounted(enum exit_reason reason, uint64_t by_reason, unsigned number,
                            uint64_t by_device)
{
    ck_assert_uint_eq(stat->slot[reason].count, by_reason);
    ck_assert_uint_eq(stat->slot[exitstat_device(number)].count, by_device);
}

START_TEST(harness_exits_are_accounted_apart)
{
    struct exit_info info;
    struct err err;

    set_up();
    do_mmio(0xc0000000, 8, true, 0, &info, &err);
    exit_account(&env, &info, 50);
    check_accounted(EXIT_MMIO_WRITE, 1, 3, 1);
    do_mmio(0xc0001000, 8, true, 0, &info, &err);
    exit_account(&env, &info, 60);
    check_accounted(EXIT_MMIO_WRITE, 1, 1, 1);
    do_pio(0x100, 1, true, 1, &info, &err);
    exit_account(&env, &info, 70);
    check_accounted(EXIT_PIO_OUT, 1, 2, 1);
    run->exit_reason = KVM_EXIT_INTR;
    exit_handle(&env, run, &info, &err);
    exit_account(&env, &info, 80);
    ck_assert_uint_eq(stat->slot[EXIT_SIGNAL].count, 1);
    ck_assert_uint_eq(stat->slot[EXIT_SIGNAL].sum_ns, 80);
    ck_assert_uint_eq(stat->slot[exitstat_device(1)].sum_ns, 60);
    tear_down();
}
END_TEST

static void account(const struct bus_region *region, uint64_t ns)
{
    const struct exit_info info = {.reason = EXIT_MMIO_WRITE, .region = region};

    exit_account(&env, &info, ns);
}

START_TEST(times_are_recorded_up_to_the_capacity)
{
    const struct bus_region *region = &mmio.region[0];
    uint32_t room[4] = {0};

    set_up();
    account(region, 1); /* recording is off */
    times = (struct exit_times){.ns = room, .capacity = 3};
    account(region, 50);
    account(NULL, 60);
    account(region, (uint64_t)UINT32_MAX + 70);
    account(region, 65);
    ck_assert_uint_eq(times.count, 3);
    account(region, 80);
    ck_assert_uint_eq(times.count, 3);
    ck_assert_uint_eq(room[0], 50);
    /* An exit without a device is not recorded. */
    ck_assert_uint_eq(room[1], UINT32_MAX);
    ck_assert_uint_eq(room[2], 65);
    ck_assert_uint_eq(room[3], 0);
    /* All of them are counted. */
    ck_assert_uint_eq(stat->slot[EXIT_MMIO_WRITE].count, 6);
    tear_down();
}
END_TEST

START_TEST(harness_exits_are_not_recorded)
{
    const struct bus_region *region;
    uint32_t room[4] = {0};

    set_up();
    times = (struct exit_times){.ns = room, .capacity = 4};
    region = bus_find(&mmio, 0xc0001000, 8);
    ck_assert(region && region->for_harness);
    account(region, 50);
    ck_assert_uint_eq(times.count, 0);
    account(bus_find(&mmio, 0xc0000000, 8), 60);
    ck_assert_uint_eq(times.count, 1);
    ck_assert_uint_eq(room[0], 60);
    tear_down();
}
END_TEST

SUITE_MAIN("exit", an_mmio_write_reaches_its_device, an_mmio_read_returns_the_devices_data,
           ports_are_on_a_separate_bus, string_io_accesses_once_per_element,
           a_device_error_is_returned, an_access_to_no_device_is_an_error,
           other_exits_have_a_reason_and_message, harness_exits_are_accounted_apart,
           times_are_recorded_up_to_the_capacity, harness_exits_are_not_recorded)
