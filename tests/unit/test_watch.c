/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "vmm/core/base/clock.h"
#include "vmm/core/host/watch.h"

static bool readable(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

    return poll(&poll_fd, 1, 0) == 1;
}

static int new_event(void)
{
    int event = watch_event();

    ck_assert_int_ge(event, 0);
    return event;
}

START_TEST(an_event_is_consumed)
{
    struct watch watch = {.stop_fd = -1};
    int event = new_event();

    ck_assert(!readable(event));
    watch_notify(event);
    watch_notify(event);
    ck_assert_int_eq(watch_wait(&watch, event), WATCH_EVENT);
    ck_assert(!readable(event));
    close(event);
}
END_TEST

START_TEST(draining_resets_the_event)
{
    int event = new_event();

    watch_notify(event);
    watch_drain(event, -1);
    ck_assert(!readable(event));
    /* Returns even if there is no event. */
    watch_drain(event, 0);
    watch_drain(event, 1);
    ck_assert(!readable(event));
    close(event);
}
END_TEST

START_TEST(a_full_counter_does_not_block)
{
    uint64_t full = UINT64_MAX - 1;
    int event = new_event();

    ck_assert_int_eq(write(event, &full, sizeof(full)), sizeof(full));
    watch_notify(event);
    ck_assert(readable(event));
    watch_drain(event, -1);
    ck_assert(!readable(event));
    close(event);
}
END_TEST

static void *notify(void *arg)
{
    watch_notify(*(int *)arg);
    return NULL;
}

START_TEST(another_thread_ends_the_wait)
{
    struct watch watch = {.stop_fd = -1};
    int event = new_event();
    pthread_t thread;

    ck_assert_int_eq(pthread_create(&thread, NULL, notify, &event), 0);
    ck_assert_int_eq(watch_wait(&watch, event), WATCH_EVENT);
    pthread_join(thread, NULL);
    close(event);
}
END_TEST

START_TEST(a_stop_signal_ends_the_wait)
{
    int event = new_event(), stop[2];
    struct watch watch;

    ck_assert_int_eq(pipe(stop), 0);
    watch = (struct watch){.stop_fd = stop[0]};
    ck_assert_int_eq(write(stop[1], "x", 1), 1);
    ck_assert_int_eq(watch_wait(&watch, event), WATCH_STOP);
    /* The event has priority. */
    watch_notify(event);
    ck_assert_int_eq(watch_wait(&watch, event), WATCH_EVENT);
    ck_assert_int_eq(watch_wait(&watch, event), WATCH_STOP);
    close(stop[0]);
    close(stop[1]);
    close(event);
}
END_TEST

START_TEST(the_deadline_ends_the_wait)
{
    struct watch watch = {.stop_fd = -1, .deadline_ns = clock_mono_ns() + 1000000};
    int event = new_event();

    ck_assert_int_eq(watch_wait(&watch, event), WATCH_TIMEOUT);
    ck_assert_uint_ge(clock_mono_ns(), watch.deadline_ns);
    /* A deadline in the past. */
    watch.deadline_ns = 1;
    ck_assert_int_eq(watch_wait(&watch, event), WATCH_TIMEOUT);
    close(event);
}
END_TEST

START_TEST(a_far_deadline_does_not_overflow)
{
    struct watch watch = {.stop_fd = -1, .deadline_ns = clock_mono_ns() + 9200000000000000000};
    int event = new_event();

    watch_notify(event);
    ck_assert_int_eq(watch_wait(&watch, event), WATCH_EVENT);
    close(event);
}
END_TEST

struct ticker {
    int event;
    unsigned ticks, wanted;
};

static void tick(void *ctx)
{
    struct ticker *ticker = ctx;

    if (++ticker->ticks == ticker->wanted)
        watch_notify(ticker->event);
}

