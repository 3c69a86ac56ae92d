/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "vmm/core/base/clock.h"
#include "vmm/core/host/watch.h"

int watch_event(void)
{
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

void watch_notify(int event)
{
    uint64_t one = 1;
    ssize_t written = write(event, &one, sizeof(one));

    (void)written; /* fails only if the counter is at its maximum and thus readable */
}

void watch_drain(int event, int ms)
{
    struct pollfd fd = {.fd = event, .events = POLLIN};
    uint64_t count;

    if (poll(&fd, 1, ms) > 0) {
        ssize_t got = read(event, &count, sizeof(count));

        (void)got; /* EAGAIN if another thread has read it */
    }
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t deadline_of(const struct watch *watch)
{
    uint64_t lost = watch->pauses ? watch->pauses->lost_ns : 0;

    return watch->deadline_ns ? watch->deadline_ns + lost : 0;
}

/* Poll timeout in ms: until the deadline, next tick or next pause check; -1: none. */
static int next_wait(const struct watch *watch, uint64_t now)
{
    uint64_t deadline = deadline_of(watch), wait = UINT64_MAX;

    if (deadline)
        wait = deadline > now ? (deadline - now) / 1000000 + 1 : 0;
    if (watch->tick_ms)
        wait = least(wait, watch->tick_ms);
    if (watch->pauses)
        wait = least(wait, PAUSES_PERIOD_NS / 1000000);
    return wait == UINT64_MAX ? -1 : (int)least(wait, INT32_MAX);
}

static bool is_over(const struct watch *watch, uint64_t now)
{
    uint64_t deadline = deadline_of(watch);

    return deadline && now >= deadline;
}

enum watch_result watch_wait(const struct watch *watch, int event)
{
    uint64_t ticked = clock_mono_ns();

    if (watch->pauses)
        pauses_look(watch->pauses, false);
    for (;;) {
        uint64_t now = clock_mono_ns();
        struct pollfd fds[] = {
            {.fd = event, .events = POLLIN},
            {.fd = watch->stop_fd, .events = POLLIN},
            {.fd = watch->pauses ? watch->pauses->cont_fd : -1, .events = POLLIN},
        };
        int ready;

        if (is_over(watch, now))
            return WATCH_TIMEOUT;
        ready = poll(fds, 3, next_wait(watch, now));
        if (watch->pauses)
            pauses_look(watch->pauses, true);
        if (ready > 0 && fds[0].revents) {
            watch_drain(event, 0);
            return WATCH_EVENT;
        }
        if (ready > 0 && fds[1].revents)
            return WATCH_STOP;
        /* poll() has ms resolution and may return slightly before a tick is due. */
        if (watch->tick_ms && clock_mono_ns() - ticked + 1000000 >= watch->tick_ms * 1000000ull) {
            ticked = clock_mono_ns();
            watch->tick(watch->ctx);
        }
    }
}

int watch_check(const struct watch *watch, struct err *err)
{
    struct pollfd fd = {.fd = watch ? watch->stop_fd : -1, .events = POLLIN};

    if (poll(&fd, 1, 0) > 0)
        return err_set(err, ERR_FAILED, "stopped by a signal before the run began");
    if (watch && is_over(watch, clock_mono_ns())) {
        err_set(err, ERR_FAILED, "--timeout: expired before the run began");
        return err_hint(err, "a longer --timeout");
    }
    return 0;
}
