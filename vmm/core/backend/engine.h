/* SPDX-License-Identifier: MIT */
/* The engines, and the code that they share. */
#ifndef BACKEND_ENGINE_H
#define BACKEND_ENGINE_H

#include "vmm/core/backend/backend.h"

extern const struct backend_ops engine_sync, engine_uring, engine_mem, engine_null;

/* engine_uring_works(): whether this process can create an io_uring. */
bool engine_uring_works(void);

/*
 * A queue of operations that are executed in order when they are reaped, for engines that do
 * nothing asynchronously.
 */
struct engine_fifo {
    struct backend_io **io;
    unsigned size, first, count;
};

/* engine_fifo_open(): set backend->engine to a queue of backend->depth. Returns 0, or -1. */
int engine_fifo_open(struct backend *backend, struct err *err);

/* engine_fifo_close(): an engine's close(). */
void engine_fifo_close(struct backend *backend);

/* engine_fifo_queue(), engine_fifo_wait(): an engine's queue() and wait(). */
void engine_fifo_queue(struct backend *backend, struct backend_io *io);
void engine_fifo_wait(struct backend *backend, int event_fd);

/* engine_fifo_take(): remove the oldest operation; NULL: none. */
struct backend_io *engine_fifo_take(struct backend *backend);

/*
 * engine_advance(): account `done` bytes of an operation: advances its iov and decreases *left.
 * Returns whether any bytes are left.
 */
bool engine_advance(struct backend_io *io, uint64_t *left, uint64_t done);

/* engine_ended(): set an operation's `error` to 0 or an errno; keeps the back-end's first error. */
static inline void engine_ended(struct backend *backend, struct backend_io *io, int error)
{
    io->error = error;
    if (error && !backend->error)
        __atomic_store_n(&backend->error, error, __ATOMIC_RELAXED);
}

#endif
