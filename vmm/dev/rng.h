/* SPDX-License-Identifier: MIT */
/*
 * virtio-rng, the entropy device (VIRTIO 1.2, 5.4): the driver makes buffers available, the device
 * fills them from the host's getrandom(2). It is the smallest device and the template for others: a
 * transport, a queue, and the handling of a chain. It runs on the thread of the vCPU that kicks.
 */
#ifndef DEV_RNG_H
#define DEV_RNG_H

#include "vmm/dev/virtio_mmio.h"

struct rng {
    struct virtio_mmio mmio;
    pthread_mutex_t lock; /* protects the queue: any vCPU may kick */
    struct virtqueue queue;
    bool running;
};

/* rng_init(): `mem` must outlive the device. */
void rng_init(struct rng *rng, const struct guestmem *mem);

#endif
