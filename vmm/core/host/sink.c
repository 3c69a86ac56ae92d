/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vmm/core/base/clock.h"
#include "vmm/core/host/sink.h"

#define FLAGS (O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

/* Interval between attempts to open a FIFO without a reader. */
#define FIFO_MS 20

static bool is_fifo(const char *path)
{
    struct stat file;

    return !stat(path, &file) && S_ISFIFO(file.st_mode);
}

int sink_open(struct sink *sink, const char *path, int flags, const struct watch *watch)
{
    struct pollfd stop = {.fd = watch ? watch->stop_fd : -1, .events = POLLIN};
    struct err err;

    *sink = (struct sink){.own = true};
    for (;;) {
        sink->fd = open(path, FLAGS | flags, 0666);
        if (sink->fd >= 0)
            return 0;
        if (errno != ENXIO || !is_fifo(path))
            return -1;
        if (watch_check(watch, &err)) {
            errno = EINTR;
            return -1;
        }
        poll(&stop, 1, FIFO_MS);
    }
}

void sink_share(struct sink *sink, int fd)
{
    struct stat file;
    char path[32];
    int own;

    *sink = (struct sink){.fd = fd};
    if (fstat(fd, &file) || (!S_ISFIFO(file.st_mode) && !isatty(fd)))
        return;
    /* Reopen a pipe or terminal: O_NONBLOCK would apply to all users of the shared file. */
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    own = open(path, FLAGS);
    if (own >= 0)
        *sink = (struct sink){.fd = own, .own = true};
}

/* The deadline of a wait that starts now. */
static uint64_t deadline_of(int wait_ms)
{
    return wait_ms < 0 ? UINT64_MAX : clock_mono_ns() + (uint64_t)wait_ms * 1000000;
}

static bool has_passed(uint64_t deadline)
{
    return clock_mono_ns() >= deadline;
}

/* Wait until the file is writable or has failed. Returns false on timeout. */
static bool wait_writable(int fd, uint64_t deadline)
{
    struct pollfd file = {.fd = fd, .events = POLLOUT};

    for (;;) {
        uint64_t now = clock_mono_ns(), left = deadline > now ? deadline - now : 0;
        int ready = poll(&file, 1, deadline == UINT64_MAX ? -1 : (int)((left + 999999) / 1000000));

        if (ready >= 0 || errno != EINTR)
            return ready > 0;
    }
}

/* Write a part. Returns the number of bytes, 0 to retry, or -1 with errno set. */
static ssize_t write_some(int fd, const char *text, size_t bytes)
{
    /* A writable pipe accepts PIPE_BUF bytes without blocking. */
    ssize_t written = write(fd, text, bytes < PIPE_BUF ? bytes : PIPE_BUF);

    if (written >= 0 || errno == EINTR)
        return written < 0 ? 0 : written;
    if (errno != EAGAIN)
        return -1;
    /* A terminal may be writable, but not for this many bytes. */
    poll(NULL, 0, 1);
    return 0;
}

size_t sink_write(struct sink *sink, const char *text, size_t bytes, int wait_ms)
{
    bool stalled = __atomic_load_n(&sink->stalled, __ATOMIC_RELAXED);
    uint64_t deadline = deadline_of(stalled && wait_ms > 0 ? 0 : wait_ms);
    int error = 0;

    while (bytes && !error) {
        ssize_t written = 0;

        if (!wait_writable(sink->fd, deadline)) {
            error = ETIMEDOUT;
        } else if ((written = write_some(sink->fd, text, bytes)) < 0) {
            error = errno;
        } else if (written) {
            text += written;
            bytes -= (size_t)written;
            deadline = deadline_of(wait_ms);
        } else if (has_passed(deadline)) {
            error = ETIMEDOUT;
        }
    }
    if (stalled != (error == ETIMEDOUT))
        __atomic_store_n(&sink->stalled, error == ETIMEDOUT, __ATOMIC_RELAXED);
    errno = error;
    return bytes;
}

void sink_close(struct sink *sink)
{
    if (sink->own && sink->fd >= 0)
        close(sink->fd);
    sink->fd = -1;
}
