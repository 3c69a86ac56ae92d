/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/dev/virtqueue.h"

/* The flags, idx and event fields around a ring. */
#define RING_EXTRA_BYTES 6u

/* Alignments of the areas (2.7) and of an indirect table. */
#define DESC_ALIGN  16u
#define AVAIL_ALIGN 2u
#define USED_ALIGN  4u
#define TABLE_ALIGN 8u

static uint16_t load16(const uint16_t *word)
{
    return __atomic_load_n(word, __ATOMIC_RELAXED);
}

static void store16(uint16_t *word, uint16_t value)
{
    __atomic_store_n(word, value, __ATOMIC_RELAXED);
}

/* Mark the queue broken. */
static int bad(struct virtqueue *queue, struct err *err, const char *what, uint64_t value)
{
    queue->broken = true;
    return err_set(err, ERR_FAILED, "virtqueue: %s (%#" PRIx64 ")", what, value);
}

/* An area of the queue, or NULL if it is misaligned or outside RAM. */
static void *area_at(const struct guestmem *mem, gpa_t gpa, uint64_t bytes, unsigned alignment)
{
    return gpa % alignment ? NULL : guestmem_at(mem, gpa, bytes);
}

int virtqueue_init(struct virtqueue *queue, const struct guestmem *mem,
                   const struct virtqueue_layout *layout, struct err *err)
{
    unsigned size = layout->size;
    uint64_t avail_bytes = RING_EXTRA_BYTES + size * sizeof(uint16_t);
    uint64_t used_bytes = RING_EXTRA_BYTES + size * sizeof(struct virtq_used_elem);

    *queue = (struct virtqueue){.mem = mem, .layout = *layout};
    if (!size || size > VIRTQ_SIZE_MAX || size & (size - 1))
        return bad(queue, err, "queue size is not a power of two up to 32768", size);
    queue->desc = area_at(mem, layout->desc, size * sizeof(struct virtq_desc), DESC_ALIGN);
    if (!queue->desc)
        return bad(queue, err,
                   layout->desc % DESC_ALIGN ? "descriptor table is misaligned"
                                             : "descriptor table is outside RAM",
                   layout->desc);
    queue->avail = area_at(mem, layout->avail, avail_bytes, AVAIL_ALIGN);
    if (!queue->avail)
        return bad(queue, err,
                   layout->avail % AVAIL_ALIGN ? "available ring is misaligned"
                                               : "available ring is outside RAM",
                   layout->avail);
    queue->used = area_at(mem, layout->used, used_bytes, USED_ALIGN);
    if (!queue->used)
        return bad(queue, err,
                   layout->used % USED_ALIGN ? "used ring is misaligned"
                                             : "used ring is outside RAM",
                   layout->used);
    queue->used_event = &queue->avail->ring[size];
    queue->avail_event = (uint16_t *)(void *)&queue->used->ring[size];
    queue->popped = calloc(size, sizeof(*queue->popped));
    if (!queue->popped)
        return err_sys(err, ERR_FAILED, "cannot allocate a virtqueue");
    return 0;
}

void virtqueue_free(struct virtqueue *queue)
{
    free(queue->popped);
    *queue = (struct virtqueue){0};
}

/* A copy, which the driver cannot change after it is checked. */
static struct virtq_desc load_desc(const struct virtq_desc *desc)
{
    return (struct virtq_desc){
        .addr = __atomic_load_n(&desc->addr, __ATOMIC_RELAXED),
        .len = __atomic_load_n(&desc->len, __ATOMIC_RELAXED),
        .flags = load16(&desc->flags),
        .next = load16(&desc->next),
    };
}

