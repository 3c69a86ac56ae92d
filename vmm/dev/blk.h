/* SPDX-License-Identifier: MIT */
/*
 * virtio-blk, the block device (VIRTIO 1.2, 5.2), on a back-end.
 *
 * One thread, the disk's, calls blk_work() while the device runs; between blk_host's start() and
 * the return of its stop() the queue and the back-end are that thread's. What a guest was told to
 * be flushed has been through fdatasync(2); a driver that does not negotiate VIRTIO_BLK_F_FLUSH has
 * each write on the disk before it is told that it is done.
 */
#ifndef DEV_BLK_H
#define DEV_BLK_H

#include "vmm/backend/backend.h"
#include "vmm/dev/virtio_mmio.h"
#include "vmm/stat/iostat.h"

struct blk_request {
    struct backend_io io;
    uint16_t head;
    uint32_t written; /* bytes of the driver's that it fills, if all goes well, but the status */
    uint8_t *status;  /* in guest memory */
    struct iovec iov[VIRTQUEUE_IOVS_MAX];
};

/* What runs the device: called on vCPUs' threads. */
struct blk_host {
    /* Begin to call blk_work(). Returns 0, or -1. */
    int (*start)(void *ctx, struct err *err);
    /* Call it no more once blk_idle(). */
    void (*stop)(void *ctx);
    /* The driver kicks. */
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
    bool accepting;    /* there is a queue, and it is not broken */
    bool writethrough; /* no flush was negotiated: writes are to be on the disk */
    unsigned entries;  /* of the queue, and of what follows */
    struct blk_request *request;
    struct blk_request **idle; /* those that are not in use */
    unsigned idles;
    struct iostat stat;
};

/*
 * blk_init(): a device of this name, which is what get-id answers; `backend` is open, for
 * config->depth operations. `mem` and `backend` must outlive the device.
 */
void blk_init(struct blk *blk, const char *name, const struct config_disk *config,
              struct backend *backend, const struct guestmem *mem, const struct blk_host *host);

/*
 * blk_work(): take what the driver has made available, and give back what is complete. Returns
 * whether there was anything. Does not wait.
 */
bool blk_work(struct blk *blk);

/* blk_finish(): the same, without taking anything new. */
bool blk_finish(struct blk *blk);

/* blk_idle(): whether nothing is in flight. */
static inline bool blk_idle(const struct blk *blk)
{
    return blk->idles == blk->entries;
}

/* blk_enable_kicks(): ask for a kick. Returns false if there is something to do already. */
bool blk_enable_kicks(struct blk *blk);

/* blk_disable_kicks(): ask for none; to be repeated after each batch. */
void blk_disable_kicks(struct blk *blk);

#endif
