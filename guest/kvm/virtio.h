/* SPDX-License-Identifier: MIT */
/*
 * The driver's side of a virtio device on the MMIO transport with one split virtqueue (VIRTIO 1.2,
 * 3.1.1, 2.7, 4.2.3), in ring 3. vmm/dev/virtqueue.h has a picture of the queue.
 *
 * Its memory is static, since a guest has one driver; addresses are the same for guest and device.
 * One vCPU uses it: the one that the device interrupts.
 */
#ifndef KVM_VIRTIO_H
#define KVM_VIRTIO_H

#include <stdbool.h>
#include <stdint.h>

#include "minivmm/virtio.h"

#define VIRTIO_QUEUE_MAX 1024u

struct virtio {
    volatile uint8_t *regs;
    bool interrupts; /* the device has one; otherwise the used ring is looked at */
    uint64_t features;
    unsigned size;                    /* entries of the queue */
    uint16_t next_avail, shown_avail; /* made available; and shown to the device */
    uint16_t next_used;               /* the next to be looked at */
    bool failed;                      /* the device wants a reset */
};

/* Descriptors, for the driver to fill in; entry i belongs to whoever uses i as a head. */
extern struct virtq_desc virtio_desc[VIRTIO_QUEUE_MAX];

/*
 * virtio_find(): the registers of the first device of this kind (VIRTIO_ID_*) in the device tree,
 * and whether it has an interrupt. NULL: there is none.
 */
volatile uint8_t *virtio_find(const void *dtb, uint32_t id, bool *interrupts);

/*
 * virtio_begin(): reset the device and agree on features, of those in `wanted`. Returns 0, or -1 if
 * it is none that this driver knows.
 */
int virtio_begin(struct virtio *virtio, volatile uint8_t *regs, bool interrupts, uint64_t wanted);

/* virtio_config(): a 32-bit word of the device's configuration. */
uint32_t virtio_config(const struct virtio *virtio, unsigned offset);

/* virtio_run(): give it the queue, of as many entries as it takes; it is live then. Or -1. */
int virtio_run(struct virtio *virtio);

/* virtio_offer(): make the chain that begins at `head` available, to be shown by virtio_show(). */
void virtio_offer(struct virtio *virtio, uint16_t head);

/* virtio_show(): show what was offered, and kick if the device wants that. */
void virtio_show(struct virtio *virtio);

/* virtio_used(): the head of the next chain that is done. Returns whether there is one. */
bool virtio_used(struct virtio *virtio, uint16_t *head);

/*
 * virtio_wait(): until something is done, or virtio->failed. Looking, or asleep until the
 * interrupt, whose cause it reads and acknowledges.
 */
void virtio_wait(struct virtio *virtio);

/* virtio_reset(): the device touches nothing any more. */
void virtio_reset(struct virtio *virtio);

#endif
