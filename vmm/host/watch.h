/* SPDX-License-Identifier: MIT */
/*
 * Waiting for a run to end, while its threads work: for the run itself, for the user, for the
 * clock, with something to do now and then.
 */
#ifndef HOST_WATCH_H
#define HOST_WATCH_H

#include <stdint.h>

/* What a run waits for, and what it does meanwhile. */
struct watch {
    int stop_fd;         /* readable: the user wants the run to stop; -1: never */
    uint64_t timeout_ns; /* 0: none */
    unsigned tick_ms;    /* call tick() this often; 0: never */
    void (*tick)(void *ctx);
    void *ctx;
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

/*
 * watch_wait(): wait until one of these happens. `began` is when the run did, by CLOCK_MONOTONIC,
 * which the timeout counts from. An event is consumed.
 */
enum watch_result watch_wait(const struct watch *watch, int event, uint64_t began);

#endif
