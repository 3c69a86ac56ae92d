/* SPDX-License-Identifier: MIT */
/*
 * The storage of a disk: a file, accessed by one of several engines, or no file. A back-end knows
 * host memory and files but no guests, so that native runs and devices share its code.
 *
 * Operations are asynchronous: backend_queue() queues one, backend_reap() submits the queued ones
 * and returns completed ones, in any order; backend_wait() blocks until one completes. A back-end
 * is not thread-safe: the caller serializes.
 */
#ifndef BACKEND_BACKEND_H
#define BACKEND_BACKEND_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "vmm/core/base/err.h"
#include "vmm/core/config/config.h"

enum backend_op {
    BACKEND_READ,
    BACKEND_WRITE,
    BACKEND_FLUSH, /* makes all writes that completed before it durable */
};

/* An operation. The back-end owns it and its buffers from backend_queue() to backend_reap(). */
struct backend_io {
    enum backend_op op;
    bool writethrough; /* a write: survives a loss of power as soon as it is complete */
    uint64_t offset;   /* in bytes, as `bytes` */
    uint64_t bytes;    /* the total of iov; offset + bytes must not exceed the disk's size */
    struct iovec *iov; /* modified if the operation is done in parts */
    unsigned iovs;     /* at most BACKEND_IOVS_MAX */
    int error;         /* on completion: 0 or an errno; EIO if the file is shorter than the disk */
};

#define BACKEND_IOVS_MAX 1024u /* IOV_MAX */

struct backend;

struct backend_ops {
    const char *name; /* the value of engine=: "sync" */
    bool keeps_data;  /* reads return what was written */
    /* Called with backend->fd and backend->bytes set. Returns 0, or -1 with *err set. */
    int (*open)(struct backend *backend, struct err *err);
    void (*close)(struct backend *backend);
    void (*queue)(struct backend *backend, struct backend_io *io);
    unsigned (*reap)(struct backend *backend, struct backend_io **done, unsigned max);
    void (*wait)(struct backend *backend, int event_fd);
};

struct backend {
    const struct backend_ops *ops;
    uint64_t bytes;       /* a multiple of 512 */
    unsigned block_bytes; /* the logical block size: 512, or larger with direct */
    bool read_only;
    bool cached;     /* I/O goes through the host's page cache */
    int fd;          /* -1: no file */
    unsigned depth;  /* the most operations in flight */
    int error;       /* atomic: the errno of the first failed operation; 0: none */
    int flush_error; /* the errno of the first failed flush; 0: none */
    void *memory;    /* the data with engine=mem */
    void *engine;    /* the engine's private data */
};

/*
 * backend_open(): open or create the configured file and lock it against other writers, and set up
 * the engine for at most `depth` operations in flight. A `temporary` disk is an unnamed file.
 * Returns 0, or -1 with *err and a hint: ERR_USAGE if the file or the host does not support the
 * options.
 */
int backend_open(struct backend *backend, const struct config_disk *config, unsigned depth,
                 struct err *err);

/* backend_close(): no operation may be in flight. */
void backend_close(struct backend *backend);

/*
 * backend_flushed(): for engines: the error to complete a flush with, given its result `error`.
 * After a failed flush every later one fails too: the kernel reports a write-back error once and
 * may drop the data (fsync(2)).
 */
int backend_flushed(struct backend *backend, int error);

/* backend_queue(): queue an operation; at most `depth` may be in flight. */
static inline void backend_queue(struct backend *backend, struct backend_io *io)
{
    backend->ops->queue(backend, io);
}

/*
 * backend_reap(): submit the queued operations and store up to `max` completed ones in `done`,
 * without blocking. Returns their number.
 */
static inline unsigned backend_reap(struct backend *backend, struct backend_io **done, unsigned max)
{
    return backend->ops->reap(backend, done, max);
}

/*
 * backend_wait(): submit the queued operations and block until one completes, `event_fd` (an
 * eventfd, or -1) is readable, or a signal arrives. May return early. Does not read the eventfd.
 */
static inline void backend_wait(struct backend *backend, int event_fd)
{
    backend->ops->wait(backend, event_fd);
}

#endif
