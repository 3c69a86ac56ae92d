/* SPDX-License-Identifier: MIT */
/*
 * The virtio MMIO transport (VIRTIO 1.2, 4.2), version 2, shared by all devices: features, status,
 * queue addresses, configuration space, interrupts and reset. A device implements struct
 * virtio_ops.
 *
 * Any vCPU may access the registers while a device thread works on the queues. Between start() and
 * stop(), the device owns its queues.
 */
#ifndef DEV_VIRTIO_MMIO_H
#define DEV_VIRTIO_MMIO_H

#include <pthread.h>

#include "vmm/bus/bus.h"
#include "vmm/dev/virtqueue.h"

#define VIRTIO_QUEUES_MAX 2

struct virtio_mmio;

/* The operations of a device. */
struct virtio_ops {
    uint32_t id; /* VIRTIO_ID_* */
    unsigned queues;
    /*
     * The driver has set DRIVER_OK; virtio_mmio_queue() returns its queues. Returns 0, or -1 with
     * *err set.
     */
    int (*start)(void *device, struct err *err);
    /* A reset. After stop() returns, the device does not touch its queues. */
    void (*stop)(void *device);
    /* A kick: the driver has made buffers available. On the vCPU's thread, after start(). */
    void (*kick)(void *device, unsigned queue);
};

struct virtio_queue {
    struct virtqueue_layout layout;
    bool ready;
};

/* A device's interrupt. */
struct virtio_interrupt {
    /* Called on any thread. Returns 0, or -1 with *err set. NULL: none, and the driver polls. */
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

    pthread_mutex_t lock; /* protects what follows, except for the atomic fields */
    uint32_t status;      /* atomic */
    uint32_t interrupts;  /* atomic: VIRTIO_INTERRUPT_* */
    uint64_t driver_features;
    uint32_t device_features_sel, driver_features_sel, queue_sel;
    struct virtio_queue queue[VIRTIO_QUEUES_MAX];
    bool started;

    uint64_t errors;   /* atomic: how often the driver broke the protocol */
    struct err error;  /* the first of these errors */
    bool error_stored; /* atomic: `error` is valid */
};

extern const struct bus_ops virtio_mmio_ops;

/*
 * virtio_mmio_init(): a reset device that offers `features`, those of the device and of the queue,
 * and VIRTIO_F_VERSION_1. `queue_max` is QUEUE_NUM_MAX. All pointers must outlive it.
 */
void virtio_mmio_init(struct virtio_mmio *mmio, const struct virtio_ops *ops, void *device,
                      const struct guestmem *mem, uint64_t features, unsigned queue_max);

/* virtio_mmio_set_config(): set the device-specific configuration space; not copied. */
void virtio_mmio_set_config(struct virtio_mmio *mmio, const void *config, unsigned bytes);

/* virtio_mmio_queue(): in start(): a queue's layout, or NULL if it is not ready. */
const struct virtqueue_layout *virtio_mmio_queue(const struct virtio_mmio *mmio, unsigned queue);

/* virtio_mmio_has(): in start() and later: whether `feature` was negotiated. */
bool virtio_mmio_has(const struct virtio_mmio *mmio, uint64_t feature);

/* virtio_mmio_used(): raise a used buffer notification; on any thread. */
void virtio_mmio_used(struct virtio_mmio *mmio);

/*
 * virtio_mmio_fail(): count a protocol violation of the driver, keep the first one's error and set
 * NEEDS_RESET. On any thread.
 */
void virtio_mmio_fail(struct virtio_mmio *mmio, const struct err *err);

/* virtio_mmio_end(): stop the device as a reset does; the last call for a device. */
void virtio_mmio_end(struct virtio_mmio *mmio);

#endif
