/* SPDX-License-Identifier: MIT */
/*
 * Waiting for the end of a run: its completion, a stop signal or --timeout, with a periodic
 * callback; and checking for the latter two before the run starts.
 */
#ifndef HOST_WATCH_H
#define HOST_WATCH_H

#include <stdint.h>

#include "vmm/core/base/err.h"
#include "vmm/core/host/pauses.h"

/* The sources of a wait. */
struct watch {
    int stop_fd;          /* readable: stop the run; -1: none */
    uint64_t deadline_ns; /* end of the run by CLOCK_MONOTONIC, extended by pauses; 0: none */
    unsigned tick_ms;     /* interval of tick(); 0: none */
    void (*tick)(void *ctx);
    void *ctx;
    struct pauses *pauses; /* checked while waiting; extend the deadline; may be NULL */
};

enum watch_result {
    WATCH_EVENT,   /* watch_notify() was called */
    WATCH_STOP,    /* a stop signal was received */
    WATCH_TIMEOUT, /* the deadline has passed */
};

/* watch_event(): create an eventfd(2), which the caller closes. Returns it, or -1 with errno set.
 */
int watch_event(void);

/* watch_notify(): signal the eventfd. Thread-safe. */
void watch_notify(int event);

/* watch_drain(): wait up to `ms` for the eventfd and reset it. */
void watch_drain(int event, int ms);

/* watch_wait(): wait for the first of enum watch_result. Resets the eventfd. */
enum watch_result watch_wait(const struct watch *watch, int event);

/*
 * watch_check(): check for a stop or timeout without waiting, during long preparations. Returns 0,
 * or -1 with ERR_FAILED. `watch` may be NULL: 0.
 */
int watch_check(const struct watch *watch, struct err *err);

#endif
