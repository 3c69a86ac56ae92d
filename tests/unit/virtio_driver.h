/* SPDX-License-Identifier: MIT */
/*
 * A driver of a virtio-blk device, for tests: it can be told to do everything wrong. Its device has
 * memory behind it instead of a file, and no thread: blk_work() is the test's to call.
 */
#ifndef UNIT_VIRTIO_DRIVER_H
#define UNIT_VIRTIO_DRIVER_H

#include "vmm/dev/blk.h"

/* Where the driver keeps its things, in RAM of DRIVER_RAM bytes. */
#define DRIVER_RAM    (64ull << 20)
#define DRIVER_DESC   0x10000ull
#define DRIVER_AVAIL  0x20000ull
#define DRIVER_USED   0x30000ull
#define DRIVER_HEADER 0x40000ull
#define DRIVER_STATUS 0x50000ull
#define DRIVER_TABLE  0x60000ull
#define DRIVER_DATA   0x100000ull

#define DRIVER_SIZE       16u /* entries of the queue */
#define DRIVER_DISK_BYTES (1ull << 20)
#define DRIVER_DATA_BYTES 4096u

struct virtio_driver {
    struct guestmem mem;
    struct config_disk config;
    struct backend backend;
    struct blk blk;
    unsigned interrupts;
};

/* driver_open(): a device that has been reset; driver_close() gives everything back. */
void driver_open(struct virtio_driver *driver, bool read_only);
void driver_close(struct virtio_driver *driver);

/* Registers, of any width. */
void driver_write(struct virtio_driver *driver, uint64_t reg, uint64_t value, unsigned bytes);
uint32_t driver_read(struct virtio_driver *driver, uint64_t reg);

static inline void driver_set(struct virtio_driver *driver, uint64_t reg, uint32_t value)
{
    driver_write(driver, reg, value, sizeof(value));
}

/* The steps of a start, each after the one before. */
void driver_negotiate(struct virtio_driver *driver, uint64_t features); /* up to FEATURES_OK */
void driver_setup_queue(struct virtio_driver *driver);                  /* up to QUEUE_READY */
void driver_ok(struct virtio_driver *driver);                           /* DRIVER_OK */

/* driver_start(): all of them, with every feature. */
void driver_start(struct virtio_driver *driver);

/* driver_at(): the driver's memory. */
void *driver_at(struct virtio_driver *driver, gpa_t gpa);

struct virtq_desc *driver_desc(struct virtio_driver *driver, unsigned i);
struct virtq_avail *driver_avail(struct virtio_driver *driver);
struct virtq_used *driver_used(struct virtio_driver *driver);

/*
 * driver_request(): descriptors 0 to 2: a request of this type at this sector with
 * DRIVER_DATA_BYTES of data; not made available yet.
 */
void driver_request(struct virtio_driver *driver, uint32_t type, uint64_t sector);

/* driver_submit(): make head `head` available and have the device work until it is idle. */
void driver_submit(struct virtio_driver *driver, uint16_t head);

/* driver_run(): have the device work until it is idle. */
void driver_run(struct virtio_driver *driver);

/* driver_status(): the byte of status of the last request; 0xff: it has none yet. */
uint8_t driver_status(struct virtio_driver *driver);

#endif
