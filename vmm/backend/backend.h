/* SPDX-License-Identifier: MIT */
/*
 * Where the data of a disk is: a file, read and written by one of several engines, or no file at
 * all. A back-end knows host memory and files, and nothing of guests, so that a native run uses the
 * same code as a device.
 *
 * Operations are asynchronous: backend_queue() takes them, backend_reap() starts what was taken and
 * gives back those that are complete, in any order; backend_wait() sleeps until there are some. One
 * thread at a time uses a back-end.
 */
#ifndef BACKEND_BACKEND_H
#define BACKEND_BACKEND_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "vmm/base/err.h"
#include "vmm/config/config.h"

enum backend_op {
    BACKEND_READ,
    BACKEND_WRITE,
    BACKEND_FLUSH, /* complete when all writes that were complete before survive a loss of power */
};

/* An operation; it and what it points to belong to the back-end from queue to reap. */
struct backend_io {
    enum backend_op op;
    bool writethrough; /* a write: survives a loss of power as soon as it is complete */
    uint64_t offset;   /* in bytes, as `bytes` */
    uint64_t bytes;    /* the sum of the iov; within the disk, which the caller has checked */
    struct iovec *iov; /* changed if the operation is done in parts */
    unsigned iovs;     /* at most BACKEND_IOVS_MAX */
    int error;         /* when complete: 0, or an errno; a file that has become too short is EIO */
};

#define BACKEND_IOVS_MAX 1024u /* IOV_MAX */

struct backend;

struct backend_ops {
    const char *name; /* as the option's value: "sync" */
    bool keeps_data;  /* what was written can be read */
    /* With backend->fd and backend->bytes set. Returns 0, or -1. */
    int (*open)(struct backend *backend, struct err *err);
    void (*close)(struct backend *backend);
    void (*queue)(struct backend *backend, struct backend_io *io);
    unsigned (*reap)(struct backend *backend, struct backend_io **done, unsigned max);
    void (*wait)(struct backend *backend, int event_fd);
};

struct backend {
    const struct backend_ops *ops;
    uint64_t bytes;       /* a multiple of 512 */
    unsigned block_bytes; /* the unit in which it is best used: 512, or more with direct */
    bool read_only;
    int fd;          /* -1: no file */
    unsigned depth;  /* most operations in flight */
    int flush_error; /* of a flush that failed: what was written before it may be lost */
    void *memory;    /* the disk itself, with engine=mem */
    void *engine;    /* the engine's own */
};

/*
 * backend_open(): open, create or make up what config->path and config->engine say, for at most
 * `depth` operations in flight, and lock it against other writers. A disk that is `temporary` is a
 * file without a name. Returns 0, or -1 with what to do about it: ERR_USAGE where the user asked
 * for something that this file, this host or its kernel cannot do.
 */
int backend_open(struct backend *backend, const struct config_disk *config, unsigned depth,
                 struct err *err);

/* backend_close(): nothing may be in flight. */
void backend_close(struct backend *backend);

/*
 * backend_flushed(): for engines: what a flush that ended with `error`, 0 or an errno, is to be
 * answered with. A kernel that could not write tells it once and then forgets the data, so that
 * after one failure no flush succeeds any more.
 */
int backend_flushed(struct backend *backend, int error);

/* backend_queue(): take an operation; there is room for `depth` of them. */
static inline void backend_queue(struct backend *backend, struct backend_io *io)
{
    backend->ops->queue(backend, io);
}

/*
 * backend_reap(): start what was queued, and give back what is complete, at most `max`, without
 * waiting. Returns how many there are in `done`.
 */
static inline unsigned backend_reap(struct backend *backend, struct backend_io **done, unsigned max)
{
    return backend->ops->reap(backend, done, max);
}

/*
 * backend_wait(): start what was queued, and sleep until something is complete, `event_fd` (an
 * eventfd, or -1) can be read, or a signal comes. It may return early. The eventfd is not read.
 */
static inline void backend_wait(struct backend *backend, int event_fd)
{
    backend->ops->wait(backend, event_fd);
}

#endif
