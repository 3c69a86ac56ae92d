/* SPDX-License-Identifier: MIT */
/* Engine sync: preadv(2), pwritev2(2) and fdatasync(2) when an operation is reaped. */
#include <errno.h>
#include <unistd.h>

#include "vmm/core/backend/engine.h"

/* The most operations per reap, so that completed ones are returned soon. */
#define BATCH 4u

/* Returns the number of bytes transferred, or -1. */
static ssize_t transfer(const struct backend *backend, const struct backend_io *io, off_t offset)
{
    if (io->op == BACKEND_READ)
        return preadv(backend->fd, io->iov, (int)io->iovs, offset);
    return pwritev2(backend->fd, io->iov, (int)io->iovs, offset, io->writethrough ? RWF_DSYNC : 0);
}

/* A call may transfer less than asked for; 0 means that the file has been truncated. */
static int transfer_all(const struct backend *backend, struct backend_io *io)
{
    uint64_t left = io->bytes;

    while (left) {
        ssize_t done = transfer(backend, io, (off_t)(io->offset + io->bytes - left));

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return done ? errno : EIO;
        engine_advance(io, &left, (uint64_t)done);
    }
    return 0;
}

static int flush(const struct backend *backend)
{
    return fdatasync(backend->fd) ? errno : 0;
}

static unsigned sync_reap(struct backend *backend, struct backend_io **done, unsigned max)
{
    unsigned count = 0;
    struct backend_io *io;

    while (count < max && count < BATCH && (io = engine_fifo_take(backend))) {
        engine_ended(backend, io,
                     io->op == BACKEND_FLUSH ? backend_flushed(backend, flush(backend))
                                             : transfer_all(backend, io));
        done[count++] = io;
    }
    return count;
}

const struct backend_ops engine_sync = {
    .name = "sync",
    .keeps_data = true,
    .open = engine_fifo_open,
    .close = engine_fifo_close,
    .queue = engine_fifo_queue,
    .reap = sync_reap,
    .wait = engine_fifo_wait,
};
