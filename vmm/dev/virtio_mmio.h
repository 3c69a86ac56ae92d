/* SPDX-License-Identifier: MIT */
/*
 * The MMIO transport of virtio devices (VIRTIO 1.2, 4.2), version 2, once for all of them:
 * features, status, queues' addresses, configuration, interrupts and reset. A device adds what it
 * is.
 *
 * The driver's registers are written by vCPUs, any of them, while a thread of the device's may be
 * at work on its queues; between start() and stop() a queue belongs to the device.
 */
#ifndef DEV_VIRTIO_MMIO_H
#define DEV_VIRTIO_MMIO_H

#include <pthread.h>

#include "vmm/bus/bus.h"
#include "vmm/dev/virtqueue.h"

#define VIRTIO_QUEUES_MAX 2

struct virtio_mmio;

/* What a device does. */
struct virtio_ops {
    uint32_t id; /* VIRTIO_ID_* */
    unsigned queues;
    /*
     * The driver is ready: virtio_mmio_queue() gives its queues. Returns 0, or -1 with why the
     * device cannot go on.
     */
    int (*start)(void *device, struct err *err);
    /* A reset: when it returns, the device does not touch its queues any more. */
    void (*stop)(void *device);
    /* The driver has made something available; on the vCPU's thread, after start(). */
    void (*kick)(void *device, unsigned queue);
};

struct virtio_queue {
    struct virtqueue_layout layout;
    bool ready;
};

/* How a device gets the driver's attention. */
struct virtio_interrupt {
    /* On any thread. Returns 0, or -1. NULL: there is no interrupt, and the driver looks itself. */
    int (*raise)(void *ctx, struct err *err);
    void *ctx;
};

struct virtio_mmio {
    const struct virtio_ops *ops;
    void *device;
    const struct guestmem *mem;
    uint64_t features; /* offered */
    const void *config;
    unsigned config_bytes;
    unsigned queue_max; /* entries */
    struct virtio_interrupt interrupt;

    pthread_mutex_t lock; /* of what follows, but for what is atomic */
    uint32_t status;      /* atomic */
    uint32_t interrupts;  /* atomic: VIRTIO_INTERRUPT_* */
    uint64_t driver_features;
    uint32_t device_features_sel, driver_features_sel, queue_sel;
    struct virtio_queue queue[VIRTIO_QUEUES_MAX];
    bool started;

    uint64_t errors;   /* atomic: what the driver did that no driver may */
    struct err error;  /* the first of them */
    bool error_stored; /* atomic: `error` is there */
};

extern const struct bus_ops virtio_mmio_ops;

/*
 * virtio_mmio_init(): a device that offers `features`, of its own and of the queues';
 * VIRTIO_F_VERSION_1 is added. All pointers must outlive it.
 */
void virtio_mmio_init(struct virtio_mmio *mmio, const struct virtio_ops *ops, void *device,
                      const struct guestmem *mem, uint64_t features, unsigned queue_max);

/* virtio_mmio_set_config(): the device's configuration space. */
void virtio_mmio_set_config(struct virtio_mmio *mmio, const void *config, unsigned bytes);

/* virtio_mmio_queue(): in start(): where the driver has put a queue; NULL: it uses none. */
const struct virtqueue_layout *virtio_mmio_queue(const struct virtio_mmio *mmio, unsigned queue);

/* virtio_mmio_has(): in start() and later: whether a feature was negotiated. */
bool virtio_mmio_has(const struct virtio_mmio *mmio, uint64_t feature);

/* virtio_mmio_used(): tell the driver that buffers were used; on any thread. */
void virtio_mmio_used(struct virtio_mmio *mmio);

/*
 * virtio_mmio_fail(): the driver has done what no driver may: count it, and ask for a reset. On
 * any thread.
 */
void virtio_mmio_fail(struct virtio_mmio *mmio, const struct err *err);

/* virtio_mmio_end(): stop the device, as a reset does; the last thing that is done with it. */
void virtio_mmio_end(struct virtio_mmio *mmio);

#endif
