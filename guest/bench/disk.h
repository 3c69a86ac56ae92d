/* SPDX-License-Identifier: MIT */
/*
 * The disk that the block I/O benchmarks use: a virtio-blk device in a VM (guest/kvm/disk.c), the
 * same file natively (guest/posix/disk.c). Operations are asynchronous, as in the device.
 */
#ifndef BENCH_DISK_H
#define BENCH_DISK_H

#include <stdbool.h>
#include <stdint.h>

enum disk_op { DISK_READ, DISK_WRITE, DISK_FLUSH };

/* An operation; it and its data belong to the disk from queue() to reap(). */
struct disk_io {
    enum disk_op op;
    uint32_t bytes;  /* a multiple of 512 */
    uint64_t offset; /* in bytes, a multiple of 512 */
    void *data;      /* in the arena */
    uint64_t start;  /* the caller's own */
    unsigned error;  /* when complete: 0, or what the disk said */
};

#define DISK_DEPTH_MAX 256u /* no more are in flight */
#define DISK_ID_MAX    20u  /* VIRTIO_BLK_ID_BYTES */

struct disk {
    uint64_t bytes;
    unsigned block_bytes; /* offsets and sizes should be multiples of this: 512 or more */
    unsigned depth;       /* most operations in flight */
    bool read_only;
    bool keeps_data;              /* what was written can be read: not so with the engine "null" */
    char engine[DISK_ID_MAX + 1]; /* "sync", "uring", "mem", "null" */

    /* Take an operation; there is room for `depth` of them. */
    void (*queue)(struct disk_io *io);
    /* Start what was queued and give back what is complete, without waiting. Returns how many. */
    unsigned (*reap)(struct disk_io **done, unsigned max);
    /* Start what was queued and return when there is something to reap, or perhaps before. */
    void (*wait)(void);
};

#endif
