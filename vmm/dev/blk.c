/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/dev/blk.h"

_Static_assert(VIRTQUEUE_IOVS_MAX <= BACKEND_IOVS_MAX, "a back-end takes any request");
_Static_assert(CONFIG_DISK_DEPTH_MAX <= VIRTQ_SIZE_MAX, "a queue can have any depth");

/*
 * The size of a batch, in requests and in bytes: enough to share the cost of a system call, few
 * enough that the driver and the device work at the same time.
 */
#define BATCH       16u
#define BATCH_BYTES (128u << 10)

static int blk_start(void *device, struct err *err)
{
    struct blk *blk = device;
    const struct virtqueue_layout *layout = virtio_mmio_queue(&blk->mmio, 0);

    blk->accepting = layout;
    if (!layout)
        return 0;
    blk->entries = layout->size;
    blk->request = calloc(layout->size, sizeof(*blk->request));
    blk->idle = calloc(layout->size, sizeof(struct blk_request *));
    if (!blk->request || !blk->idle)
        return err_sys(err, ERR_FAILED, "virtio-blk: cannot allocate requests");
    for (unsigned i = 0; i < layout->size; i++)
        blk->idle[i] = &blk->request[i];
    blk->idles = layout->size;
    blk->writethrough = !virtio_mmio_has(&blk->mmio, VIRTIO_BLK_F_FLUSH);
    if (virtqueue_init(&blk->queue, blk->mmio.mem, layout, err))
        return -1;
    return blk->host.start(blk->host.ctx, err);
}

static void blk_stop(void *device)
{
    struct blk *blk = device;

    blk->host.stop(blk->host.ctx);
    blk->accepting = false;
    virtqueue_free(&blk->queue);
    free(blk->request);
    free(blk->idle);
    blk->request = NULL;
    blk->idle = NULL;
    blk->entries = blk->idles = 0;
}

static void blk_kick(void *device, unsigned queue)
{
    struct blk *blk = device;

    (void)queue;
    blk->host.kick(blk->host.ctx);
}

static const struct virtio_ops blk_ops = {
    .id = VIRTIO_ID_BLOCK,
    .queues = 1,
    .start = blk_start,
    .stop = blk_stop,
    .kick = blk_kick,
};

void blk_init(struct blk *blk, const char *name, const struct config_disk *config,
              struct backend *backend, const struct guestmem *mem, const struct blk_host *host)
{
    uint64_t features = VIRTIO_BLK_F_SEG_MAX | VIRTIO_BLK_F_BLK_SIZE | VIRTIO_BLK_F_FLUSH;

    if (backend->read_only)
        features |= VIRTIO_BLK_F_RO;
    if (config->event_idx)
        features |= VIRTIO_F_EVENT_IDX;
    if (config->indirect)
        features |= VIRTIO_F_INDIRECT_DESC;
    *blk = (struct blk){
        .backend = backend,
        .host = *host,
        .config = {.capacity = backend->bytes / VIRTIO_BLK_SECTOR_BYTES,
                   .seg_max = VIRTQUEUE_IOVS_MAX - 2,
                   .blk_size = backend->block_bytes},
    };
    /* An id of 20 bytes has no terminator (5.2.6). */
    snprintf(blk->id, sizeof(blk->id), "%s-%s", name, backend->ops->name);
    virtio_mmio_init(&blk->mmio, &blk_ops, blk, mem, features, config->depth);
    virtio_mmio_set_config(&blk->mmio, &blk->config, sizeof(blk->config));
}

/* Push a request with its status. */
static void finish(struct blk *blk, struct blk_request *request, enum virtio_blk_status status)
{
    if (status != VIRTIO_BLK_S_OK) {
        request->written = 0;
        iostat_add(&blk->stat, IO_ERRORS, 1);
    }
    __atomic_store_n(request->status, (uint8_t)status, __ATOMIC_RELAXED);
    virtqueue_push(&blk->queue, request->head, request->written + 1);
    blk->idle[blk->idles++] = request;
}

/* Copy iovecs without the first `front` and the last `back` bytes, which they hold. */
static unsigned trim(struct iovec *to, const struct iovec *iov, unsigned iovs, uint64_t front,
                     uint64_t back)
{
    unsigned count = 0;

    for (unsigned i = 0; i < iovs; i++) {
        struct iovec part = iov[i];
        uint64_t cut = front < part.iov_len ? front : part.iov_len;

        part.iov_base = (uint8_t *)part.iov_base + cut;
        part.iov_len -= cut;
        front -= cut;
        if (part.iov_len)
            to[count++] = part;
    }
    for (; back; count -= !to[count - 1].iov_len) {
        uint64_t cut = back < to[count - 1].iov_len ? back : to[count - 1].iov_len;

        to[count - 1].iov_len -= cut;
        back -= cut;
    }
    return count;
}

static bool within(const struct blk *blk, uint64_t sector, uint64_t bytes)
{
    return !(bytes % VIRTIO_BLK_SECTOR_BYTES) && sector <= blk->config.capacity &&
           bytes / VIRTIO_BLK_SECTOR_BYTES <= blk->config.capacity - sector;
}

