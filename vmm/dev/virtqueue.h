/* SPDX-License-Identifier: MIT */
/*
 * The device's side of a split virtqueue (VIRTIO 1.2, 2.7), over guest memory that the driver can
 * change at any time.
 *
 * The driver owns a table of descriptors, each of a buffer in guest memory, and links them into
 * chains: device-readable descriptors first, then device-writable ones. It makes a chain available
 * by storing the index of its first descriptor, the head, in the available ring and advancing
 * avail.idx. The device takes the chain (virtqueue_pop()), does the work, stores the head and the
 * number of bytes written in the used ring (virtqueue_push()) and advances used.idx
 * (virtqueue_publish(), which returns whether the driver wants an interrupt).
 *
 *     driver                             device
 *     desc[] <- addresses, lengths
 *     avail.ring[idx] <- head
 *     avail.idx++            ------>     pop: head = avail.ring[last]; walk the chain
 *     kick, unless suppressed            ... the work ...
 *     reap used.ring[last]   <------     push: used.ring[idx] = {head, written}; publish: used.idx
 *                                        interrupt, unless suppressed
 *
 * The driver is not trusted: each value it wrote is read once, checked and then used. A violation
 * of the specification breaks the queue for good, with the reason in an error; the device then sets
 * NEEDS_RESET. A queue is not thread-safe: the caller serializes.
 */
#ifndef DEV_VIRTQUEUE_H
#define DEV_VIRTQUEUE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "minivmm/virtio.h"
#include "vmm/core/base/err.h"
#include "vmm/mem/guestmem.h"

/* Descriptors in one chain; virtio-blk announces the limit in seg_max. */
#define VIRTQUEUE_IOVS_MAX 130u

/* The addresses of a queue's areas, and the negotiated features. */
struct virtqueue_layout {
    unsigned size; /* entries */
    gpa_t desc, avail, used;
    bool event_idx, indirect;
};

struct virtqueue {
    const struct guestmem *mem;
    struct virtqueue_layout layout;
    struct virtq_desc *desc;
    struct virtq_avail *avail;
    struct virtq_used *used;
    uint16_t *used_event, *avail_event;
    uint16_t next_avail; /* the next entry of the available ring to pop */
    uint16_t seen_avail; /* avail.idx when last read */
    uint16_t next_used;  /* the next entry of the used ring to write */
    uint16_t published;  /* used.idx, as the driver sees it */
    bool kicks_off;      /* the driver is asked not to kick */
    uint16_t off_at;     /* next_avail when that was last written */
    uint8_t *popped;     /* by head: popped, not pushed yet */
    unsigned in_flight;
    bool broken;
};

/* A popped chain: the device-readable part, then the device-writable part. */
struct virtqueue_chain {
    uint16_t head;
    unsigned readable, writable; /* descriptors of each kind; the readable ones come first */
    uint64_t readable_bytes, writable_bytes;
    struct iovec iov[VIRTQUEUE_IOVS_MAX];
};

/*
 * virtqueue_init(): check the layout and set the queue up. `mem` must outlive it. Returns 0, or -1
 * with *err set if the size or an address is invalid. Free with virtqueue_free() in both cases.
 */
int virtqueue_init(struct virtqueue *queue, const struct guestmem *mem,
                   const struct virtqueue_layout *layout, struct err *err);

/* virtqueue_free(): free the queue; all zeros is a valid, empty queue. */
void virtqueue_free(struct virtqueue *queue);

/*
 * virtqueue_pop(): take the next available chain. Returns 1 with *chain set; 0 if no chain is
 * available; -1 with *err set if the queue is broken, now or by an earlier error.
 */
int virtqueue_pop(struct virtqueue *queue, struct virtqueue_chain *chain, struct err *err);

/*
 * virtqueue_push(): put a popped chain into the used ring; `written` counts the bytes written to
 * its device-writable part, from the start. The driver sees it after virtqueue_publish().
 */
void virtqueue_push(struct virtqueue *queue, uint16_t head, uint32_t written);

/*
 * virtqueue_publish(): advance used.idx over all pushed chains. Returns whether the driver wants an
 * interrupt for them.
 */
bool virtqueue_publish(struct virtqueue *queue);

/*
 * virtqueue_disable_kicks(): suppress available buffer notifications while the device polls the
 * queue (2.7.10). Call it again after each batch; most calls write nothing.
 */
void virtqueue_disable_kicks(struct virtqueue *queue);

/*
 * virtqueue_enable_kicks(): request a kick for the next available chain. Returns false if a chain
 * is available already, for which no kick may follow.
 */
bool virtqueue_enable_kicks(struct virtqueue *queue);

/*
 * virtqueue_read(): copy up to `bytes` bytes from the start of the device-readable part.
 * virtqueue_write(): the same to the device-writable part. They return the number of bytes copied,
 * fewer than `bytes` if the part is shorter.
 */
uint64_t virtqueue_read(const struct virtqueue_chain *chain, void *to, uint64_t bytes);
uint64_t virtqueue_write(const struct virtqueue_chain *chain, const void *from, uint64_t bytes);

#endif
