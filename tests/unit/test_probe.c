/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "vmm/dev/probe.h"

#define MMIO(way) (MINIVMM_CONTROL_MMIO + (way)*8u)
#define PIO(way)  (MINIVMM_CONTROL_PIO + (way)*8u)

/* A probe_host that records its calls and fails on demand. */
static struct {
    unsigned connected, worked, interrupts, kept;
    enum minivmm_probe_work kind;
    uint64_t count, sent;
    unsigned vcpu, vector, delay_ns;
    bool keep, fail;
} vmm;

static struct probe probe;
static char fake_vcpu;
static struct vcpu *const vcpu = (struct vcpu *)&fake_vcpu; /* the probe only passes it on */

static void host_connect(void *ctx, struct vcpu *by)
{
    ck_assert(ctx == &vmm && by == vcpu);
    vmm.connected++;
    probe.mmio.ways |= 1u << MINIVMM_PROBE_EVENT;
    probe.pio.ways |= 1u << MINIVMM_PROBE_COALESCED;
}

static int host_work(void *ctx, struct vcpu *by, enum minivmm_probe_work work, uint64_t count,
                     uint64_t *ticks, struct err *err)
{
    ck_assert(ctx == &vmm && by == vcpu);
    vmm.worked++;
    vmm.kind = work;
    vmm.count = count;
    *ticks = 1000 + vmm.worked;
    return vmm.fail ? err_set(err, ERR_FAILED, "work failed") : 0;
}

static int host_interrupt(void *ctx, unsigned target, unsigned vector, unsigned delay_ns,
                          struct err *err)
{
    ck_assert_ptr_eq(ctx, &vmm);
    vmm.interrupts++;
    vmm.vcpu = target;
    vmm.vector = vector;
    vmm.delay_ns = delay_ns;
    return vmm.fail ? err_set(err, ERR_FAILED, "interrupt failed") : 0;
}

static uint64_t host_interrupt_time(void *ctx, struct vcpu *by)
{
    ck_assert(ctx == &vmm && by == vcpu);
    return vmm.sent;
}

static int host_keep_times(void *ctx, struct vcpu *by, bool keep, struct err *err)
{
    ck_assert(ctx == &vmm && by == vcpu);
    vmm.kept++;
    vmm.keep = keep;
    return vmm.fail ? err_set(err, ERR_FAILED, "times failed") : 0;
}

static void set_up(void)
{
    static const struct probe_host host = {host_connect,        host_work,       host_interrupt,
                                           host_interrupt_time, host_keep_times, &vmm};

    memset(&vmm, 0, sizeof(vmm));
    probe_init(&probe, &host);
}

static int control_put(uint64_t reg, uint64_t value, struct err *err)
{
    return probe_control_ops.write(&probe, vcpu, reg, &value, sizeof(value), err);
}

static void must_put(uint64_t reg, uint64_t value)
{
    struct err err = {0};

    ck_assert_msg(!control_put(reg, value, &err), "%s", err.text);
}

static uint64_t control(uint64_t reg)
{
    uint64_t value = 0x5a5a5a5a5a5a5a5a;
    struct err err = {0};

    ck_assert_msg(!probe_control_ops.read(&probe, vcpu, reg, &value, sizeof(value), &err), "%s",
                  err.text);
    return value;
}

static int touch(struct probe_side *side, bool write, uint64_t offset, unsigned bytes)
{
    uint64_t value = 0;
    struct err err = {0};
    int result = write ? probe_ops.write(side, NULL, offset, &value, bytes, &err)
                       : probe_ops.read(side, NULL, offset, &value, bytes, &err);

    ck_assert_msg(!result || strstr(err.text, "unknown probe register"), "%s", err.text);
    return result;
}

START_TEST(accesses_count_by_side_and_way)
{
    set_up();
    for (unsigned way = 0; way < MINIVMM_PROBE_WAYS; way++)
        for (unsigned i = 0; i <= way; i++) {
            ck_assert_int_eq(touch(&probe.mmio, true, way * 8, 4), 0);
            ck_assert_int_eq(i ? 0 : touch(&probe.pio, true, way * 8, 4), 0);
        }
    ck_assert_int_eq(touch(&probe.pio, false, 0, 4), 0);
    for (unsigned way = 0; way < MINIVMM_PROBE_WAYS; way++) {
        ck_assert_uint_eq(control(MMIO(way)), way + 1);
        ck_assert_uint_eq(control(PIO(way)), way == MINIVMM_PROBE_USER ? 2 : 1);
    }
}
END_TEST

