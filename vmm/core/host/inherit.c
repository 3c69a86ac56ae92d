/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "vmm/core/base/err.h"
#include "vmm/core/host/inherit.h"

/* The changed signals and their inherited actions. */
static struct {
    int number;
    void (*action)(int);
    struct sigaction before;
    bool changed;
} signals[] = {
    {.number = SIGPIPE, .action = SIG_IGN},
    {.number = SIGXFSZ, .action = SIG_IGN},
    {.number = SIGCHLD, .action = SIG_DFL},
};

#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

/* O_RDONLY, so that writes fail; a chroot may lack /dev. open(2) returns the lowest free number. */
static void open_standard_files(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", O_RDONLY) < 0)
            open("/", O_RDONLY | O_DIRECTORY);
}

static void unblock_signals(void)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Also covers --help and --version, after which argp(3) exits. */
static void check_output(void)
{
    struct err err;

    errno = EIO; /* for a write that failed earlier */
    if (!fflush(stdout) && !ferror(stdout))
        return;
    err_sys(&err, ERR_FAILED, "cannot write to standard output");
    err_print(&err, program_invocation_short_name);
    _exit(ERR_FAILED);
}

void inherit_settle(void)
{
    open_standard_files();
    for (unsigned i = 0; i < SIGNALS; i++) {
        struct sigaction action = {.sa_handler = signals[i].action};

        signals[i].changed = !sigaction(signals[i].number, &action, &signals[i].before);
    }
    unblock_signals();
    atexit(check_output);
}

void inherit_pass_on(void)
{
    for (unsigned i = 0; i < SIGNALS; i++)
        if (signals[i].changed)
            sigaction(signals[i].number, &signals[i].before, NULL);
    unblock_signals();
}
