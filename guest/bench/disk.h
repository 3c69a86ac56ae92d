/* SPDX-License-Identifier: MIT */
/*
 * The disk of the block I/O benchmarks: a virtio-blk device in a VM (guest/kvm/disk.c), the same
 * file in a native run (tools/native/disk.c). Operations are asynchronous, like those of the
 * device.
 */
#ifndef BENCH_DISK_H
#define BENCH_DISK_H

#include <stdbool.h>
#include <stdint.h>

enum disk_op { DISK_READ, DISK_WRITE, DISK_FLUSH };

/* An operation; the disk owns it and its data from queue() to reap(). */
struct disk_io {
    enum disk_op op;
    uint32_t bytes;  /* a multiple of 512 */
    uint64_t offset; /* in bytes, a multiple of 512 */
    void *data;      /* in the arena */
    uint64_t start;  /* for the caller; the disk ignores it */
    unsigned error;  /* on completion: 0, or a status of the disk */
};

#define DISK_DEPTH_MAX 256u /* most operations in flight */
#define DISK_ID_MAX    20u  /* VIRTIO_BLK_ID_BYTES */

struct disk {
    uint64_t bytes;
    unsigned block_bytes; /* offsets and sizes should be multiples of this: 512 or more */
    unsigned depth;       /* most operations in flight */
    bool read_only;
    bool keeps_data;              /* false: reads do not return written data (engine "null") */
    char engine[DISK_ID_MAX + 1]; /* "sync", "uring", "mem", "null" */

    /* Queue an operation; at most `depth` may be queued or in flight. */
    void (*queue)(struct disk_io *io);
    /* Submit queued operations, return completed ones without waiting. Returns their number. */
    unsigned (*reap)(struct disk_io **done, unsigned max);
    /* Submit queued operations and wait for a completion; may return spuriously. */
    void (*wait)(void);
};

#endif