START_TEST(a_read_returns_zeros_of_its_width)
{
    struct err err;

    set_up();
    for (unsigned bytes = 1; bytes <= 8; bytes *= 2) {
        uint64_t value = UINT64_MAX;

        ck_assert_int_eq(probe_ops.read(&probe.mmio, NULL, 0, &value, bytes, &err), 0);
        ck_assert_uint_eq(value, bytes < 8 ? UINT64_MAX << 8 * bytes : 0);
    }
    ck_assert_uint_eq(control(MMIO(MINIVMM_PROBE_USER)), 4);
}
END_TEST

START_TEST(unknown_probe_registers_are_refused)
{
    set_up();
    ck_assert_int_eq(touch(&probe.mmio, true, MINIVMM_PROBE_WAYS * 8, 4), -1);
    ck_assert_int_eq(touch(&probe.mmio, true, MINIVMM_DEVICE_BYTES - 1, 1), -1);
    for (unsigned way = MINIVMM_PROBE_EVENT; way <= MINIVMM_PROBE_WAYS; way++)
        ck_assert_int_eq(touch(&probe.pio, false, way * 8, 4), -1);
    for (unsigned way = 0; way < MINIVMM_PROBE_WAYS; way++)
        ck_assert_uint_eq(control(MMIO(way)) + control(PIO(way)), 0);
}
END_TEST

START_TEST(with_an_eventfd_only_its_signals_count)
{
    uint64_t three = 3;

    set_up();
    probe.pio.event[MINIVMM_PROBE_MATCH] = eventfd(0, EFD_NONBLOCK);
    ck_assert_int_ge(probe.pio.event[MINIVMM_PROBE_MATCH], 0);
    /* No signal yet, and the read does not block. */
    ck_assert_uint_eq(control(PIO(MINIVMM_PROBE_MATCH)), 0);
    ck_assert_int_eq(write(probe.pio.event[MINIVMM_PROBE_MATCH], &three, sizeof(three)), 8);
    ck_assert_int_eq(touch(&probe.pio, true, MINIVMM_PROBE_MATCH * 8, 2), 0);
    ck_assert_uint_eq(control(PIO(MINIVMM_PROBE_MATCH)), 3);
    ck_assert_uint_eq(control(PIO(MINIVMM_PROBE_MATCH)), 3);
    ck_assert_uint_eq(control(PIO(MINIVMM_PROBE_EVENT)), 0);
    ck_assert_uint_eq(control(MMIO(MINIVMM_PROBE_MATCH)), 0);
    close(probe.pio.event[MINIVMM_PROBE_MATCH]);
}
END_TEST

START_TEST(the_first_read_of_ways_connects)
{
    set_up();
    control(MMIO(0));
    ck_assert_uint_eq(vmm.connected, 0);
    for (unsigned i = 0; i < 2; i++)
        ck_assert_uint_eq(control(MINIVMM_CONTROL_WAYS),
                          1u << MINIVMM_PROBE_USER | 1u << MINIVMM_PROBE_EVENT |
                              1u << (8 + MINIVMM_PROBE_USER) | 1u << (8 + MINIVMM_PROBE_COALESCED));
    ck_assert_uint_eq(vmm.connected, 1);
}
END_TEST

START_TEST(unknown_work_kinds_are_refused)
{
    const uint64_t most = (1ull << MINIVMM_CONTROL_WORK_SHIFT) - 1;
    struct err err = {0};

    set_up();
    ck_assert_uint_eq(control(MINIVMM_CONTROL_WORK), 0);
    for (unsigned kind = 0; kind < MINIVMM_WORK_COUNT; kind++) {
        must_put(MINIVMM_CONTROL_WORK,
                 (uint64_t)kind << MINIVMM_CONTROL_WORK_SHIFT | (most - kind));
        ck_assert_uint_eq(vmm.kind, kind);
        ck_assert_uint_eq(vmm.count, most - kind);
        ck_assert_uint_eq(control(MINIVMM_CONTROL_WORK), 1001 + kind);
    }
    for (unsigned kind = MINIVMM_WORK_COUNT; kind < 256; kind++) {
        ck_assert_int_eq(
            control_put(MINIVMM_CONTROL_WORK, (uint64_t)kind << MINIVMM_CONTROL_WORK_SHIFT, &err),
            -1);
        ck_assert_msg(strstr(err.text, "unknown probe work kind") != NULL, "%s", err.text);
    }
    ck_assert_uint_eq(vmm.worked, MINIVMM_WORK_COUNT);
}
END_TEST