static int add_iov(struct virtqueue *queue, struct virtqueue_chain *chain,
                   const struct virtq_desc *desc, struct err *err)
{
    unsigned iovs = chain->readable + chain->writable;
    void *host;

    if (iovs == VIRTQUEUE_IOVS_MAX)
        return bad(queue, err, "descriptor chain is too long", iovs);
    if (!desc->len)
        return bad(queue, err, "descriptor has length 0", desc->addr);
    host = guestmem_at(queue->mem, desc->addr, desc->len);
    if (!host)
        return bad(queue, err, "buffer is outside RAM", desc->addr);
    chain->iov[iovs] = (struct iovec){host, desc->len};
    if (desc->flags & VIRTQ_DESC_F_WRITE) {
        chain->writable++;
        chain->writable_bytes += desc->len;
    } else if (chain->writable) {
        return bad(queue, err, "device-readable descriptor after a device-writable one",
                   desc->addr);
    } else {
        chain->readable++;
        chain->readable_bytes += desc->len;
    }
    if (chain->readable_bytes + chain->writable_bytes > UINT32_MAX)
        return bad(queue, err, "descriptor chain is 4 GiB or longer", chain->head);
    return 0;
}

/* Add the chain from table[next] on. A chain with more steps than the table has entries loops. */
static int walk(struct virtqueue *queue, struct virtqueue_chain *chain,
                const struct virtq_desc *table, unsigned entries, unsigned next, struct err *err)
{
    for (unsigned steps = 0; steps < entries; steps++) {
        struct virtq_desc desc;

        if (next >= entries)
            return bad(queue, err, "descriptor index out of range", next);
        desc = load_desc(&table[next]);
        if (desc.flags & VIRTQ_DESC_F_INDIRECT)
            return bad(queue, err, "unexpected indirect descriptor", next);
        if (add_iov(queue, chain, &desc, err))
            return -1;
        if (!(desc.flags & VIRTQ_DESC_F_NEXT))
            return 0;
        next = desc.next;
    }
    return bad(queue, err, "descriptor chain loops", chain->head);
}

static int walk_indirect(struct virtqueue *queue, struct virtqueue_chain *chain,
                         const struct virtq_desc *desc, struct err *err)
{
    const struct virtq_desc *table;

    if (desc->flags & VIRTQ_DESC_F_NEXT)
        return bad(queue, err, "indirect descriptor has VIRTQ_DESC_F_NEXT set", chain->head);
    if (!desc->len || desc->len % sizeof(*table))
        return bad(queue, err, "invalid length of an indirect table", desc->len);
    table = area_at(queue->mem, desc->addr, desc->len, TABLE_ALIGN);
    if (!table)
        return bad(queue, err,
                   desc->addr % TABLE_ALIGN ? "indirect table is misaligned"
                                            : "indirect table is outside RAM",
                   desc->addr);
    return walk(queue, chain, table, desc->len / sizeof(*table), 0, err);
}

static int take_chain(struct virtqueue *queue, struct virtqueue_chain *chain, struct err *err)
{
    struct virtq_desc first;

    if (chain->head >= queue->layout.size)
        return bad(queue, err, "head index out of range", chain->head);
    if (queue->popped[chain->head])
        return bad(queue, err, "head is already in flight", chain->head);
    first = load_desc(&queue->desc[chain->head]);
    if (first.flags & VIRTQ_DESC_F_INDIRECT && queue->layout.indirect)
        return walk_indirect(queue, chain, &first, err);
    return walk(queue, chain, queue->desc, queue->layout.size, chain->head, err);
}

/* The most chains to prefetch when avail.idx has advanced. */
#define PREFETCH_MAX 32u

/*
 * The driver has just written the first buffer of each chain, a header or an indirect table, on
 * another CPU: start to load them all at once. Only a hint.
 */
static void prefetch(const struct virtqueue *queue)
{
    uint16_t mask = (uint16_t)(queue->layout.size - 1);

    for (uint16_t i = 0; i < PREFETCH_MAX; i++) {
        uint16_t at = (uint16_t)(queue->next_avail + i), head;

        if (at == queue->seen_avail)
            break;
        head = load16(&queue->avail->ring[at & mask]) & mask;
        __builtin_prefetch(guestmem_at(queue->mem, load_desc(&queue->desc[head]).addr, 1));
    }
}

