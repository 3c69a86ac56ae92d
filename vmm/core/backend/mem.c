/* SPDX-License-Identifier: MIT */
/* Engine mem: the disk is anonymous memory; I/O is memcpy(). */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "vmm/core/backend/engine.h"

static int mem_open(struct backend *backend, struct err *err)
{
    void *memory = mmap(NULL, backend->bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (memory == MAP_FAILED) {
        err_sys(err, ERR_FAILED, "--disk engine=mem: cannot map the disk's memory");
        return err_hint(err, "a smaller size=");
    }
    backend->memory = memory;
    if (!engine_fifo_open(backend, err))
        return 0;
    munmap(memory, backend->bytes);
    return -1;
}

static void mem_close(struct backend *backend)
{
    munmap(backend->memory, backend->bytes);
    engine_fifo_close(backend);
}

static void copy(const struct backend *backend, const struct backend_io *io)
{
    uint8_t *at = (uint8_t *)backend->memory + io->offset;

    for (unsigned i = 0; i < io->iovs; at += io->iov[i++].iov_len) {
        if (io->op == BACKEND_READ)
            memcpy(io->iov[i].iov_base, at, io->iov[i].iov_len);
        else
            memcpy(at, io->iov[i].iov_base, io->iov[i].iov_len);
    }
}

static unsigned mem_reap(struct backend *backend, struct backend_io **done, unsigned max)
{
    unsigned count = 0;
    struct backend_io *io;

    while (count < max && (io = engine_fifo_take(backend))) {
        if (io->op != BACKEND_FLUSH)
            copy(backend, io);
        io->error = 0;
        done[count++] = io;
    }
    return count;
}

const struct backend_ops engine_mem = {
    .name = "mem",
    .keeps_data = true,
    .open = mem_open,
    .close = mem_close,
    .queue = engine_fifo_queue,
    .reap = mem_reap,
    .wait = engine_fifo_wait,
};
