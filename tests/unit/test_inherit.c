/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "vmm/core/host/inherit.h"

/* Run `body` in a child process. Returns whether it succeeded. */
static bool child(bool (*body)(void))
{
    pid_t pid = fork();
    int status;

    ck_assert_int_ge(pid, 0);
    if (!pid)
        _exit(!body());
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) && !WEXITSTATUS(status);
}

static bool closed_files(void)
{
    char byte;

    for (int fd = 0; fd <= 2; fd++)
        close(fd);
    inherit_settle();
    /* A new file gets a higher number; writing to a closed descriptor still fails. */
    return open("/dev/null", O_RDONLY) > 2 && read(0, &byte, 1) == 0 && write(1, "x", 1) < 0 &&
           errno == EBADF && write(2, "x", 1) < 0 && errno == EBADF;
}

static bool one_closed_file(void)
{
    struct stat before, after;

    close(1);
    if (fstat(2, &before))
        return false;
    inherit_settle();
    return !fstat(2, &after) && before.st_ino == after.st_ino && !fstat(1, &after);
}

START_TEST(closed_files_are_opened)
{
    ck_assert(child(closed_files));
    ck_assert(child(one_closed_file));
}
END_TEST

static bool blocked_signals(void)
{
    sigset_t all, now;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    inherit_settle();
    sigprocmask(SIG_SETMASK, NULL, &now);
    for (int number = 1; number < SIGRTMAX; number++)
        if (sigismember(&now, number) == 1)
            return false;
    return true;
}

START_TEST(no_signal_stays_blocked)
{
    ck_assert(child(blocked_signals));
}
END_TEST

static bool limited_file(void)
{
    const struct rlimit limit = {16, 16};
    char path[] = "/tmp/minivmm-limit-XXXXXX";
    int fd = mkstemp(path), ends[2];

    unlink(path);
    inherit_settle();
    if (fd < 0 || pipe(ends) || setrlimit(RLIMIT_FSIZE, &limit))
        return false;
    close(ends[0]);
    return ftruncate(fd, 17) < 0 && errno == EFBIG && pwrite(fd, "x", 1, 16) < 0 &&
           errno == EFBIG && write(ends[1], "x", 1) < 0 && errno == EPIPE;
}

START_TEST(limits_and_pipes_are_errors)
{
    ck_assert(child(limited_file));
}
END_TEST

static bool is(int number, void (*action)(int))
{
    struct sigaction now;

    return !sigaction(number, NULL, &now) && now.sa_handler == action;
}

static bool signals_of_children(void)
{
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    signal(SIGCHLD, SIG_IGN);
    inherit_settle();
    if (!is(SIGPIPE, SIG_IGN) || !is(SIGXFSZ, SIG_IGN) || !is(SIGCHLD, SIG_DFL))
        return false;
    inherit_pass_on();
    return is(SIGPIPE, SIG_DFL) && is(SIGXFSZ, SIG_DFL) && is(SIGCHLD, SIG_IGN);
}

START_TEST(children_inherit_the_parents_signals)
{
    ck_assert(child(signals_of_children));
}
END_TEST

SUITE_MAIN("inherit", closed_files_are_opened, no_signal_stays_blocked, limits_and_pipes_are_errors,
           children_inherit_the_parents_signals)
