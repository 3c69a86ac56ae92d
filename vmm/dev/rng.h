/* SPDX-License-Identifier: MIT */
/*
 * virtio-rng, the entropy device (VIRTIO 1.2, 5.4): the driver offers buffers, the device fills
 * them from the host's getrandom(2). The smallest whole device, and the template for others: a
 * transport, a queue, and what to do with a chain. It works on the thread of the vCPU that kicks.
 */
#ifndef DEV_RNG_H
#define DEV_RNG_H

#include "vmm/dev/virtio_mmio.h"

struct rng {
    struct virtio_mmio mmio;
    pthread_mutex_t lock; /* of the queue: any vCPU may kick */
    struct virtqueue queue;
    bool running;
};

/* rng_init(): `mem` must outlive the device. */
void rng_init(struct rng *rng, const struct guestmem *mem);

#endif
