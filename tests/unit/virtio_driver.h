/* SPDX-License-Identifier: MIT */
/*
 * A virtio-blk driver for tests, which can break every rule of the protocol. Its device uses the
 * mem engine and no thread: the test calls blk_work().
 */
#ifndef UNIT_VIRTIO_DRIVER_H
#define UNIT_VIRTIO_DRIVER_H

#include "vmm/dev/blk.h"

/* The driver's areas in RAM of DRIVER_RAM bytes. */
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

/* driver_open(): a driver with a reset device; driver_close() frees both. */
void driver_open(struct virtio_driver *driver, bool read_only);
void driver_close(struct virtio_driver *driver);

/* Register accesses, of any width. */
void driver_write(struct virtio_driver *driver, uint64_t reg, uint64_t value, unsigned bytes);
uint32_t driver_read(struct virtio_driver *driver, uint64_t reg);

static inline void driver_set(struct virtio_driver *driver, uint64_t reg, uint32_t value)
{
    driver_write(driver, reg, value, sizeof(value));
}

/* The steps of initialization (3.1.1), in order. */
void driver_negotiate(struct virtio_driver *driver, uint64_t features); /* up to FEATURES_OK */
void driver_setup_queue(struct virtio_driver *driver);                  /* up to QUEUE_READY */
void driver_ok(struct virtio_driver *driver);                           /* DRIVER_OK */

/* driver_start(): all steps, with every feature that the device offers. */
void driver_start(struct virtio_driver *driver);

/* driver_at(): the host address of guest memory. */
void *driver_at(struct virtio_driver *driver, gpa_t gpa);

struct virtq_desc *driver_desc(struct virtio_driver *driver, unsigned i);
struct virtq_avail *driver_avail(struct virtio_driver *driver);
struct virtq_used *driver_used(struct virtio_driver *driver);

/*
 * driver_request(): fill descriptors 0 to 2 with a request of `type` at `sector` with
 * DRIVER_DATA_BYTES of data; does not make it available.
 */
void driver_request(struct virtio_driver *driver, uint32_t type, uint64_t sector);

/* driver_submit(): make the chain at `head` available, kick, and run the device until idle. */
void driver_submit(struct virtio_driver *driver, uint16_t head);

/* driver_run(): run the device until idle. */
void driver_run(struct virtio_driver *driver);

/* driver_status(): the status byte of the last request; 0xff: not written yet. */
uint8_t driver_status(struct virtio_driver *driver);

#endif
