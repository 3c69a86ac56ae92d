/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/virtcost/env/process.h"
#include "vmm/base/clock.h"
#include "vmm/host/inherit.h"

/* How long a process may take to end by itself after SIGTERM. */
#define GRACE_MS 10000

/* In the child: becomes the program; does not return. */
static void become(const char *const *argv, int out, int err_out)
{
    char now[24];

    /* A Ctrl-C is for us: it must not reach the child of its own accord. */
    setpgid(0, 0);
    inherit_pass_on();
    dup2(out, STDOUT_FILENO);
    dup2(err_out, STDERR_FILENO);
    snprintf(now, sizeof(now), "%" PRIu64, clock_mono_ns());
    setenv("MINIVMM_T0", now, 1);
    execvp(argv[0], (char *const *)argv);
    dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

pid_t process_start(const char *const *argv, int out, int err_out)
{
    pid_t us = getpid(), pid = fork();

    if (pid)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != us)
        _exit(127); /* we ended before that was said */
    become(argv, out, err_out);
    return -1;
}

/* Wait for one of two files; -1 is none. Returns whether the first is readable. */
static bool wait_readable(int fd, int other, int timeout_ms)
{
    struct pollfd fds[] = {{.fd = fd, .events = POLLIN}, {.fd = other, .events = POLLIN}};

    while (poll(fds, 2, timeout_ms) < 0 && errno == EINTR)
        ;
    return fds[0].revents;
}

int process_wait(pid_t pid, int stop_fd, bool gentle, int *status)
{
    int child = (int)syscall(SYS_pidfd_open, pid, 0), error = errno;
    bool ended = child >= 0 && wait_readable(child, stop_fd, -1), stopped;

    if (!ended && gentle && child >= 0) {
        kill(pid, SIGTERM);
        ended = wait_readable(child, -1, GRACE_MS);
    }
    if (!ended)
        kill(pid, SIGKILL);
    waitpid(pid, status, 0);
    if (child < 0) {
        errno = error;
        return -1;
    }
    close(child);
    /* A signal to both of us is the user's stop as well. */
    stopped = wait_readable(stop_fd, -1, 0);
    return stopped && (gentle || !WIFEXITED(*status));
}

void process_end(pid_t pid)
{
    int child = (int)syscall(SYS_pidfd_open, pid, 0);

    kill(pid, SIGTERM);
    if (child < 0 || !wait_readable(child, -1, GRACE_MS))
        kill(pid, SIGKILL);
    if (child >= 0)
        close(child);
    waitpid(pid, NULL, 0);
}

int process_run(const char *const *argv, int err_out)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC), status = -1;
    pid_t pid = nowhere < 0 ? -1 : process_start(argv, nowhere, err_out < 0 ? nowhere : err_out);

    if (pid > 0)
        waitpid(pid, &status, 0);
    if (nowhere >= 0)
        close(nowhere);
    return status;
}
