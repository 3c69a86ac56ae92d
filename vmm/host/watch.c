/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "vmm/base/clock.h"
#include "vmm/host/watch.h"

int watch_event(void)
{
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

void watch_notify(int event)
{
    uint64_t one = 1;
    ssize_t written = write(event, &one, sizeof(one));

    (void)written; /* fails only if the counter is full: then it is readable anyhow */
}

void watch_drain(int event, int ms)
{
    struct pollfd fd = {.fd = event, .events = POLLIN};
    uint64_t count;

    if (poll(&fd, 1, ms) > 0) {
        ssize_t got = read(event, &count, sizeof(count));

        (void)got; /* does not block; somebody else may have read it */
    }
}

/* Milliseconds to wait at a time: to the end or to the next tick; -1: for ever. */
static int next_wait(const struct watch *watch, uint64_t now)
{
    uint64_t deadline = watch->deadline_ns;
    uint64_t left = deadline > now ? (deadline - now) / 1000000 + 1 : 0;

    if (watch->tick_ms && (!deadline || left > watch->tick_ms))
        return (int)watch->tick_ms;
    return deadline ? (int)(left < INT32_MAX ? left : INT32_MAX) : -1;
}

static bool is_over(const struct watch *watch, uint64_t now)
{
    return watch->deadline_ns && now >= watch->deadline_ns;
}

enum watch_result watch_wait(const struct watch *watch, int event)
{
    for (;;) {
        uint64_t now = clock_mono_ns();
        struct pollfd fds[] = {
            {.fd = event, .events = POLLIN},
            {.fd = watch->stop_fd, .events = POLLIN},
        };
        int ready;

        if (is_over(watch, now))
            return WATCH_TIMEOUT;
        ready = poll(fds, 2, next_wait(watch, now));
        if (ready > 0 && fds[0].revents) {
            watch_drain(event, 0);
            return WATCH_EVENT;
        }
        if (ready > 0 && fds[1].revents)
            return WATCH_STOP;
        if (watch->tick_ms)
            watch->tick(watch->ctx);
    }
}

int watch_check(const struct watch *watch, struct err *err)
{
    struct pollfd fd = {.fd = watch ? watch->stop_fd : -1, .events = POLLIN};

    if (poll(&fd, 1, 0) > 0)
        return err_set(err, ERR_FAILED, "stopped by a signal before the run began");
    if (watch && is_over(watch, clock_mono_ns())) {
        err_set(err, ERR_FAILED, "--timeout: over before the run began");
        return err_hint(err, "a longer --timeout");
    }
    return 0;
}
