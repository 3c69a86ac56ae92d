/* SPDX-License-Identifier: MIT */
#include <libfdt.h>
#include <string.h>

#include "guest/kernels/kernel.h"
#include "guest/kvm/machine.h"
#include "guest/kvm/runtime.h"
#include "guest/kvm/virtio.h"

/* Check the device status once in this many polls of an unchanged used ring. */
#define POLLS_PER_CHECK (1u << 24)

_Alignas(4096) struct virtq_desc virtio_desc[VIRTIO_QUEUE_MAX];

/* The rings: flags, index, entries, used_event or avail_event. */
static struct {
    _Alignas(4096) uint16_t avail[2 + VIRTIO_QUEUE_MAX + 1];
    _Alignas(4096) uint32_t used[1 + 2 * VIRTIO_QUEUE_MAX + 1];
} rings;

static struct virtq_avail *avail_ring(void)
{
    return (struct virtq_avail *)rings.avail;
}

static struct virtq_used *used_ring(void)
{
    return (struct virtq_used *)rings.used;
}

static uint32_t read_reg(volatile uint8_t *regs, unsigned offset)
{
    return *(volatile uint32_t *)(regs + offset);
}

static void write_reg(volatile uint8_t *regs, unsigned offset, uint32_t value)
{
    *(volatile uint32_t *)(regs + offset) = value;
}

volatile uint8_t *virtio_find(const void *dtb, uint32_t id, bool *interrupts)
{
    int node = -1;

    while ((node = fdt_node_offset_by_compatible(dtb, node, "virtio,mmio")) >= 0) {
        const fdt64_t *reg = fdt_getprop(dtb, node, "reg", NULL);
        volatile uint8_t *regs = reg ? (volatile uint8_t *)fdt64_ld(reg) : NULL;

        *interrupts = fdt_getprop(dtb, node, "interrupts", NULL) != NULL;
        if (regs && read_reg(regs, VIRTIO_MMIO_MAGIC_VALUE) == VIRTIO_MMIO_MAGIC &&
            read_reg(regs, VIRTIO_MMIO_VERSION) == VIRTIO_MMIO_VERSION_2 &&
            read_reg(regs, VIRTIO_MMIO_DEVICE_ID) == id)
            return regs;
    }
    return NULL;
}

static void add_status(volatile uint8_t *regs, uint32_t bit)
{
    write_reg(regs, VIRTIO_MMIO_STATUS, read_reg(regs, VIRTIO_MMIO_STATUS) | bit);
}

static bool has_status(volatile uint8_t *regs, uint32_t bit)
{
    return read_reg(regs, VIRTIO_MMIO_STATUS) & bit;
}

static void reset(volatile uint8_t *regs)
{
    write_reg(regs, VIRTIO_MMIO_STATUS, 0);
    while (read_reg(regs, VIRTIO_MMIO_STATUS))
        cpu_relax();
}

int virtio_begin(struct virtio *virtio, volatile uint8_t *regs, bool interrupts, uint64_t wanted)
{
    *virtio = (struct virtio){.regs = regs, .interrupts = interrupts};
    reset(regs);
    add_status(regs, VIRTIO_STATUS_ACKNOWLEDGE);
    add_status(regs, VIRTIO_STATUS_DRIVER);
    for (uint32_t half = 0; half < 2; half++) {
        uint32_t accepted;

        write_reg(regs, VIRTIO_MMIO_DEVICE_FEATURES_SEL, half);
        accepted = read_reg(regs, VIRTIO_MMIO_DEVICE_FEATURES) & (uint32_t)(wanted >> 32 * half);
        virtio->features |= (uint64_t)accepted << 32 * half;
        write_reg(regs, VIRTIO_MMIO_DRIVER_FEATURES_SEL, half);
        write_reg(regs, VIRTIO_MMIO_DRIVER_FEATURES, accepted);
    }
    add_status(regs, VIRTIO_STATUS_FEATURES_OK);
    return has_status(regs, VIRTIO_STATUS_FEATURES_OK) ? 0 : -1;
}

uint32_t virtio_config(const struct virtio *virtio, unsigned offset)
{
    return read_reg(virtio->regs, VIRTIO_MMIO_CONFIG + offset);
}

static void set_address(volatile uint8_t *regs, unsigned low, const void *address)
{
    write_reg(regs, low, (uint32_t)(uintptr_t)address);
    write_reg(regs, low + 4, (uint32_t)((uintptr_t)address >> 32));
}

