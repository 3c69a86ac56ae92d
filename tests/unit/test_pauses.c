/* SPDX-License-Identifier: MIT */
/* Detection of pauses, from given readings and for a process that is really stopped. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "vmm/core/base/clock.h"
#include "vmm/core/host/pauses.h"

#define MS 1000000ull

static struct pauses pauses;
static struct pauses_reading now;

static void set_up(void)
{
    now = (struct pauses_reading){
        .mono_ns = 1000 * MS, .boot_ns = 5000 * MS, .has_runqueue = true, .process_ns = 77};
    pauses = (struct pauses){.cont_fd = -1, .schedstat_fd = -1, .last = now};
}

/* Check for pauses after `ms`. Returns the number of pauses so far. */
static unsigned look_after(uint64_t ms)
{
    now.mono_ns += ms * MS;
    now.boot_ns += ms * MS;
    pauses_judge(&pauses, &now, true);
    now.continued = false;
    now.stolen_ns = now.throttled_ns = 0;
    return pauses.count;
}

START_TEST(a_thread_that_wakes_in_time_was_not_frozen)
{
    set_up();
    for (unsigned i = 0; i < 10; i++)
        ck_assert_uint_eq(look_after(50), 0);
    ck_assert_uint_eq(look_after(149), 0);
    ck_assert_uint_eq(pauses.lost_ns, 0);
}
END_TEST

/* As in a VM on a busy host whose hypervisor reports no steal time. */
START_TEST(a_thread_that_wakes_a_little_late_has_stalled)
{
    set_up();
    look_after(50);
    ck_assert_uint_eq(look_after(151), 1);
    ck_assert_int_eq(pauses.pause[0].kind, PAUSE_STALLED);
    ck_assert_uint_eq(look_after(549), 2);
    ck_assert_int_eq(pauses.pause[1].kind, PAUSE_STALLED);
    ck_assert(!pauses_hit(&pauses, 0, 0));
    /* A freeze beyond PAUSES_MAX turns the last pause into a freeze. */
    while (look_after(200) < PAUSES_MAX)
        ;
    ck_assert(!pauses_hit(&pauses, 0, 0));
    look_after(1050);
    ck_assert(pauses_hit(&pauses, 0, 0));
}
END_TEST

START_TEST(a_thread_that_wakes_late_was_frozen)
{
    set_up();
    look_after(50);
    ck_assert_uint_eq(look_after(1050), 1);
    ck_assert_int_eq(pauses.pause[0].kind, PAUSE_FROZEN);
    ck_assert_uint_eq(pauses.pause[0].from_ns, 1050 * MS);
    ck_assert_uint_eq(pauses.pause[0].to_ns, 2100 * MS);
    ck_assert_uint_eq(pauses.pause[0].least_ns, 1000 * MS);
    ck_assert_uint_eq(pauses.lost_ns, 1000 * MS);
}
END_TEST

/* Another thread had the CPU. */
START_TEST(a_thread_waiting_for_a_cpu_was_not_frozen)
{
    set_up();
    now.runqueue_ns += 900 * MS;
    ck_assert_uint_eq(look_after(1000), 0);
    now.stolen_ns = 900 * MS;
    ck_assert_uint_eq(look_after(1000), 0);
    now.throttled_ns = 900 * MS;
    ck_assert_uint_eq(look_after(1000), 0);
    /* Run queue time unknown, but the rest of the process ran. */
    now.has_runqueue = false;
    now.process_ns += 900 * MS;
    ck_assert_uint_eq(look_after(1000), 0);
    ck_assert_uint_eq(look_after(1000), 1);
}
END_TEST

START_TEST(a_thread_that_did_something_else_was_not_frozen)
{
    set_up();
    now.mono_ns += 5000 * MS;
    now.boot_ns += 5000 * MS;
    pauses_judge(&pauses, &now, false);
    ck_assert_uint_eq(pauses.count, 0);
}
END_TEST

