/* SPDX-License-Identifier: MIT */
/* One run in an environment, and the error that describes how it ended. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/virtcost/env/environment.h"
#include "tools/virtcost/env/oom.h"
#include "tools/virtcost/figures/get.h"
#include "vmm/core/base/clock.h"

/* A run that takes longer than six hours hangs. */
#define RUN_SECONDS 21600

/* A shell, and a container runtime, exits with this plus the number of the signal. */
#define STATUS_SIGNAL 128

struct patience environment_patience(const struct environment *env, const struct site *site,
                                     const struct command *command)
{
    return (struct patience){
        .stop_fd = site->stop_fd,
        .seconds = RUN_SECONDS,
        .gentle = env->contained,
        .started = *command->started ? command->started : NULL,
        .start_seconds = CONTAINER_START_SECONDS,
        .notice = site->notice,
        .name = env->program,
    };
}

/* Read the last part of the program's standard error. */
static void read_end(int fd, char *text, size_t size)
{
    off_t end = lseek(fd, 0, SEEK_END), most = (off_t)size - 1;
    ssize_t got = pread(fd, text, size - 1, end > most ? end - most : 0);

    text[got > 0 ? got : 0] = '\0';
}

/*
 * Whether a report's only defects are void rows (a check failed, or the run was interrupted) or
 * missing benchmarks.
 */
static int only_results_lack(const json_t *report)
{
    json_t *end = json_object_get(report, "end"), *row;
    int lacking = json_object_get(end, "missing") != NULL;
    size_t i;

    /* A benchmark program exits with 1 if a check failed, and with more for other failures. */
    if (!get_is(end, "reason", "guest") || json_object_get(end, "fault") ||
        get_integer(end, "guest_status") > 1 || json_array_size(json_object_get(report, "failed")))
        return 0;
    json_array_foreach (json_object_get(report, "benches"), i, row)
        lacking |=
            get_is(row, "check", "failed") || json_is_true(json_object_get(row, "interrupted"));
    return lacking;
}

static enum err_code code_of(int status)
{
    return status == ERR_USAGE || status == ERR_CANNOT_RUN ? status : ERR_FAILED;
}

/* One run in progress. */
struct attempt {
    const struct environment *env; /* the environment as named */
    const struct environment *of;  /* the one that provides its program */
    struct command command;
    struct process_end end;
    struct oom before;
    int out, err_out;
};

/* The signal that ended a program, also as passed on in a runtime's exit status. 0: none. */
static int signal_of(const struct attempt *attempt)
{
    int status = attempt->end.status;

    if (WIFSIGNALED(status))
        return WTERMSIG(status);
    status = WEXITSTATUS(status) - STATUS_SIGNAL;
    return attempt->of->contained && status > 0 && status <= SIGRTMAX ? status : 0;
}

static int err_killed(const struct attempt *attempt, int signal, const char *note, struct err *err)
{
    const char *env = attempt->env->name, *program = attempt->of->program;
    char who[128];

    if (signal == SIGKILL &&
        oom_since(&attempt->before, attempt->command.memory_bytes, who, sizeof(who))) {
        err_set(err, ERR_FAILED, "%s: %s was killed by %s", env, program, who);
        return err_hint(err, "a smaller --mem, or a higher limit");
    }
    return err_set(err, ERR_FAILED, "%s: %s was killed by signal %d (%s)%s", env, program, signal,
                   strsignal(signal), note);
}

/* Describe why the process was killed: it timed out or stayed stopped. */
static int err_hung(const struct attempt *attempt, struct err *err)
{
    const char *env = attempt->env->name, *program = attempt->of->program;

    if (attempt->end.why == PROCESS_HALTED) {
        err_set(err, ERR_FAILED, "%s: %s was stopped by signal %d (%s), and was not continued", env,
                program, attempt->end.halt_signal, strsignal(attempt->end.halt_signal));
        return err_hint(err, "kill -CONT, or find what stops it");
    }
    if (*attempt->command.started && access(attempt->command.started, F_OK))
        return err_set(err, ERR_FAILED, "%s: the runtime did not start a container within %u s",
                       env, CONTAINER_START_SECONDS);
    return err_set(err, ERR_FAILED, "%s: %s did not exit within %u h", env, program,
                   RUN_SECONDS / 3600);
}

