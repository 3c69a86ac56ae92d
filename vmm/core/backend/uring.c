/* SPDX-License-Identifier: MIT */
/*
 * Engine uring, on io_uring(7): one system call submits all queued operations; completions are read
 * from shared memory.
 */
#include <errno.h>
#include <liburing.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vmm/core/backend/engine.h"

/* The index of the registered file. */
#define FILE_INDEX 0

struct uring {
    struct io_uring ring;
    bool enabled; /* by the thread that first used the ring, its single issuer */
    bool polling; /* a poll of the eventfd is in flight */
    unsigned in_flight;
};

/*
 * Run completion work only when this thread asks for completions (IORING_SETUP_DEFER_TASKRUN);
 * kernels before 6.1 do without.
 */
static int set_up(struct io_uring *ring, unsigned entries)
{
    static const unsigned flags[] = {
        IORING_SETUP_R_DISABLED | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
            IORING_SETUP_TASKRUN_FLAG,
        IORING_SETUP_R_DISABLED,
    };
    int result = -EINVAL;

    for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]) && result == -EINVAL; i++)
        result = io_uring_queue_init(entries, ring, flags[i]);
    return result;
}

bool engine_uring_works(void)
{
    struct io_uring ring;

    if (set_up(&ring, 1))
        return false;
    io_uring_queue_exit(&ring);
    return true;
}

static int uring_open(struct backend *backend, struct err *err)
{
    struct uring *uring = calloc(1, sizeof(*uring));
    int result = -ENOMEM;

    /* One more entry for the poll of the eventfd. */
    if (uring)
        result = set_up(&uring->ring, backend->depth + 1);
    if (result) {
        free(uring);
        errno = -result;
        err_sys(err, ERR_CANNOT_RUN, "--disk engine=uring: cannot create an io_uring");
        return err_hint(err, "engine=sync, or sysctl kernel.io_uring_disabled=0");
    }
    backend->engine = uring;
    result = io_uring_register_files(&uring->ring, &backend->fd, 1);
    if (!result)
        return 0;
    io_uring_queue_exit(&uring->ring);
    free(uring);
    errno = -result;
    return err_sys(err, ERR_FAILED, "--disk engine=uring: cannot register the file");
}

static void uring_close(struct backend *backend)
{
    struct uring *uring = backend->engine;

    io_uring_queue_exit(&uring->ring);
    free(uring);
}

static void enable(struct uring *uring)
{
    /* The shared library of liburing 2.3 does not export io_uring_enable_rings(). */
    if (!uring->enabled)
        syscall(SYS_io_uring_register, uring->ring.ring_fd, IORING_REGISTER_ENABLE_RINGS, NULL, 0);
    uring->enabled = true;
}

/* The bytes left of an operation, the total of its iov. */
static uint64_t left_of(const struct backend_io *io)
{
    uint64_t left = 0;

    for (unsigned i = 0; i < io->iovs; i++)
        left += io->iov[i].iov_len;
    return left;
}

static void prepare(struct uring *uring, struct backend_io *io)
{
    struct io_uring_sqe *sqe = io_uring_get_sqe(&uring->ring);
    uint64_t offset = io->offset + io->bytes - left_of(io);

    /* For a single iovec, spare the kernel the copy of the array. */
    if (io->op == BACKEND_FLUSH)
        io_uring_prep_fsync(sqe, FILE_INDEX, IORING_FSYNC_DATASYNC);
    else if (io->op == BACKEND_READ && io->iovs == 1)
        io_uring_prep_read(sqe, FILE_INDEX, io->iov->iov_base, (unsigned)io->iov->iov_len, offset);
    else if (io->op == BACKEND_READ)
        io_uring_prep_readv(sqe, FILE_INDEX, io->iov, io->iovs, offset);
    else if (io->iovs == 1)
        io_uring_prep_write(sqe, FILE_INDEX, io->iov->iov_base, (unsigned)io->iov->iov_len, offset);
    else
        io_uring_prep_writev(sqe, FILE_INDEX, io->iov, io->iovs, offset);
    if (io->op != BACKEND_FLUSH)
        sqe->rw_flags = io->writethrough ? RWF_DSYNC : 0;
    sqe->flags |= IOSQE_FIXED_FILE;
    io_uring_sqe_set_data(sqe, io);
    uring->in_flight++;
}

static void uring_queue(struct backend *backend, struct backend_io *io)
{
    struct uring *uring = backend->engine;

    enable(uring);
    prepare(uring, io);
}

/* Whether an operation is complete; if not, it is queued again for the rest. */
static bool complete(struct backend *backend, struct backend_io *io, int result)
{
    struct uring *uring = backend->engine;
    uint64_t left = left_of(io);

    uring->in_flight--;
    if (io->op == BACKEND_FLUSH) {
        engine_ended(backend, io, backend_flushed(backend, -result));
        return true;
    }
    if (result == -EINTR || result == -EAGAIN ||
        (result > 0 && engine_advance(io, &left, (uint64_t)result))) {
        prepare(uring, io);
        return false;
    }
    /* 0 bytes: the file has been truncated. */
    engine_ended(backend, io, result > 0 ? 0 : result ? -result : EIO);
    return true;
}

static unsigned uring_reap(struct backend *backend, struct backend_io **done, unsigned max)
{
    struct uring *uring = backend->engine;
    struct io_uring_cqe *cqe;
    unsigned count = 0, head, seen = 0;

    if (io_uring_sq_ready(&uring->ring))
        io_uring_submit_and_get_events(&uring->ring);
    else if (uring->in_flight && !io_uring_cq_ready(&uring->ring) &&
             IO_URING_READ_ONCE(*uring->ring.sq.kflags) & IORING_SQ_TASKRUN)
        io_uring_get_events(&uring->ring);
    io_uring_for_each_cqe (&uring->ring, head, cqe) {
        struct backend_io *io = io_uring_cqe_get_data(cqe);

        if (count == max)
            break;
        seen++;
        if (!io)
            uring->polling = false;
        else if (complete(backend, io, cqe->res))
            done[count++] = io;
    }
    io_uring_cq_advance(&uring->ring, seen);
    return count;
}

static void uring_wait(struct backend *backend, int event_fd)
{
    struct uring *uring = backend->engine;
    struct io_uring_sqe *sqe;

    enable(uring);
    if (event_fd >= 0 && !uring->polling) {
        sqe = io_uring_get_sqe(&uring->ring);
        io_uring_prep_poll_add(sqe, event_fd, POLLIN);
        io_uring_sqe_set_data(sqe, NULL);
        uring->polling = true;
    }
    io_uring_submit_and_wait(&uring->ring, 1);
}

const struct backend_ops engine_uring = {
    .name = "uring",
    .keeps_data = true,
    .open = uring_open,
    .close = uring_close,
    .queue = uring_queue,
    .reap = uring_reap,
    .wait = uring_wait,
};