START_TEST(sigcont_reveals_a_stop)
{
    set_up();
    now.continued = true;
    ck_assert_uint_eq(look_after(3), 1);
    ck_assert_int_eq(pauses.pause[0].kind, PAUSE_STOPPED);
    ck_assert_uint_eq(pauses.pause[0].least_ns, 0);
    now.continued = true;
    ck_assert_uint_eq(look_after(2050), 2);
    ck_assert_uint_eq(pauses.pause[1].least_ns, 1990 * MS);
    ck_assert_uint_eq(pauses.pause[1].ns, 2050 * MS);
}
END_TEST

/* CLOCK_MONOTONIC stopped: the thread slept for the requested time. */
START_TEST(the_clocks_reveal_a_suspend)
{
    set_up();
    now.boot_ns += 60000 * MS;
    ck_assert_uint_eq(look_after(50), 1);
    ck_assert_int_eq(pauses.pause[0].kind, PAUSE_SUSPENDED);
    ck_assert_uint_eq(pauses.pause[0].ns, 60000 * MS);
    ck_assert_uint_eq(pauses.lost_ns, 0);
}
END_TEST

/* Windows around a freeze of at least 1000 ms between 1050 and 2100 ms. */
START_TEST(a_window_is_hit_or_not)
{
    static const struct {
        uint64_t from, to;
        bool hit;
    } window[] = {
        {500, 1050, false}, {500, 1090, false}, {500, 1100, false}, {500, 2095, true},
        {500, 3000, true},  {1060, 2099, true}, {1090, 0, true},    {2100, 3000, false},
        {2090, 0, false},   {500, 0, true},     {3000, 0, false},
    };

    set_up();
    ck_assert(!pauses_hit(&pauses, 0, 0));
    look_after(50);
    look_after(1050);
    for (unsigned i = 0; i < sizeof(window) / sizeof(window[0]); i++)
        ck_assert_msg(pauses_hit(&pauses, window[i].from * MS, window[i].to * MS) == window[i].hit,
                      "%u to %u", (unsigned)window[i].from, (unsigned)window[i].to);
}
END_TEST

START_TEST(pauses_beyond_the_limit_extend_the_last)
{
    set_up();
    for (unsigned i = 0; i < PAUSES_MAX + 5; i++)
        look_after(1050);
    ck_assert_uint_eq(pauses.count, PAUSES_MAX);
    ck_assert_uint_eq(pauses.lost_ns, (PAUSES_MAX + 5) * 1000 * MS);
    ck_assert(pauses_hit(&pauses, now.mono_ns - 500 * MS, 0));
}
END_TEST

/* Runs in a child; returns its result as the exit status. */
static int stop_and_look(int ready)
{
    uint64_t began = clock_mono_ns();

    pauses_begin(&pauses);
    if (write(ready, "x", 1) != 1)
        return 1;
    while (!pauses.count && clock_mono_ns() - began < 20000 * MS) {
        usleep(20000);
        pauses_look(&pauses, true);
    }
    return !pauses.count || pauses.pause[0].kind != PAUSE_STOPPED ||
           !pauses_hit(&pauses, began, 0) || pauses_hit(&pauses, clock_mono_ns(), 0);
}

START_TEST(a_real_stop_is_detected)
{
    int ends[2], status;
    char byte;
    pid_t pid;

    ck_assert_int_eq(pipe(ends), 0);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (!pid)
        _exit(stop_and_look(ends[1]));
    ck_assert_int_eq(read(ends[0], &byte, 1), 1);
    kill(pid, SIGSTOP);
    ck_assert_int_eq(waitpid(pid, &status, WUNTRACED), pid);
    ck_assert(WIFSTOPPED(status));
    kill(pid, SIGCONT);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
}
END_TEST

SUITE_MAIN("pauses", a_thread_that_wakes_in_time_was_not_frozen,
           a_thread_that_wakes_a_little_late_has_stalled, a_thread_that_wakes_late_was_frozen,
           a_thread_waiting_for_a_cpu_was_not_frozen,
           a_thread_that_did_something_else_was_not_frozen, sigcont_reveals_a_stop,
           the_clocks_reveal_a_suspend, a_window_is_hit_or_not,
           pauses_beyond_the_limit_extend_the_last, a_real_stop_is_detected)