START_TEST(ticks_come_while_it_waits)
{
    struct ticker ticker = {.event = new_event(), .wanted = 3};
    struct watch watch = {.stop_fd = -1, .tick_ms = 1, .tick = tick, .ctx = &ticker};

    ck_assert_int_eq(watch_wait(&watch, ticker.event), WATCH_EVENT);
    ck_assert_uint_eq(ticker.ticks, 3);
    close(ticker.event);
}
END_TEST

START_TEST(ticks_do_not_extend_the_deadline)
{
    struct ticker ticker = {.event = new_event()};
    struct watch watch = {.stop_fd = -1,
                          .deadline_ns = clock_mono_ns() + 5000000,
                          .tick_ms = 2,
                          .tick = tick,
                          .ctx = &ticker};

    ck_assert_int_eq(watch_wait(&watch, ticker.event), WATCH_TIMEOUT);
    close(ticker.event);
}
END_TEST

/* Pauses do not count towards --timeout. */
START_TEST(pauses_extend_the_deadline)
{
    struct pauses pauses = {.cont_fd = -1, .schedstat_fd = -1, .lost_ns = 20000000};
    struct watch watch = {
        .stop_fd = -1, .deadline_ns = clock_mono_ns() + 1000000, .pauses = &pauses};
    int event = new_event();

    pauses.last.mono_ns = clock_mono_ns();
    ck_assert_int_eq(watch_wait(&watch, event), WATCH_TIMEOUT);
    ck_assert_uint_ge(clock_mono_ns(), watch.deadline_ns + 20000000);
    close(event);
}
END_TEST

/* Pause checks between ticks do not change their interval. */
START_TEST(pause_checks_do_not_add_ticks)
{
    struct pauses pauses = {.cont_fd = -1, .schedstat_fd = -1};
    struct ticker ticker = {.event = new_event(), .wanted = 1};
    struct watch watch = {
        .stop_fd = -1, .tick_ms = 120, .tick = tick, .ctx = &ticker, .pauses = &pauses};
    uint64_t began = clock_mono_ns();

    pauses.last.mono_ns = began;
    ck_assert_int_eq(watch_wait(&watch, ticker.event), WATCH_EVENT);
    ck_assert_uint_ge(clock_mono_ns() - began, 115000000);
    close(ticker.event);
}
END_TEST

START_TEST(watch_check_detects_stop_and_timeout)
{
    struct watch watch = {.stop_fd = -1};
    struct err err = {0};
    int stop[2];

    ck_assert_int_eq(watch_check(NULL, &err), 0);
    ck_assert_int_eq(watch_check(&watch, &err), 0);
    watch.deadline_ns = clock_mono_ns() + 3600000000000;
    ck_assert_int_eq(watch_check(&watch, &err), 0);
    watch.deadline_ns = 1;
    ck_assert_int_eq(watch_check(&watch, &err), -1);
    ck_assert_int_eq(err.code, ERR_FAILED);
    ck_assert_str_eq(err.text, "--timeout: expired before the run began");
    watch.deadline_ns = 0;
    ck_assert_int_eq(pipe(stop), 0);
    watch.stop_fd = stop[0];
    ck_assert_int_eq(watch_check(&watch, &err), 0);
    ck_assert_int_eq(write(stop[1], "x", 1), 1);
    ck_assert_int_eq(watch_check(&watch, &err), -1);
    ck_assert_int_eq(err.code, ERR_FAILED);
    ck_assert_str_eq(err.text, "stopped by a signal before the run began");
    close(stop[0]);
    close(stop[1]);
}
END_TEST

SUITE_MAIN("watch", an_event_is_consumed, draining_resets_the_event, a_full_counter_does_not_block,
           another_thread_ends_the_wait, a_stop_signal_ends_the_wait, the_deadline_ends_the_wait,
           a_far_deadline_does_not_overflow, ticks_come_while_it_waits,
           ticks_do_not_extend_the_deadline, pauses_extend_the_deadline,
           pause_checks_do_not_add_ticks, watch_check_detects_stop_and_timeout)
