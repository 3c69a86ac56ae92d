/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "vmm/core/host/signals.h"

/* The signal that was received; 0: none. */
static unsigned came(int fd)
{
    struct signalfd_siginfo info;

    return read(fd, &info, sizeof(info)) == sizeof(info) ? info.ssi_signo : 0;
}

START_TEST(a_blocked_stop_signal_is_readable)
{
    int fd = signals_catch();

    ck_assert_int_ge(fd, 0);
    ck_assert_uint_eq(came(fd), 0);
    raise(SIGTERM);
    ck_assert_uint_eq(came(fd), SIGTERM);
    raise(SIGINT);
    ck_assert_uint_eq(came(fd), SIGINT);
    close(fd);
}
END_TEST

START_TEST(ignored_signals_stay_ignored)
{
    int fd;

    signal(SIGHUP, SIG_IGN);
    fd = signals_catch();
    raise(SIGHUP);
    ck_assert_uint_eq(came(fd), 0);
    signals_accept(fd);
    raise(SIGHUP);
    close(fd);
}
END_TEST

static volatile sig_atomic_t felt;

static void feel(int signal)
{
    felt = signal;
}

START_TEST(accept_discards_pending_signals)
{
    int fd;

    signal(SIGTERM, feel);
    fd = signals_catch();
    raise(SIGTERM);
    signals_accept(fd);
    ck_assert_int_eq(felt, 0);
    raise(SIGTERM);
    ck_assert_int_eq(felt, SIGTERM);
    close(fd);
}
END_TEST

/* One from the kernel and one from the shell. */
START_TEST(a_second_sighup_is_ignored)
{
    int fd;

    signal(SIGHUP, feel);
    fd = signals_catch();
    raise(SIGHUP);
    signals_accept(fd);
    raise(SIGHUP);
    ck_assert_int_eq(felt, 0);
    close(fd);
}
END_TEST

SUITE_MAIN("signals", a_blocked_stop_signal_is_readable, ignored_signals_stay_ignored,
           accept_discards_pending_signals, a_second_sighup_is_ignored)
