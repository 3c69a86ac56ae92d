/* SPDX-License-Identifier: MIT */
/*
 * The driver side of a virtio device on the MMIO transport with one split virtqueue (VIRTIO 1.2,
 * 3.1.1, 2.7, 4.2.3), in ring 3. vmm/dev/virtqueue.h has a diagram of the queue.
 *
 * The queue is static, since a guest drives one device at a time; virtual addresses equal
 * guest-physical ones. Only the vCPU that the device interrupts may use the driver.
 */
#ifndef KVM_VIRTIO_H
#define KVM_VIRTIO_H

#include <stdbool.h>
#include <stdint.h>

#include "minivmm/virtio.h"

#define VIRTIO_QUEUE_MAX 1024u

struct virtio {
    volatile uint8_t *regs;
    bool interrupts;     /* the device has an interrupt; otherwise poll the used ring */
    uint64_t features;   /* negotiated */
    unsigned size;       /* of the queue, in entries */
    uint16_t next_avail; /* next entry of the available ring to write */
    uint16_t published;  /* the available index that the device can see */
    uint16_t next_used;  /* next entry of the used ring to read */
    bool failed;         /* the device has set NEEDS_RESET */
};

/* The descriptor table; the caller of virtio_push() fills in the chain. */
extern struct virtq_desc virtio_desc[VIRTIO_QUEUE_MAX];

/*
 * virtio_find(): find the first device with this ID (VIRTIO_ID_*) in the device tree. Returns its
 * registers and sets *interrupts to whether it has an interrupt, or returns NULL.
 */
volatile uint8_t *virtio_find(const void *dtb, uint32_t id, bool *interrupts);

/*
 * virtio_begin(): reset the device and accept the offered features that are in `wanted`. Returns 0,
 * or -1 if the device rejects them (FEATURES_OK is not set).
 */
int virtio_begin(struct virtio *virtio, volatile uint8_t *regs, bool interrupts, uint64_t wanted);

/* virtio_config(): read a 32-bit word of the device configuration space. */
uint32_t virtio_config(const struct virtio *virtio, unsigned offset);

/*
 * virtio_run(): set up the queue, as large as device and driver support, and set DRIVER_OK. Returns
 * 0, or -1 if the device rejects the queue (NEEDS_RESET is set).
 */
int virtio_run(struct virtio *virtio);

/* virtio_push(): put a chain into the available ring. The device sees it after virtio_publish(). */
void virtio_push(struct virtio *virtio, uint16_t head);

/* virtio_publish(): advance the available index past all pushed chains; notify if needed. */
void virtio_publish(struct virtio *virtio);

/* virtio_pop(): take the next chain from the used ring. Returns whether there was one. */
bool virtio_pop(struct virtio *virtio, uint16_t *head);

/*
 * virtio_wait(): wait until the used ring has a chain or virtio->failed is set: by polling, or
 * asleep until the interrupt, which it acknowledges.
 */
void virtio_wait(struct virtio *virtio);

/* virtio_reset(): reset the device, which then accesses guest memory no more. */
void virtio_reset(struct virtio *virtio);

#endif
