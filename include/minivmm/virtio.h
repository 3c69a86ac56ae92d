/* SPDX-License-Identifier: MIT */
/*
 * Virtual I/O Device (VIRTIO) Version 1.2: the part that minivmm implements, shared by driver and
 * device. Numbers in parentheses are sections of the specification. All fields are little-endian.
 */
#ifndef MINIVMM_VIRTIO_H
#define MINIVMM_VIRTIO_H

#include <stdint.h>

/* The registers of the MMIO transport (4.2.2), 32 bits each. */
enum virtio_mmio_reg {
    VIRTIO_MMIO_MAGIC_VALUE = 0x000,
    VIRTIO_MMIO_VERSION = 0x004,
    VIRTIO_MMIO_DEVICE_ID = 0x008,
    VIRTIO_MMIO_VENDOR_ID = 0x00c,
    VIRTIO_MMIO_DEVICE_FEATURES = 0x010,
    VIRTIO_MMIO_DEVICE_FEATURES_SEL = 0x014,
    VIRTIO_MMIO_DRIVER_FEATURES = 0x020,
    VIRTIO_MMIO_DRIVER_FEATURES_SEL = 0x024,
    VIRTIO_MMIO_QUEUE_SEL = 0x030,
    VIRTIO_MMIO_QUEUE_NUM_MAX = 0x034,
    VIRTIO_MMIO_QUEUE_NUM = 0x038,
    VIRTIO_MMIO_QUEUE_READY = 0x044,
    VIRTIO_MMIO_QUEUE_NOTIFY = 0x050,
    VIRTIO_MMIO_INTERRUPT_STATUS = 0x060,
    VIRTIO_MMIO_INTERRUPT_ACK = 0x064,
    VIRTIO_MMIO_STATUS = 0x070,
    VIRTIO_MMIO_QUEUE_DESC_LOW = 0x080,
    VIRTIO_MMIO_QUEUE_DESC_HIGH = 0x084,
    VIRTIO_MMIO_QUEUE_DRIVER_LOW = 0x090,
    VIRTIO_MMIO_QUEUE_DRIVER_HIGH = 0x094,
    VIRTIO_MMIO_QUEUE_DEVICE_LOW = 0x0a0,
    VIRTIO_MMIO_QUEUE_DEVICE_HIGH = 0x0a4,
    VIRTIO_MMIO_SHM_LEN_LOW = 0x0b0,
    VIRTIO_MMIO_SHM_LEN_HIGH = 0x0b4,
    VIRTIO_MMIO_SHM_BASE_LOW = 0x0b8,
    VIRTIO_MMIO_SHM_BASE_HIGH = 0x0bc,
    VIRTIO_MMIO_CONFIG_GENERATION = 0x0fc,
    VIRTIO_MMIO_CONFIG = 0x100, /* device configuration space, any access width */
};

#define VIRTIO_MMIO_MAGIC     0x74726976u /* "virt" */
#define VIRTIO_MMIO_VERSION_2 2u

/* Bits of VIRTIO_MMIO_INTERRUPT_STATUS. */
#define VIRTIO_INTERRUPT_QUEUE  1u /* used buffer notification */
#define VIRTIO_INTERRUPT_CONFIG 2u /* configuration change; also raised for NEEDS_RESET */

/* Bits of VIRTIO_MMIO_STATUS (2.1). */
#define VIRTIO_STATUS_ACKNOWLEDGE 1u
#define VIRTIO_STATUS_DRIVER      2u
#define VIRTIO_STATUS_DRIVER_OK   4u
#define VIRTIO_STATUS_FEATURES_OK 8u
#define VIRTIO_STATUS_NEEDS_RESET 64u
#define VIRTIO_STATUS_FAILED      128u

/* Feature bits (6; 5.2.3 for the block device). */
#define VIRTIO_F_INDIRECT_DESC (1ull << 28)
#define VIRTIO_F_EVENT_IDX     (1ull << 29)
#define VIRTIO_F_VERSION_1     (1ull << 32)
#define VIRTIO_BLK_F_SIZE_MAX  (1ull << 1)
#define VIRTIO_BLK_F_SEG_MAX   (1ull << 2)
#define VIRTIO_BLK_F_RO        (1ull << 5)
#define VIRTIO_BLK_F_BLK_SIZE  (1ull << 6)
#define VIRTIO_BLK_F_FLUSH     (1ull << 9)

/* Device IDs (5). */
#define VIRTIO_ID_BLOCK   2u
#define VIRTIO_ID_ENTROPY 4u

/* The split virtqueue (2.7). */
#define VIRTQ_SIZE_MAX 32768u

#define VIRTQ_DESC_F_NEXT     1u /* the chain continues at `next` */
#define VIRTQ_DESC_F_WRITE    2u /* device-writable; otherwise device-readable */
#define VIRTQ_DESC_F_INDIRECT 4u /* the buffer is a table of descriptors */

struct virtq_desc {
    uint64_t addr; /* guest-physical */
    uint32_t len;
    uint16_t flags;
    uint16_t next;
};

#define VIRTQ_AVAIL_F_NO_INTERRUPT 1u

/* The available ring. With VIRTIO_F_EVENT_IDX, used_event (uint16_t) follows the last entry. */
struct virtq_avail {
    uint16_t flags;
    uint16_t idx;
    uint16_t ring[];
};

struct virtq_used_elem {
    uint32_t id;
    uint32_t len;
};

#define VIRTQ_USED_F_NO_NOTIFY 1u

/* The used ring. With VIRTIO_F_EVENT_IDX, avail_event (uint16_t) follows the last entry. */
struct virtq_used {
    uint16_t flags;
    uint16_t idx;
    struct virtq_used_elem ring[];
};

/*
 * virtq_need_event(): whether advancing an index from `old` to `new` passes `event`, the used_event
 * or avail_event of the other side, so that it must be notified (2.7.7.2, 2.7.10.2).
 */
static inline int virtq_need_event(uint16_t event, uint16_t new, uint16_t old)
{
    return (uint16_t)(new - event - 1) < (uint16_t)(new - old);
}

/* The block device (5.2). A request is a header, the data and one status byte. */
#define VIRTIO_BLK_SECTOR_BYTES 512u
#define VIRTIO_BLK_ID_BYTES     20u

struct virtio_blk_config {
    uint64_t capacity; /* in sectors of VIRTIO_BLK_SECTOR_BYTES */
    uint32_t size_max; /* largest data segment in bytes */
    uint32_t seg_max;  /* most data segments per request */
    uint16_t cylinders;
    uint8_t heads, sectors;
    uint32_t blk_size; /* preferred I/O size in bytes */
};

enum virtio_blk_type {
    VIRTIO_BLK_T_IN = 0,
    VIRTIO_BLK_T_OUT = 1,
    VIRTIO_BLK_T_FLUSH = 4,
    VIRTIO_BLK_T_GET_ID = 8,
};

struct virtio_blk_header {
    uint32_t type;
    uint32_t reserved;
    uint64_t sector;
};

enum virtio_blk_status {
    VIRTIO_BLK_S_OK = 0,
    VIRTIO_BLK_S_IOERR = 1,
    VIRTIO_BLK_S_UNSUPP = 2,
};

#endif
