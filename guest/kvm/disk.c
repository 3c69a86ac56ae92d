/* SPDX-License-Identifier: MIT */
/* virtio-blk requests (VIRTIO 1.2, 5.2), on top of guest/kvm/virtio.c. */
#include <string.h>

#include "guest/kernels/kernel.h"
#include "guest/kvm/disk.h"
#include "guest/kvm/virtio.h"

#define FEATURES                                                                          \
    (VIRTIO_F_VERSION_1 | VIRTIO_F_EVENT_IDX | VIRTIO_F_INDIRECT_DESC | VIRTIO_BLK_F_RO | \
     VIRTIO_BLK_F_BLK_SIZE | VIRTIO_BLK_F_FLUSH)

/* Descriptors of a request: header, data, status byte. */
#define DESCS 3u

#define STATUS_NONE 0xff

/*
 * One cache line that the device reads, the indirect descriptor table and the header, and one that
 * it writes.
 */
struct request {
    _Alignas(KERNEL_CACHE_LINE) struct virtq_desc desc[DESCS];
    struct virtio_blk_header header;
    _Alignas(KERNEL_CACHE_LINE) uint8_t status;
};

static const struct guest_machine *machine;
static struct virtio virtio;
static struct disk disk;
static struct request requests[DISK_DEPTH_MAX];
static struct disk_io *in_flight[DISK_DEPTH_MAX]; /* per request; NULL: idle */
static uint16_t idle[DISK_DEPTH_MAX];             /* indices of idle requests */
static unsigned idles;

void disk_begin(const struct guest_machine *found)
{
    machine = found;
}

static bool is_indirect(void)
{
    return virtio.features & VIRTIO_F_INDIRECT_DESC;
}

/* The descriptor index of the head of request `i`. */
static uint16_t head_of(unsigned i)
{
    return (uint16_t)(is_indirect() ? i : i * DESCS);
}

/* Build the descriptor chain of request `i`; a flush has no data. */
static void describe(unsigned i, const void *data, uint32_t bytes, bool read)
{
    struct request *request = &requests[i];
    struct virtq_desc *desc = is_indirect() ? request->desc : &virtio_desc[head_of(i)];
    uint16_t first = is_indirect() ? 0 : head_of(i), count = 0;

    desc[count++] = (struct virtq_desc){(uintptr_t)&request->header, sizeof(request->header),
                                        VIRTQ_DESC_F_NEXT, (uint16_t)(first + 1)};
    if (bytes) {
        desc[count++] = (struct virtq_desc){(uintptr_t)data, bytes,
                                            VIRTQ_DESC_F_NEXT | (read ? VIRTQ_DESC_F_WRITE : 0),
                                            (uint16_t)(first + 2)};
    }
    desc[count++] = (struct virtq_desc){(uintptr_t)&request->status, 1, VIRTQ_DESC_F_WRITE, 0};
    if (is_indirect())
        virtio_desc[i] =
            (struct virtq_desc){(uintptr_t)desc, count * sizeof(*desc), VIRTQ_DESC_F_INDIRECT, 0};
}

static void begin(struct disk_io *io, enum virtio_blk_type type)
{
    unsigned i = idle[--idles];
    struct request *request = &requests[i];
    bool read = type == VIRTIO_BLK_T_IN || type == VIRTIO_BLK_T_GET_ID;

    in_flight[i] = io;
    request->status = STATUS_NONE;
    request->header = (struct virtio_blk_header){.type = type, .sector = io->offset / 512};
    describe(i, io->data, type == VIRTIO_BLK_T_FLUSH ? 0 : io->bytes, read);
    virtio_push(&virtio, head_of(i));
}

static void disk_queue(struct disk_io *io)
{
    static const enum virtio_blk_type type[] = {
        [DISK_READ] = VIRTIO_BLK_T_IN,
        [DISK_WRITE] = VIRTIO_BLK_T_OUT,
        [DISK_FLUSH] = VIRTIO_BLK_T_FLUSH,
    };

    begin(io, type[io->op]);
}

static struct disk_io *finish(unsigned i)
{
    struct disk_io *io = in_flight[i];

    io->error = __atomic_load_n(&requests[i].status, __ATOMIC_RELAXED);
    in_flight[i] = NULL;
    idle[idles++] = (uint16_t)i;
    return io;
}

/* Complete all requests: a device that needs a reset returns none of them. */
static unsigned give_up(struct disk_io **done, unsigned max)
{
    unsigned count = 0;

    for (unsigned i = 0; i < disk.depth && count < max; i++)
        if (in_flight[i])
            done[count++] = finish(i);
    return count;
}

static unsigned disk_reap(struct disk_io **done, unsigned max)
{
    unsigned count = 0;
    uint16_t head;

    virtio_publish(&virtio);
    while (count < max && virtio_pop(&virtio, &head))
        done[count++] = finish(is_indirect() ? head : head / DESCS);
    if (!count && virtio.failed)
        count = give_up(done, max);
    return count;
}

static void disk_wait(void)
{
    virtio_publish(&virtio);
    virtio_wait(&virtio);
}

/* The engine is the part of the device ID string after the dash. */
static void read_engine(void)
{
    static char id[VIRTIO_BLK_ID_BYTES + 1];
    struct disk_io io = {.data = id, .bytes = VIRTIO_BLK_ID_BYTES}, *done;
    const char *dash;

    begin(&io, VIRTIO_BLK_T_GET_ID);
    do
        disk_wait();
    while (!disk_reap(&done, 1));
    dash = io.error ? NULL : strchr(id, '-');
    strcpy(disk.engine, dash ? dash + 1 : "unknown");
}

const struct disk *disk_open(const char **why)
{
    bool interrupts;
    volatile uint8_t *regs = virtio_find(machine->dtb, VIRTIO_ID_BLOCK, &interrupts);
    unsigned block;

    *why = "the machine has no disk";
    if (!regs)
        return NULL;
    *why = "the disk rejected the negotiated features";
    if (virtio_begin(&virtio, regs, interrupts, FEATURES))
        return NULL;
    *why = "the disk rejected the virtqueue";
    if (virtio_run(&virtio))
        return NULL;
    block = virtio.features & VIRTIO_BLK_F_BLK_SIZE
                ? virtio_config(&virtio, offsetof(struct virtio_blk_config, blk_size))
                : VIRTIO_BLK_SECTOR_BYTES;
    disk = (struct disk){
        .bytes = (virtio_config(&virtio, 0) | (uint64_t)virtio_config(&virtio, 4) << 32) *
                 VIRTIO_BLK_SECTOR_BYTES,
        .block_bytes = block,
        .depth = is_indirect() ? virtio.size : virtio.size / DESCS,
        .read_only = virtio.features & VIRTIO_BLK_F_RO,
        .queue = disk_queue,
        .reap = disk_reap,
        .wait = disk_wait,
    };
    if (disk.depth > DISK_DEPTH_MAX)
        disk.depth = DISK_DEPTH_MAX;
    *why = "the virtqueue of the disk is too small for a request";
    if (!disk.depth)
        return NULL;
    memset(virtio_desc, 0, sizeof(virtio_desc));
    idles = 0;
    for (unsigned i = 0; i < disk.depth; i++) {
        in_flight[i] = NULL;
        idle[idles++] = (uint16_t)i;
    }
    read_engine();
    disk.keeps_data = strcmp(disk.engine, "null") != 0;
    return &disk;
}

void disk_close(void)
{
    virtio_reset(&virtio);
}