int virtqueue_pop(struct virtqueue *queue, struct virtqueue_chain *chain, struct err *err)
{
    if (queue->broken)
        return err_set(err, ERR_FAILED, "virtqueue: broken by an earlier error");
    if (queue->seen_avail == queue->next_avail) {
        queue->seen_avail = __atomic_load_n(&queue->avail->idx, __ATOMIC_ACQUIRE);
        if (queue->seen_avail == queue->next_avail)
            return 0;
        if ((uint16_t)(queue->seen_avail - queue->next_avail) > queue->layout.size)
            return bad(queue, err, "avail.idx is more than the queue size ahead",
                       queue->seen_avail);
        prefetch(queue);
    }
    chain->head = load16(&queue->avail->ring[queue->next_avail & (queue->layout.size - 1)]);
    chain->readable = chain->writable = 0;
    chain->readable_bytes = chain->writable_bytes = 0;
    if (take_chain(queue, chain, err))
        return -1;
    queue->popped[chain->head] = 1;
    queue->in_flight++;
    queue->next_avail++;
    return 1;
}

void virtqueue_push(struct virtqueue *queue, uint16_t head, uint32_t written)
{
    struct virtq_used_elem *elem = &queue->used->ring[queue->next_used & (queue->layout.size - 1)];

    __atomic_store_n(&elem->id, head, __ATOMIC_RELAXED);
    __atomic_store_n(&elem->len, written, __ATOMIC_RELAXED);
    queue->popped[head] = 0;
    queue->in_flight--;
    queue->next_used++;
}

bool virtqueue_publish(struct virtqueue *queue)
{
    uint16_t old = queue->published;

    if (old == queue->next_used)
        return false;
    queue->published = queue->next_used;
    __atomic_store_n(&queue->used->idx, queue->next_used, __ATOMIC_RELEASE);
    /* Store used.idx before loading used_event: the driver stores and loads in reverse order. */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (queue->layout.event_idx)
        return virtq_need_event(load16(queue->used_event), queue->published, old);
    return !(load16(&queue->avail->flags) & VIRTQ_AVAIL_F_NO_INTERRUPT);
}

/* Refresh avail_event before its 16-bit wrap turns it into a kick request. */
#define REFRESH_ENTRIES 0x4000u

void virtqueue_disable_kicks(struct virtqueue *queue)
{
    if (queue->kicks_off && (uint16_t)(queue->next_avail - queue->off_at) < REFRESH_ENTRIES)
        return;
    queue->kicks_off = true;
    queue->off_at = queue->next_avail;
    /* An avail_event in the past requests no kick. */
    if (queue->layout.event_idx)
        store16(queue->avail_event, (uint16_t)(queue->next_avail - 1));
    else
        store16(&queue->used->flags, VIRTQ_USED_F_NO_NOTIFY);
}

bool virtqueue_enable_kicks(struct virtqueue *queue)
{
    queue->kicks_off = false;
    if (queue->layout.event_idx)
        store16(queue->avail_event, queue->next_avail);
    else
        store16(&queue->used->flags, 0);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    return load16(&queue->avail->idx) == queue->next_avail;
}

static uint64_t copy(const struct iovec *iov, unsigned iovs, uint8_t *data, uint64_t bytes, bool in)
{
    uint64_t done = 0;

    for (unsigned i = 0; i < iovs && done < bytes; i++) {
        uint64_t part = iov[i].iov_len < bytes - done ? iov[i].iov_len : bytes - done;

        if (in)
            memcpy(data + done, iov[i].iov_base, part);
        else
            memcpy(iov[i].iov_base, data + done, part);
        done += part;
    }
    return done;
}

uint64_t virtqueue_read(const struct virtqueue_chain *chain, void *to, uint64_t bytes)
{
    return copy(chain->iov, chain->readable, to, bytes, true);
}

uint64_t virtqueue_write(const struct virtqueue_chain *chain, const void *from, uint64_t bytes)
{
    return copy(chain->iov + chain->readable, chain->writable, (uint8_t *)from, bytes, false);
}
