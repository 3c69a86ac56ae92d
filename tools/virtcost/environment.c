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
#include <sys/prctl.h>
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
    {"null", "the base again: its ratio shows the noise", NULL},
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

/* Start the program; it does not outlive us. Returns its process, or -1 with errno. */
static pid_t start(const char *path, const struct workload *workload, int out, int err_out)
{
    pid_t us = getpid(), pid = fork();

    if (pid)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != us)
        _exit(127); /* we ended before that was said */
    become(path, workload, out, err_out);
    return -1;
}

/* Wait for the program, or end it if the user says so. Returns 0, RUN_STOPPED, or -1 with errno. */
static int wait_for(pid_t pid, int stop_fd, int *status)
{
    int child = (int)syscall(SYS_pidfd_open, pid, 0), error = errno;
    struct pollfd fds[] = {{.fd = child, .events = POLLIN}, {.fd = stop_fd, .events = POLLIN}};

    if (child >= 0) {
        while (poll(fds, 2, -1) < 0 && errno == EINTR)
            ;
        close(child);
    }
    if (!fds[0].revents)
        kill(pid, SIGKILL);
    waitpid(pid, status, 0);
    errno = error;
    if (child < 0)
        return -1;
    /* A signal to both of us is the user's stop as well. */
    return fds[1].revents && !WIFEXITED(*status) ? RUN_STOPPED : 0;
}

/* The end of what the program wrote to standard error. */
static void read_end(int fd, char *text, size_t size)
{
    off_t end = lseek(fd, 0, SEEK_END), most = (off_t)size - 1;
    ssize_t got = pread(fd, text, size - 1, end > most ? end - most : 0);

    text[got > 0 ? got : 0] = '\0';
}

/* Whether a report tells that a check failed, and that nothing else did. */
static int only_checks_failed(const json_t *report)
{
    json_t *end = json_object_get(report, "end"), *row;
    const char *reason = json_string_value(json_object_get(end, "reason"));
    int wrong = 0;
    size_t i;

    /* A benchmark program's own status is 1 if a check failed; it has others for other failures. */
    if (!reason || strcmp(reason, "guest") || json_object_get(end, "fault") ||
        json_integer_value(json_object_get(end, "guest_status")) != 1)
        return 0;
    json_array_foreach(json_object_get(report, "benches"), i, row)
    {
        const char *check = json_string_value(json_object_get(row, "check"));

        wrong += check && !strcmp(check, "failed");
    }
    return wrong > 0;
}

static enum err_code code_of(int status)
{
    return status == ERR_USAGE || status == ERR_CANNOT_RUN ? status : ERR_FAILED;
}

/* Whether the program did what it should; its report is in *run if it was JSON. */
static int judge(const struct run *run, const char *env, const char *program, int status,
                 const json_error_t *json, struct err *err)
{
    const char *said = run->said[0] ? ", with the message above" : ", without a message";

    if (WIFSIGNALED(status))
        return err_set(err, ERR_FAILED, "%s: %s was killed by signal %d (%s)%s", env, program,
                       WTERMSIG(status), strsignal(WTERMSIG(status)), said);
    if (WEXITSTATUS(status) && !only_checks_failed(run->report))
        return err_set(err, code_of(WEXITSTATUS(status)), "%s: %s ended with status %d%s", env,
                       program, WEXITSTATUS(status), said);
    if (!json_is_object(run->report))
        return err_set(err, ERR_FAILED, "%s: the report of %s is not JSON: line %d: %s", env,
                       program, json->line, json->text);
    return 0;
}

int run_environment(struct run *run, const struct environment *env, const struct environment *base,
                    const struct workload *workload, int stop_fd, struct err *err)
{
    int out = memfd_create("report", MFD_CLOEXEC), err_out = memfd_create("errors", MFD_CLOEXEC);
    const char *program = env->program ? env->program : base->program;
    json_error_t json = {0};
    char path[PATH_MAX];
    int result, status;
    pid_t pid;

    *run = (struct run){0};
    if (out < 0 || err_out < 0 || file_beside_program(program, path, sizeof(path))) {
        result = err_sys(err, ERR_FAILED, "%s: %s", env->name, program);
        goto close;
    }
    pid = start(path, workload, out, err_out);
    if (pid < 0) {
        result = err_sys(err, ERR_FAILED, "%s: fork", env->name);
        goto close;
    }
    result = wait_for(pid, stop_fd, &status);
    if (result < 0)
        err_sys(err, ERR_FAILED, "%s: pidfd_open", env->name);
    if (result)
        goto close;
    read_end(err_out, run->said, sizeof(run->said));
    lseek(out, 0, SEEK_SET);
    run->report = json_loadfd(out, JSON_REJECT_DUPLICATES, &json);
    result = judge(run, env->name, program, status, &json, err);
    if (result) {
        json_decref(run->report);
        run->report = NULL;
    }
close:
    if (out >= 0)
        close(out);
    if (err_out >= 0)
        close(err_out);
    return result;
}
