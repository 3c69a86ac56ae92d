/* SPDX-License-Identifier: MIT */
/*
 * Text for a reader that may be slow, gone, or not there yet. What it does not take in time is
 * dropped, so that a run never hangs on whoever looks at it.
 */
#ifndef HOST_SINK_H
#define HOST_SINK_H

#include <stdbool.h>
#include <stddef.h>

#include "vmm/core/host/watch.h"

struct sink {
    int fd;       /* -1: closed */
    bool own;     /* it was opened here */
    bool stalled; /* atomic: nobody took the last text in time; the next one does not wait */
};

/*
 * sink_open(): open(2) a file for writing; `flags` are added. A FIFO without a reader is waited
 * for until `watch`, which may be NULL, says to stop. Returns 0, or -1 with errno: EINTR if it did.
 */
int sink_open(struct sink *sink, const char *path, int flags, const struct watch *watch);

/*
 * sink_share(): use a file of this process that others may write to as well, such as standard
 * error, without changing how it works for them.
 */
void sink_share(struct sink *sink, int fd);

/*
 * sink_write(): wait at most `wait_ms` at a time for the reader to take some of the text; -1: for
 * ever. Returns how many bytes were dropped, with errno if there were any: ETIMEDOUT if the reader
 * was too slow. Any thread; text of several at once may mix.
 */
size_t sink_write(struct sink *sink, const char *text, size_t bytes, int wait_ms);

/* sink_close(): close what was opened here. */
void sink_close(struct sink *sink);

#endif
