/* SPDX-License-Identifier: MIT */
/* Coalesced writes, from a ring that the test fills as KVM does. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/suite.h"
#include "vmm/exec/coalesced.h"

#define MEMORY_BASE 0xc0002000u
#define PORT_BASE   0x300u
#define RING_BYTES  4096u
#define CALLS_MAX   512

/* The entries that fit into a page. */
#define ENTRIES                                                         \
    ((unsigned)((RING_BYTES - sizeof(struct kvm_coalesced_mmio_ring)) / \
                sizeof(struct kvm_coalesced_mmio)))

struct recorder {
    bool port;
};

static struct recorder memory = {false}, ports = {true};
static struct {
    bool port;
    uint64_t offset, value;
    unsigned bytes;
} call[CALLS_MAX];
static unsigned calls, fail_at;
static struct bus mmio, pio;
static struct coalesced coalesced;
static char fake_vcpu;
static struct vcpu *const vcpu = (struct vcpu *)&fake_vcpu; /* devices do not look into it */
static struct kvm_coalesced_mmio_ring *ring;

static int device_write(void *ctx, struct vcpu *by, uint64_t offset, const void *data,
                        unsigned bytes, struct err *err)
{
    const struct recorder *to = ctx;

    ck_assert_ptr_eq(by, vcpu);
    ck_assert_uint_lt(calls, CALLS_MAX);
    call[calls].port = to->port;
    call[calls].offset = offset;
    call[calls].bytes = bytes;
    call[calls].value = 0;
    memcpy(&call[calls].value, data, bytes);
    return ++calls == fail_at ? err_set(err, ERR_FAILED, "device error") : 0;
}

/* An empty ring whose first entry is `first`. */
static void set_up(unsigned first)
{
    static const struct bus_ops ops = {.write = device_write};
    const struct bus_region region = {
        .base = MEMORY_BASE, .bytes = 0x1000, .ops = &ops, .device = &memory};
    const struct bus_region port = {.base = PORT_BASE, .bytes = 32, .ops = &ops, .device = &ports};
    struct err err;

    mmio.count = pio.count = calls = fail_at = 0;
    ck_assert(!bus_add(&mmio, &region, &err) && !bus_add(&pio, &port, &err));
    ck_assert(!bus_freeze(&mmio, &err) && !bus_freeze(&pio, &err));
    ring = calloc(1, RING_BYTES);
    ck_assert(ring != NULL);
    ring->first = ring->last = first;
    coalesced_init(&coalesced, &mmio, &pio);
    coalesced_set_ring(&coalesced, ring);
}

/* Add a write as KVM does: the entry first, then `last`. */
static void gather(bool port, uint64_t address, unsigned bytes, uint64_t value)
{
    struct kvm_coalesced_mmio *write = &ring->coalesced_mmio[ring->last];

    *write = (struct kvm_coalesced_mmio){.phys_addr = address, .len = bytes, .pio = port};
    memcpy(write->data, &value, sizeof(write->data));
    ring->last = (ring->last + 1) % ENTRIES;
    ck_assert_uint_ne(ring->last, ring->first);
}

static int serve(struct err *err)
{
    *err = (struct err){0};
    return coalesced_serve(&coalesced, vcpu, err);
}

START_TEST(without_a_ring_nothing_is_served)
{
    struct err err;

    set_up(0);
    coalesced_init(&coalesced, &mmio, &pio);
    gather(false, MEMORY_BASE, 4, 1);
    ck_assert_int_eq(serve(&err), 0);
    ck_assert_uint_eq(calls, 0);
    /* Without KVM_CAP_COALESCED_MMIO there is no ring. */
    coalesced_set_ring(&coalesced, NULL);
    ck_assert_int_eq(serve(&err), 0);
    free(ring);
}
END_TEST

START_TEST(writes_are_served_in_order_on_their_bus)
{
    struct err err;

    set_up(0);
    ck_assert_int_eq(serve(&err), 0);
    gather(false, MEMORY_BASE + 0x18, 4, 0x11223344);
    gather(true, PORT_BASE + 0x18, 2, 0x5566);
    gather(false, MEMORY_BASE, 8, 0x123456789abcdef0);
    ck_assert_int_eq(serve(&err), 0);
    ck_assert_uint_eq(calls, 3);
    ck_assert(!call[0].port && call[1].port && !call[2].port);
    ck_assert_uint_eq(call[0].offset, 0x18);
    ck_assert_uint_eq(call[0].bytes, 4);
    ck_assert_uint_eq(call[0].value, 0x11223344);
    ck_assert_uint_eq(call[1].offset, 0x18);
    ck_assert_uint_eq(call[1].bytes, 2);
    ck_assert_uint_eq(call[1].value, 0x5566);
    ck_assert_uint_eq(call[2].value, 0x123456789abcdef0);
    ck_assert_uint_eq(ring->first, 3);
    /* Each write is served once. */
    ck_assert_int_eq(serve(&err), 0);
    ck_assert_uint_eq(calls, 3);
    free(ring);
}
END_TEST

START_TEST(the_ring_wraps_around)
{
    struct err err;

    for (unsigned first = 0; first < ENTRIES; first += ENTRIES - 1) {
        set_up(first);
        for (unsigned i = 0; i < ENTRIES - 1; i++)
            gather(i % 2, i % 2 ? PORT_BASE : MEMORY_BASE, 4, i);
        ck_assert_int_eq(serve(&err), 0);
        ck_assert_uint_eq(calls, ENTRIES - 1);
        for (unsigned i = 0; i < calls; i++)
            ck_assert(call[i].value == i && call[i].port == i % 2);
        ck_assert_uint_eq(ring->first, ring->last);
        ck_assert_uint_lt(ring->first, ENTRIES);
        free(ring);
    }
}
END_TEST

START_TEST(a_device_error_stops_serving)
{
    struct err err;

    set_up(ENTRIES - 1);
    for (unsigned i = 0; i < 3; i++)
        gather(false, MEMORY_BASE, 4, i);
    fail_at = 2;
    ck_assert_int_eq(serve(&err), -1);
    ck_assert_str_eq(err.text, "device error");
    ck_assert_uint_eq(calls, 2);
    /* The failed write is not repeated. */
    ck_assert_int_eq(serve(&err), 0);
    ck_assert_uint_eq(calls, 3);
    ck_assert_uint_eq(call[2].value, 2);
    free(ring);
}
END_TEST

START_TEST(a_write_to_no_device_is_dropped)
{
    struct err err;

    set_up(0);
    gather(false, PORT_BASE, 4, 1);
    gather(true, MEMORY_BASE, 4, 2);
    gather(false, MEMORY_BASE + 0xffe, 4, 3);
    gather(true, PORT_BASE + 31, 1, 4);
    ck_assert_int_eq(serve(&err), 0);
    ck_assert_uint_eq(calls, 1);
    ck_assert_uint_eq(call[0].value, 4);
    ck_assert_uint_eq(ring->first, 4);
    free(ring);
}
END_TEST

SUITE_MAIN("coalesced", without_a_ring_nothing_is_served, writes_are_served_in_order_on_their_bus,
           the_ring_wraps_around, a_device_error_stops_serving, a_write_to_no_device_is_dropped)