static uint16_t load16(const uint16_t *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void store16(uint16_t *word, uint16_t value)
{
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

static bool has_event_idx(const struct virtio *virtio)
{
    return virtio->features & VIRTIO_F_EVENT_IDX;
}

/*
 * Number of chains after the next one to wait for before an interrupt: half of those in flight, so
 * that one interrupt covers several while the device still has work.
 */
static uint16_t interrupt_delay(const struct virtio *virtio)
{
    uint16_t in_flight = (uint16_t)(virtio->published - virtio->next_used);

    return in_flight > 2 ? (uint16_t)(in_flight / 2 - 1) : 0;
}

/* Enable or disable the interrupt for the next used chains. */
static void want_interrupt(struct virtio *virtio, bool wanted)
{
    struct virtq_avail *avail = avail_ring();

    /* A used_event that the used index has passed disables the interrupt. */
    if (has_event_idx(virtio))
        store16(&avail->ring[virtio->size],
                (uint16_t)(virtio->next_used + (wanted ? interrupt_delay(virtio) : -1)));
    else
        store16(&avail->flags, wanted ? 0 : VIRTQ_AVAIL_F_NO_INTERRUPT);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

int virtio_run(struct virtio *virtio)
{
    volatile uint8_t *regs = virtio->regs;
    uint32_t size;

    write_reg(regs, VIRTIO_MMIO_QUEUE_SEL, 0);
    size = read_reg(regs, VIRTIO_MMIO_QUEUE_NUM_MAX);
    virtio->size = size < VIRTIO_QUEUE_MAX ? size : VIRTIO_QUEUE_MAX;
    memset(&rings, 0, sizeof(rings));
    want_interrupt(virtio, false);
    write_reg(regs, VIRTIO_MMIO_QUEUE_NUM, virtio->size);
    set_address(regs, VIRTIO_MMIO_QUEUE_DESC_LOW, virtio_desc);
    set_address(regs, VIRTIO_MMIO_QUEUE_DRIVER_LOW, rings.avail);
    set_address(regs, VIRTIO_MMIO_QUEUE_DEVICE_LOW, rings.used);
    write_reg(regs, VIRTIO_MMIO_QUEUE_READY, 1);
    add_status(regs, VIRTIO_STATUS_DRIVER_OK);
    return has_status(regs, VIRTIO_STATUS_NEEDS_RESET) ? -1 : 0;
}

void virtio_push(struct virtio *virtio, uint16_t head)
{
    avail_ring()->ring[virtio->next_avail++ & (virtio->size - 1)] = head;
}

void virtio_publish(struct virtio *virtio)
{
    const struct virtq_used *used = used_ring();
    uint16_t old = virtio->published;
    bool kick;

    if (old == virtio->next_avail)
        return;
    virtio->published = virtio->next_avail;
    store16(&avail_ring()->idx, virtio->next_avail);
    /* Write the index, then read avail_event; the device does the reverse (2.7.13.4). */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (has_event_idx(virtio))
        kick = virtq_need_event(load16((const uint16_t *)&used->ring[virtio->size]),
                                virtio->next_avail, old);
    else
        kick = !(load16(&used->flags) & VIRTQ_USED_F_NO_NOTIFY);
    if (kick)
        write_reg(virtio->regs, VIRTIO_MMIO_QUEUE_NOTIFY, 0);
}

static bool any_used(const struct virtio *virtio)
{
    return load16(&used_ring()->idx) != virtio->next_used;
}

bool virtio_pop(struct virtio *virtio, uint16_t *head)
{
    if (!any_used(virtio))
        return false;
    *head = (uint16_t)used_ring()->ring[virtio->next_used++ & (virtio->size - 1)].id;
    return true;
}

static void check_status(struct virtio *virtio)
{
    virtio->failed = has_status(virtio->regs, VIRTIO_STATUS_NEEDS_RESET);
}

static void poll(struct virtio *virtio)
{
    for (unsigned polls = 1; !any_used(virtio) && !virtio->failed; polls++) {
        cpu_relax();
        if (!(polls % POLLS_PER_CHECK))
            check_status(virtio);
    }
}

/* The work of a driver's interrupt handler. */
static void acknowledge(struct virtio *virtio)
{
    uint32_t cause = read_reg(virtio->regs, VIRTIO_MMIO_INTERRUPT_STATUS);

    write_reg(virtio->regs, VIRTIO_MMIO_INTERRUPT_ACK, cause);
    if (cause & VIRTIO_INTERRUPT_CONFIG)
        check_status(virtio);
}

void virtio_wait(struct virtio *virtio)
{
    const struct cpu_local *local = guest_local();

    if (!virtio->interrupts) {
        poll(virtio);
        return;
    }
    while (!any_used(virtio) && !virtio->failed) {
        uint32_t seen = __atomic_load_n(&local->interrupts, __ATOMIC_ACQUIRE);

        want_interrupt(virtio, true);
        if (any_used(virtio))
            break;
        ring0_call(RING0_SLEEP, seen, 0);
        if (__atomic_load_n(&local->interrupts, __ATOMIC_ACQUIRE) != seen)
            acknowledge(virtio);
    }
    want_interrupt(virtio, false);
}

void virtio_reset(struct virtio *virtio)
{
    reset(virtio->regs);
}