/* Check the exit and the report of a run; *run holds the report if it is valid JSON. */
static int judge(const struct run *run, const struct attempt *attempt, const json_error_t *json,
                 struct err *err)
{
    const char *note = run->messages[0] ? ", with the message above" : ", without a message";
    const char *env = attempt->env->name, *program = attempt->of->program;
    int status = attempt->end.status, signal = signal_of(attempt);

    if (attempt->end.why != PROCESS_ENDED)
        return err_hung(attempt, err);
    if (signal)
        return err_killed(attempt, signal, note, err);
    if (WEXITSTATUS(status) &&
        !(WEXITSTATUS(status) == ERR_FAILED && only_results_lack(run->report)))
        return err_set(err, code_of(WEXITSTATUS(status)), "%s: %s exited with status %d%s", env,
                       program, WEXITSTATUS(status), note);
    if (!json_is_object(run->report))
        return err_set(err, ERR_FAILED, "%s: invalid JSON report from %s: line %d: %s", env,
                       program, json->line, json->text);
    return 0;
}

/* Run the command until it exits. Returns 0, RUN_STOPPED, or -1. */
static int run_command(struct run *run, struct attempt *attempt, const struct site *site,
                       struct err *err)
{
    struct patience patience = environment_patience(attempt->of, site, &attempt->command);
    uint64_t start;
    pid_t pid;

    attempt->before = oom_now();
    start = clock_mono_ns();
    pid = process_start(attempt->command.argv, attempt->out, attempt->err_out);
    if (pid < 0)
        return err_sys(err, ERR_FAILED, "%s: fork", attempt->env->name);
    if (process_wait(pid, &patience, &attempt->end))
        return err_sys(err, ERR_FAILED, "%s: pidfd_open", attempt->env->name);
    run->total_ns = clock_mono_ns() - start;
    run->interrupted = attempt->end.interrupted;
    return attempt->end.why == PROCESS_STOPPED ? RUN_STOPPED : 0;
}

/* Read the program's report and check the run. */
static int read_report(struct run *run, const struct attempt *attempt, struct err *err)
{
    json_error_t json = {0};
    int result;

    read_end(attempt->err_out, run->messages, sizeof(run->messages));
    lseek(attempt->out, 0, SEEK_SET);
    run->report = json_loadfd(attempt->out, JSON_REJECT_DUPLICATES, &json);
    result = judge(run, attempt, &json, err);
    if (!result)
        return 0;
    json_decref(run->report);
    run->report = NULL;
    return result;
}

int environment_run(struct run *run, const struct environment *env, const struct site *site,
                    const json_t *options, struct err *err)
{
    struct attempt attempt = {
        .env = env,
        .of = environment_real(env, site),
        .out = memfd_create("report", MFD_CLOEXEC),
        .err_out = memfd_create("errors", MFD_CLOEXEC),
    };
    int result = -1;
    char id[64];

    *run = (struct run){0};
    snprintf(id, sizeof(id), "virtcost-%d", (int)getpid());
    if (attempt.out < 0 || attempt.err_out < 0)
        err_sys(err, ERR_FAILED, "%s: memfd", env->name);
    else if (!environment_command(&attempt.command, env, site, options, id, err))
        result = run_command(run, &attempt, site, err);
    if (attempt.of->contained && (result || attempt.end.why != PROCESS_ENDED))
        container_remove(site->container, id);
    if (!result)
        result = read_report(run, &attempt, err);
    command_free(&attempt.command);
    if (attempt.out >= 0)
        close(attempt.out);
    if (attempt.err_out >= 0)
        close(attempt.err_out);
    return result;
}