/* Set up a read or a write for the back-end. Returns an error status if it is invalid. */
static enum virtio_blk_status transfer(struct blk *blk, struct blk_request *request,
                                       const struct virtqueue_chain *chain, uint64_t sector)
{
    struct backend_io *io = &request->io;
    bool read = io->op == BACKEND_READ;

    io->bytes =
        read ? chain->writable_bytes - 1 : chain->readable_bytes - sizeof(struct virtio_blk_header);
    iostat_add(&blk->stat, read ? IO_READS : IO_WRITES, 1);
    if (!within(blk, sector, io->bytes) || (!read && blk->backend->read_only))
        return VIRTIO_BLK_S_IOERR;
    io->iovs =
        read ? trim(request->iov, chain->iov + chain->readable, chain->writable, 0, 1)
             : trim(request->iov, chain->iov, chain->readable, sizeof(struct virtio_blk_header), 0);
    io->iov = request->iov;
    io->offset = sector * VIRTIO_BLK_SECTOR_BYTES;
    io->writethrough = !read && blk->writethrough;
    request->written = read ? (uint32_t)io->bytes : 0;
    return VIRTIO_BLK_S_OK;
}

static enum virtio_blk_status get_id(const struct blk *blk, struct blk_request *request,
                                     const struct virtqueue_chain *chain)
{
    /* The status byte follows. */
    if (chain->writable_bytes < sizeof(blk->id) + 1)
        return VIRTIO_BLK_S_IOERR;
    request->written = (uint32_t)virtqueue_write(chain, blk->id, sizeof(blk->id));
    return VIRTIO_BLK_S_OK;
}

/* Execute a request or queue it to the back-end. */
static void begin(struct blk *blk, struct blk_request *request, const struct virtqueue_chain *chain,
                  const struct virtio_blk_header *header)
{
    enum virtio_blk_status status = VIRTIO_BLK_S_OK;
    bool queue = true;

    request->io = (struct backend_io){.op = BACKEND_FLUSH};
    request->written = 0;
    switch (header->type) {
    case VIRTIO_BLK_T_IN:
    case VIRTIO_BLK_T_OUT:
        request->io.op = header->type == VIRTIO_BLK_T_IN ? BACKEND_READ : BACKEND_WRITE;
        status = transfer(blk, request, chain, header->sector);
        queue = request->io.bytes;
        break;
    case VIRTIO_BLK_T_FLUSH:
        iostat_add(&blk->stat, IO_FLUSHES, 1);
        break;
    case VIRTIO_BLK_T_GET_ID:
        iostat_add(&blk->stat, IO_OTHERS, 1);
        status = get_id(blk, request, chain);
        queue = false;
        break;
    default:
        iostat_add(&blk->stat, IO_OTHERS, 1);
        status = VIRTIO_BLK_S_UNSUPP;
        break;
    }
    if (status != VIRTIO_BLK_S_OK || !queue)
        finish(blk, request, status);
    else
        backend_queue(blk->backend, &request->io);
}

/* A protocol violation: set NEEDS_RESET. Requests in flight still complete. */
static void give_up(struct blk *blk, const struct err *err)
{
    blk->accepting = false;
    virtio_mmio_fail(&blk->mmio, err);
}

/* Pop one request and add its size to *bytes. Returns whether there was one. */
static bool take(struct blk *blk, uint64_t *bytes)
{
    struct virtqueue_chain chain;
    struct virtio_blk_header header;
    struct blk_request *request;
    struct err err;
    int popped = virtqueue_pop(&blk->queue, &chain, &err);

    if (popped < 0)
        give_up(blk, &err);
    if (popped <= 0)
        return false;
    if (virtqueue_read(&chain, &header, sizeof(header)) < sizeof(header) || !chain.writable_bytes) {
        err_set(&err, ERR_FAILED, "virtio-blk: request has no %s",
                chain.writable_bytes ? "complete header" : "status byte");
        give_up(blk, &err);
        return false;
    }
    request = blk->idle[--blk->idles];
    request->head = chain.head;
    request->status = chain.iov[chain.readable + chain.writable - 1].iov_base;
    request->status += chain.iov[chain.readable + chain.writable - 1].iov_len - 1;
    *bytes += chain.readable_bytes + chain.writable_bytes;
    begin(blk, request, &chain, &header);
    return true;
}

bool blk_finish(struct blk *blk)
{
    struct backend_io *done[BATCH];
    unsigned count = backend_reap(blk->backend, done, BATCH);

    for (unsigned i = 0; i < count; i++) {
        struct blk_request *request = (struct blk_request *)done[i];

        if (!done[i]->error && done[i]->op != BACKEND_FLUSH)
            iostat_add(&blk->stat, done[i]->op == BACKEND_READ ? IO_BYTES_READ : IO_BYTES_WRITTEN,
                       done[i]->bytes);
        finish(blk, request, done[i]->error ? VIRTIO_BLK_S_IOERR : VIRTIO_BLK_S_OK);
    }
    if (blk->entries && virtqueue_publish(&blk->queue)) {
        iostat_add(&blk->stat, IO_INTERRUPTS, blk->mmio.interrupt.raise != NULL);
        virtio_mmio_used(&blk->mmio);
    }
    return count;
}

bool blk_work(struct blk *blk)
{
    uint64_t bytes = 0;
    unsigned taken = 0;

    while (blk->accepting && taken < BATCH && bytes < BATCH_BYTES && take(blk, &bytes))
        taken++;
    return blk_finish(blk) || taken;
}

bool blk_enable_kicks(struct blk *blk)
{
    return !blk->accepting || virtqueue_enable_kicks(&blk->queue);
}

void blk_disable_kicks(struct blk *blk)
{
    if (blk->accepting)
        virtqueue_disable_kicks(&blk->queue);
}
