/* SPDX-License-Identifier: MIT */
#include <sys/random.h>

#include "vmm/dev/rng.h"

#define QUEUE_SIZE 64u

/* Limits per chain and per kick, so that a kick does not block its vCPU for long. */
#define CHAIN_BYTES_MAX 4096u
#define CHAINS_MAX      4096u

static int rng_start(void *device, struct err *err)
{
    struct rng *rng = device;
    const struct virtqueue_layout *layout = virtio_mmio_queue(&rng->mmio, 0);
    int result = 0;

    pthread_mutex_lock(&rng->lock);
    if (layout)
        result = virtqueue_init(&rng->queue, rng->mmio.mem, layout, err);
    rng->running = layout && !result;
    pthread_mutex_unlock(&rng->lock);
    return result;
}

static void rng_stop(void *device)
{
    struct rng *rng = device;

    pthread_mutex_lock(&rng->lock);
    rng->running = false;
    virtqueue_free(&rng->queue);
    pthread_mutex_unlock(&rng->lock);
}

/* Returns the number of bytes written. */
static uint32_t fill(const struct virtqueue_chain *chain)
{
    uint8_t bytes[CHAIN_BYTES_MAX];
    uint64_t wanted = chain->writable_bytes < sizeof(bytes) ? chain->writable_bytes : sizeof(bytes);
    ssize_t got = getrandom(bytes, wanted, 0);

    return got > 0 ? (uint32_t)virtqueue_write(chain, bytes, (uint64_t)got) : 0;
}

/* Fill all available chains, up to CHAINS_MAX in case other vCPUs keep adding some. */
static int fill_all(struct rng *rng, struct err *err)
{
    struct virtqueue_chain chain;
    int popped = 1;

    for (unsigned i = 0; i < CHAINS_MAX && popped > 0; i++) {
        popped = virtqueue_pop(&rng->queue, &chain, err);
        if (popped > 0)
            virtqueue_push(&rng->queue, chain.head, fill(&chain));
        else if (!popped && !virtqueue_enable_kicks(&rng->queue))
            popped = 1;
    }
    /* The next kick serves what is left, so kicks must be enabled. */
    if (popped > 0)
        virtqueue_enable_kicks(&rng->queue);
    return popped < 0 ? -1 : 0;
}

static void rng_kick(void *device, unsigned queue)
{
    struct rng *rng = device;
    struct err err;

    (void)queue;
    pthread_mutex_lock(&rng->lock);
    if (rng->running) {
        rng->running = !fill_all(rng, &err);
        if (virtqueue_publish(&rng->queue))
            virtio_mmio_used(&rng->mmio);
        if (!rng->running)
            virtio_mmio_fail(&rng->mmio, &err);
    }
    pthread_mutex_unlock(&rng->lock);
}

static const struct virtio_ops rng_ops = {
    .id = VIRTIO_ID_ENTROPY,
    .queues = 1,
    .start = rng_start,
    .stop = rng_stop,
    .kick = rng_kick,
};

void rng_init(struct rng *rng, const struct guestmem *mem)
{
    *rng = (struct rng){.lock = PTHREAD_MUTEX_INITIALIZER};
    virtio_mmio_init(&rng->mmio, &rng_ops, rng, mem, VIRTIO_F_INDIRECT_DESC | VIRTIO_F_EVENT_IDX,
                     QUEUE_SIZE);
}
