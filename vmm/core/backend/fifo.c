/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <stdlib.h>

#include "vmm/core/backend/engine.h"

int engine_fifo_open(struct backend *backend, struct err *err)
{
    struct engine_fifo *fifo = calloc(1, sizeof(*fifo));

    if (fifo)
        fifo->io = calloc(backend->depth, sizeof(struct backend_io *));
    if (!fifo || !fifo->io) {
        free(fifo);
        return err_sys(err, ERR_FAILED, "cannot allocate a disk's queue");
    }
    fifo->size = backend->depth;
    backend->engine = fifo;
    return 0;
}

void engine_fifo_close(struct backend *backend)
{
    struct engine_fifo *fifo = backend->engine;

    free(fifo->io);
    free(fifo);
}

void engine_fifo_queue(struct backend *backend, struct backend_io *io)
{
    struct engine_fifo *fifo = backend->engine;

    fifo->io[(fifo->first + fifo->count++) % fifo->size] = io;
}

struct backend_io *engine_fifo_take(struct backend *backend)
{
    struct engine_fifo *fifo = backend->engine;
    struct backend_io *io;

    if (!fifo->count)
        return NULL;
    io = fifo->io[fifo->first];
    fifo->first = (fifo->first + 1) % fifo->size;
    fifo->count--;
    return io;
}

void engine_fifo_wait(struct backend *backend, int event_fd)
{
    const struct engine_fifo *fifo = backend->engine;
    struct pollfd event = {.fd = event_fd, .events = POLLIN};

    /* Queued operations complete in the next reap. */
    if (!fifo->count)
        poll(&event, 1, -1);
}

bool engine_advance(struct backend_io *io, uint64_t *left, uint64_t done)
{
    *left -= done;
    while (done && done >= io->iov->iov_len) {
        done -= io->iov->iov_len;
        io->iov++;
        io->iovs--;
    }
    if (done) {
        io->iov->iov_base = (uint8_t *)io->iov->iov_base + done;
        io->iov->iov_len -= done;
    }
    return *left;
}
