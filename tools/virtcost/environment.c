/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/virtcost/environment.h"
#include "vmm/base/clock.h"
#include "vmm/cli/options.h"
#include "vmm/host/file.h"

#define OPTION_BYTES 32

const struct environment environment[] = {
    {"native", "bench-native on the bare host", "bench-native"},
    {"vm", "bench.elf in minivmm", "minivmm"},
    {"null", "bench-native again: its ratio shows the noise", "bench-native"},
    {0},
};

const struct environment *environment_find(const char *name, size_t length)
{
    for (const struct environment *env = environment; env->name; env++)
        if (strlen(env->name) == length && !strncmp(env->name, name, length))
            return env;
    return NULL;
}

/* In the child: becomes the program; does not return. */
static void become(const char *path, const struct workload *workload, int out, int err_out)
{
    const char *argv[2 * WORKLOAD_MAX + 4] = {path, "--report", "json"};
    char option[WORKLOAD_MAX][OPTION_BYTES], now[24];
    unsigned count = 3;
    sigset_t none;

    for (unsigned i = 0; i < WORKLOAD_MAX; i++) {
        const char *argument = workload->argument[i];

        if (!argument)
            continue;
        snprintf(option[i], OPTION_BYTES, "--%s", cli_option[i].name);
        argv[count++] = option[i];
        if (cli_option[i].argument)
            argv[count++] = argument;
    }
    /* A Ctrl-C is for us: it must not reach the child of its own accord. */
    setpgid(0, 0);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    dup2(out, STDOUT_FILENO);
    dup2(err_out, STDERR_FILENO);
    snprintf(now, sizeof(now), "%" PRIu64, clock_mono_ns());
    setenv("MINIVMM_T0", now, 1);
    execv(path, (char *const *)argv);
    dprintf(STDERR_FILENO, "%s: %s\n", path, strerror(errno));
    _exit(127);
}

/* Wait for the child, or end it if the user says so. Returns its wait status, or -1 for the user.
 */
static int wait_for(pid_t pid, int stop_fd)
{
    int child = (int)syscall(SYS_pidfd_open, pid, 0), status;
    struct pollfd fds[] = {{.fd = child, .events = POLLIN}, {.fd = stop_fd, .events = POLLIN}};
    int stopped = 0;

    while (poll(fds, 2, -1) < 0 && errno == EINTR)
        ;
    if (!fds[0].revents) {
        kill(pid, SIGKILL);
        stopped = 1;
    }
    close(child);
    waitpid(pid, &status, 0);
    return stopped ? -1 : status;
}

/* The last line that a program wrote to standard error: what it says of its failure. */
static void last_line(int fd, char *line, size_t size)
{
    off_t end = lseek(fd, 0, SEEK_END), from = end > (off_t)size - 1 ? end - (off_t)size + 1 : 0;
    ssize_t got = pread(fd, line, size - 1, from);
    char *newline;

    line[got > 0 ? got : 0] = '\0';
    if (got > 0 && line[got - 1] == '\n')
        line[got - 1] = '\0';
    newline = strrchr(line, '\n');
    if (newline)
        memmove(line, newline + 1, strlen(newline));
}

json_t *environment_run(const struct environment *env, const struct workload *workload, int stop_fd,
                        struct err *err)
{
    int out = memfd_create("report", MFD_CLOEXEC), err_out = memfd_create("errors", MFD_CLOEXEC);
    char path[PATH_MAX], said[256];
    json_t *report = NULL;
    int status;
    pid_t pid;

    err->code = ERR_NONE;
    if (out < 0 || err_out < 0 || file_beside_program(env->program, path, sizeof(path))) {
        err_sys(err, ERR_FAILED, "%s", env->program);
        goto close;
    }
    pid = fork();
    if (!pid)
        become(path, workload, out, err_out);
    if (pid < 0) {
        err_sys(err, ERR_FAILED, "%s: fork", env->name);
        goto close;
    }
    status = wait_for(pid, stop_fd);
    if (status == -1)
        goto close;
    last_line(err_out, said, sizeof(said));
    lseek(out, 0, SEEK_SET);
    report = json_loadfd(out, JSON_REJECT_DUPLICATES, NULL);
    if (WIFSIGNALED(status)) {
        err_set(err, ERR_FAILED, "%s: %s was killed by signal %d", env->name, env->program,
                WTERMSIG(status));
    } else if (!report) {
        err_set(err, WEXITSTATUS(status), "%s: %s", env->name, said);
    } else {
        goto close;
    }
    json_decref(report);
    report = NULL;
close:
    if (out >= 0)
        close(out);
    if (err_out >= 0)
        close(err_out);
    return report;
}
