/* SPDX-License-Identifier: MIT */
/*
 * Counting of kernel tracepoints per thread with perf_event_open(2). The tracepoints are listed in
 * tracefs (Documentation/trace/events.rst).
 */
#ifndef HOST_TRACEPOINT_H
#define HOST_TRACEPOINT_H

#include <stdint.h>

#include "vmm/core/base/err.h"

/*
 * tracepoint_check(): check that tracefs is readable and that this process may count tracepoints.
 * Returns 0, or -1 with ERR_CANNOT_RUN and a hint.
 */
int tracepoint_check(struct err *err);

/* tracepoint_id(): the ID of a tracepoint such as "kvm/kvm_exit". Returns 0, or -1 with errno set.
 */
int tracepoint_id(const char *name, uint64_t *id);

/*
 * tracepoint_open(): start counting a tracepoint in the calling thread. `filter` is an expression
 * over its fields, or NULL. Returns a perf event descriptor for tracepoint_read(), which the caller
 * closes, or -1 with errno set.
 */
int tracepoint_open(uint64_t id, const char *filter);

/* tracepoint_read(): the number of hits so far; 0 if `fd` is -1. */
uint64_t tracepoint_read(int fd);

#endif
