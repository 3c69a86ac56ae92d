/* SPDX-License-Identifier: MIT */
/*
 * Text output to a reader that may be slow, gone, or not yet connected. Text that it does not read
 * in time is dropped, so that a run never blocks on its output.
 */
#ifndef HOST_SINK_H
#define HOST_SINK_H

#include <stdbool.h>
#include <stddef.h>

#include "vmm/core/host/watch.h"

struct sink {
    int fd;       /* -1: closed */
    bool own;     /* the sink owns fd */
    bool stalled; /* atomic: the last write timed out; the next one does not wait */
};

/*
 * sink_open(): open(2) a file for writing with additional `flags`. Waits for the reader of a FIFO
 * until stopped by `watch`, which may be NULL. Returns 0, or -1 with errno set: EINTR if stopped.
 */
int sink_open(struct sink *sink, const char *path, int flags, const struct watch *watch);

/*
 * sink_share(): use an open descriptor whose file other processes may share, such as standard
 * error, without setting O_NONBLOCK for them.
 */
void sink_share(struct sink *sink, int fd);

/*
 * sink_write(): write text, waiting up to `wait_ms` for each part to be accepted; -1: without
 * limit. Returns the number of bytes dropped, with errno set if any: ETIMEDOUT if the reader was
 * too slow. Thread-safe; concurrent texts may be interleaved.
 */
size_t sink_write(struct sink *sink, const char *text, size_t bytes, int wait_ms);

/* sink_close(): close the descriptor if the sink owns it. */
void sink_close(struct sink *sink);

#endif