START_TEST(interrupt_fields_are_decoded)
{
    set_up();
    must_put(MINIVMM_CONTROL_INTERRUPT, 0x1234567800abcdefull);
    ck_assert_uint_eq(vmm.vcpu, 0xcdef);
    ck_assert_uint_eq(vmm.vector, 0xab);
    ck_assert_uint_eq(vmm.delay_ns, 0x12345678);
    must_put(MINIVMM_CONTROL_INTERRUPT, UINT64_MAX);
    ck_assert_uint_eq(vmm.vcpu, 0xffff);
    ck_assert_uint_eq(vmm.vector, 0xff);
    ck_assert_uint_eq(vmm.delay_ns, UINT32_MAX);
    ck_assert_uint_eq(vmm.interrupts, 2);
    ck_assert_uint_eq(control(MINIVMM_CONTROL_INTERRUPT), 0);
    vmm.sent = 0x123456789abcdef;
    ck_assert_uint_eq(control(MINIVMM_CONTROL_INTERRUPT), 0x123456789abcdef);
}
END_TEST

START_TEST(recording_times_is_switched)
{
    set_up();
    must_put(MINIVMM_CONTROL_TIMES, 1);
    ck_assert(vmm.keep);
    must_put(MINIVMM_CONTROL_TIMES, 0);
    ck_assert(!vmm.keep);
    ck_assert_uint_eq(vmm.kept, 2);
}
END_TEST

START_TEST(a_host_error_is_returned)
{
    static const struct {
        uint64_t reg;
        const char *text;
    } refused[] = {{MINIVMM_CONTROL_WORK, "work failed"},
                   {MINIVMM_CONTROL_INTERRUPT, "interrupt failed"},
                   {MINIVMM_CONTROL_TIMES, "times failed"}};

    set_up();
    must_put(MINIVMM_CONTROL_WORK, 1);
    vmm.fail = true;
    for (unsigned i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct err err = {0};

        ck_assert_int_eq(control_put(refused[i].reg, 1, &err), -1);
        ck_assert_str_eq(err.text, refused[i].text);
    }
    /* The ticks of the last work that succeeded stay. */
    ck_assert_uint_eq(control(MINIVMM_CONTROL_WORK), 1001);
}
END_TEST

/* Every offset and width of the page: only aligned 8-byte accesses to known registers work. */
START_TEST(unknown_control_registers_are_refused)
{
    uint64_t value = 0;
    unsigned read = 0, written = 0;
    struct err err;

    set_up();
    for (uint64_t offset = 0; offset < 0x1000; offset++) {
        for (unsigned bytes = 1; bytes <= 8; bytes *= 2) {
            read += !probe_control_ops.read(&probe, vcpu, offset, &value, bytes, &err);
            written += !probe_control_ops.write(&probe, vcpu, offset, &value, bytes, &err);
        }
    }
    ck_assert_uint_eq(read, 2 * MINIVMM_PROBE_WAYS + 3);
    ck_assert_uint_eq(written, 3);
    ck_assert_int_eq(probe_control_ops.read(&probe, vcpu, MINIVMM_CONTROL_TIMES, &value, 8, &err),
                     -1);
    ck_assert_str_eq(err.text, "guest: 8-byte read of unknown probe-control register 0x98");
    ck_assert_int_eq(control_put(MINIVMM_CONTROL_WAYS, 0, &err), -1);
    ck_assert_str_eq(err.text, "guest: 8-byte write to unknown probe-control register 0x80");
}
END_TEST

SUITE_MAIN("probe", accesses_count_by_side_and_way, a_read_returns_zeros_of_its_width,
           unknown_probe_registers_are_refused, with_an_eventfd_only_its_signals_count,
           the_first_read_of_ways_connects, unknown_work_kinds_are_refused,
           interrupt_fields_are_decoded, recording_times_is_switched, a_host_error_is_returned,
           unknown_control_registers_are_refused)
