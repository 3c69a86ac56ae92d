/* SPDX-License-Identifier: MIT */
/*
 * virtio-blk, the block device (VIRTIO 1.2, 5.2), on a back-end.
 *
 * The disk's thread calls blk_work() while the device runs; from blk_host's start() until its
 * stop() returns, that thread owns the queue and the back-end. A flush completes after
 * fdatasync(2). For a driver that does not negotiate VIRTIO_BLK_F_FLUSH, the disk is writethrough:
 * each write is durable when it completes (5.2.6.2).
 */
#ifndef DEV_BLK_H
#define DEV_BLK_H

#include "vmm/core/backend/backend.h"
#include "vmm/core/result/iostat.h"
#include "vmm/dev/virtio_mmio.h"

struct blk_request {
    struct backend_io io;
    uint16_t head;
    uint32_t written; /* bytes written to the driver's buffers on success, without the status */
    uint8_t *status;  /* in guest memory */
    struct iovec iov[VIRTQUEUE_IOVS_MAX];
};

/* What runs the device; called on the vCPUs' threads. */
struct blk_host {
    /* Start to call blk_work(). Returns 0, or -1 with *err set. */
    int (*start)(void *ctx, struct err *err);
    /* Wait until blk_idle(), then stop calling it. */
    void (*stop)(void *ctx);
    /* The driver has kicked. */
    void (*kick)(void *ctx);
    void *ctx;
};

struct blk {
    struct virtio_mmio mmio;
    struct virtio_blk_config config;
    struct backend *backend;
    struct blk_host host;
    char id[VIRTIO_BLK_ID_BYTES];

    struct virtqueue queue;
    bool accepting;    /* the queue is ready and not broken */
    bool writethrough; /* without VIRTIO_BLK_F_FLUSH: each write is durable when complete */
    unsigned entries;  /* of the queue and of the two arrays below */
    struct blk_request *request;
    struct blk_request **idle; /* a stack of unused requests */
    unsigned idles;
    struct iostat stat;
};

/*
 * blk_init(): a device that answers VIRTIO_BLK_T_GET_ID with `name` and the engine's name.
 * `backend` must be open for config->depth operations. `mem` and `backend` must outlive the device.
 */
void blk_init(struct blk *blk, const char *name, const struct config_disk *config,
              struct backend *backend, const struct guestmem *mem, const struct blk_host *host);

/*
 * blk_work(): pop a batch of available requests and push those that are complete. Returns whether
 * there were any. Does not block.
 */
bool blk_work(struct blk *blk);

/* blk_finish(): the same without popping new requests. */
bool blk_finish(struct blk *blk);

/* blk_idle(): whether nothing is in flight. */
static inline bool blk_idle(const struct blk *blk)
{
    return blk->idles == blk->entries;
}

/* blk_enable_kicks(): request a kick. Returns false if a request is available already. */
bool blk_enable_kicks(struct blk *blk);

/* blk_disable_kicks(): suppress kicks; call it again after each batch. */
void blk_disable_kicks(struct blk *blk);

#endif
