/* SPDX-License-Identifier: MIT */
/*
 * The device's side of a split virtqueue (VIRTIO 1.2, 2.7), over guest memory that the driver can
 * change at any time.
 *
 * The driver owns a table of descriptors, each a piece of guest memory, and links them into chains:
 * first what the device reads, then what it writes. It makes a chain available by putting the
 * number of its first descriptor into the available ring and advancing that ring's index. The
 * device takes it (virtqueue_pop()), does the work, puts the number and how much it wrote into the
 * used ring (virtqueue_push()) and advances the used index (virtqueue_publish()), which says
 * whether the driver wants to be told.
 *
 *     driver                             device
 *     desc[] <- addresses, lengths
 *     avail.ring[idx] <- head
 *     avail.idx++            ------>     pop: head = avail.ring[last]; walk the chain
 *     kick, unless told not to           ... the work ...
 *     reap used.ring[last]   <------     push: used.ring[idx] = {head, written}; publish: used.idx
 *                                        interrupt, if the driver asked for it
 *
 * Nothing the driver wrote is believed: each value is read once, checked and then used. What no
 * driver may do breaks the queue for good, with the reason in an error; the device then asks for a
 * reset. One thread at a time uses a queue.
 */
#ifndef DEV_VIRTQUEUE_H
#define DEV_VIRTQUEUE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "minivmm/virtio.h"
#include "vmm/base/err.h"
#include "vmm/mem/guestmem.h"

/* Pieces of one chain; a driver has been told how many data segments a request may have. */
#define VIRTQUEUE_IOVS_MAX 130u

/* Where the driver has put a queue, and what was negotiated. */
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
    uint16_t next_avail; /* the next chain to take */
    uint16_t seen_avail; /* the driver's index when it was last read */
    uint16_t next_used;  /* where the next used one goes */
    uint16_t published;  /* the used index that the driver can see */
    bool kicks_off;      /* the driver is asked not to kick */
    uint16_t off_at;     /* next_avail when that was last written */
    uint8_t *popped;     /* by head: popped, not pushed yet */
    unsigned in_flight;
    bool broken;
};

/* A chain: what the device may read, then what it may write. */
struct virtqueue_chain {
    uint16_t head;
    unsigned readable, writable; /* pieces of each kind; the readable ones come first */
    uint64_t readable_bytes, writable_bytes;
    struct iovec iov[VIRTQUEUE_IOVS_MAX];
};

/*
 * virtqueue_init(): a queue as the driver has laid it out. Returns 0, or -1 with what is wrong with
 * it. To be given back with virtqueue_free().
 */
int virtqueue_init(struct virtqueue *queue, const struct guestmem *mem,
                   const struct virtqueue_layout *layout, struct err *err);

/* virtqueue_free(): also of a queue that is all zeros. */
void virtqueue_free(struct virtqueue *queue);

/*
 * virtqueue_pop(): take the next available chain. Returns 1 with the chain; 0 if there is none; -1
 * with an error if the queue is broken, now or before.
 */
int virtqueue_pop(struct virtqueue *queue, struct virtqueue_chain *chain, struct err *err);

/*
 * virtqueue_push(): a chain that was popped is done, and `written` bytes of its writable pieces,
 * from the first on, have been written. The driver sees it after virtqueue_publish().
 */
void virtqueue_push(struct virtqueue *queue, uint16_t head, uint32_t written);

/*
 * virtqueue_publish(): show the driver all that was pushed. Returns whether it wants an interrupt
 * for it.
 */
bool virtqueue_publish(struct virtqueue *queue);

/*
 * virtqueue_disable_kicks(): tell the driver that it need not kick: the device looks by itself. To
 * be repeated after each batch, for as long as it does; that costs next to nothing.
 */
void virtqueue_disable_kicks(struct virtqueue *queue);

/*
 * virtqueue_enable_kicks(): ask to be kicked when the next chain is made available. Returns false
 * if there is one already, for which no kick may come.
 */
bool virtqueue_enable_kicks(struct virtqueue *queue);

/*
 * virtqueue_read(): copy `bytes` from the chain's readable pieces; virtqueue_write(): into its
 * writable ones. Both from their beginning, or fewer if they hold fewer. They return how many.
 */
uint64_t virtqueue_read(const struct virtqueue_chain *chain, void *to, uint64_t bytes);
uint64_t virtqueue_write(const struct virtqueue_chain *chain, const void *from, uint64_t bytes);

#endif
