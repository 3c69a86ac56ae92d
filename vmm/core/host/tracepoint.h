/* SPDX-License-Identifier: MIT */
/*
 * Counting the kernel's tracepoints in a thread, by perf_event_open(2). What there is to count is
 * in tracefs (Documentation/trace/events.rst).
 */
#ifndef HOST_TRACEPOINT_H
#define HOST_TRACEPOINT_H

#include <stdint.h>

#include "vmm/core/base/err.h"

/*
 * tracepoint_check(): whether tracepoints can be counted at all: tracefs can be read and the kernel
 * lets this process. Returns 0, or -1 with ERR_CANNOT_RUN and what to do.
 */
int tracepoint_check(struct err *err);

/* tracepoint_id(): the number of a tracepoint such as "kvm/kvm_exit". Returns 0, or -1 with errno.
 */
int tracepoint_id(const char *name, uint64_t *id);

/*
 * tracepoint_open(): count a tracepoint in the calling thread from now on. `filter` is an
 * expression over its fields, or NULL. Returns a file whose 64-bit value tracepoint_read() gives,
 * or -1 with errno.
 */
int tracepoint_open(uint64_t id, const char *filter);

/* tracepoint_read(): how often it was hit so far; 0 of a file that is not open. */
uint64_t tracepoint_read(int fd);

#endif
