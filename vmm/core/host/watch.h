/* SPDX-License-Identifier: MIT */
/*
 * What may end a run: the run itself, the user, the clock. Waiting for them while the run's threads
 * work, with something to do now and then; and looking at them before it has any.
 */
#ifndef HOST_WATCH_H
#define HOST_WATCH_H

#include <stdint.h>

#include "vmm/core/base/err.h"
#include "vmm/core/host/pauses.h"

/* What a run waits for, and what it does meanwhile. */
struct watch {
    int stop_fd;          /* readable: the user wants the run to stop; -1: never */
    uint64_t deadline_ns; /* the run is to be over then, by CLOCK_MONOTONIC and later by what it
                             lost to pauses; 0: never */
    unsigned tick_ms;     /* call tick() this often; 0: never */
    void (*tick)(void *ctx);
    void *ctx;
    struct pauses *pauses; /* looked for while waiting; their time is not the run's; NULL: not */
};

enum watch_result {
    WATCH_EVENT,   /* the event file was written to */
    WATCH_STOP,    /* the user wants to stop */
    WATCH_TIMEOUT, /* the time is over */
};

/* watch_event(): an event file (eventfd(2)) for one run; -1 with errno if there is none. */
int watch_event(void);

/* watch_notify(): write to the event file; any thread. */
void watch_notify(int event);

/* watch_drain(): wait for the event file for at most `ms`, and make it unreadable again. */
void watch_drain(int event, int ms);

/* watch_wait(): wait until one of these happens. An event is consumed. */
enum watch_result watch_wait(const struct watch *watch, int event);

/*
 * watch_check(): for what takes its time before the run begins: whether to go on with it. Does not
 * wait. Returns 0, or -1 with ERR_FAILED. Without a watch, 0.
 */
int watch_check(const struct watch *watch, struct err *err);

#endif
