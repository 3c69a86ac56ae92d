/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/virtcost/env/instance.h"
#include "tools/virtcost/env/process.h"
#include "vmm/core/base/clock.h"

/* The line that a benchmark of "load" prints when it is ready. */
#define READY "ready\n"

/* Timeout without any instance becoming ready. */
#define PATIENCE_MS 30000

/* Interval of checks for instances that exited. */
#define TICK_MS 100

#define PIPE_BYTES (1 << 20)

/*
 * Wait for the runtime of a detached container, which exits once the container runs. Returns as
 * instance_start() does.
 */
static int await_runtime(struct instance *instance, const struct patience *patience,
                         const struct site *site, struct answers *answers, struct err *err)
{
    const char *env = instance->env->name, *version = site->container->version;
    struct process_end end;
    int failed = process_wait(instance->pid, patience, &end);

    instance->pid = 0;
    answers->interrupted |= end.interrupted;
    if (failed)
        return err_sys(err, ERR_FAILED, "%s: pidfd_open", env);
    if (end.why == PROCESS_STOPPED)
        return RUN_STOPPED;
    if (process_ok(&end))
        return 0;
    if (end.why != PROCESS_ENDED)
        return err_set(err, ERR_FAILED, "%s: %s did not start a container within %u s", env,
                       version, CONTAINER_START_SECONDS);
    return err_set(err, ERR_FAILED, "%s: %s exited with status %d", env, version,
                   WEXITSTATUS(end.status));
}

int instance_start(struct instance *instance, const struct environment *env,
                   const struct site *site, const json_t *options, unsigned number,
                   struct answers *answers, struct err *err)
{
    int detached = env->contained && json_object_get(options, ENVIRONMENT_DETACHED);
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC), result = -1;
    struct command command = {0};
    struct patience patience;

    *instance = (struct instance){0};
    snprintf(instance->id, sizeof(instance->id), "virtcost-%d-%u", (int)getpid(), number);
    if (nowhere < 0) {
        err_sys(err, ERR_FAILED, "/dev/null");
    } else if (!environment_command(&command, env, site, options, instance->id, err)) {
        instance->pid = process_start(command.argv, nowhere, answers->write_fd);
        if (instance->pid < 0)
            err_sys(err, ERR_FAILED, "%s: fork", env->name);
        else
            result = 0;
    }
    if (!result) {
        instance->env = env;
        answers->container_bytes = command.memory_bytes;
        patience = environment_patience(env, site, &command);
        patience.seconds = CONTAINER_START_SECONDS;
        if (detached)
            result = await_runtime(instance, &patience, site, answers, err);
        if (result)
            instance_end(instance, site);
    }
    command_free(&command);
    if (nowhere >= 0)
        close(nowhere);
    return result;
}

/* Count the lines of `text` that say "ready"; sets *other to the first other line. */
static unsigned count_ready(const char *text, const char **other)
{
    unsigned count = 0;

    for (; *text; text += strcspn(text, "\n") + 1) {
        if (!strncmp(text, READY, strlen(READY)))
            count++;
        else if (!*other)
            *other = text;
        if (!text[strcspn(text, "\n")])
            break;
    }
    return count;
}

int answers_open(struct answers *answers, struct err *err)
{
    int fds[2];

    if (pipe2(fds, O_CLOEXEC))
        return err_sys(err, ERR_FAILED, "pipe");
    /* Room for all instances to write without blocking. */
    fcntl(fds[0], F_SETPIPE_SZ, PIPE_BYTES);
    *answers = (struct answers){.read_fd = fds[0], .write_fd = fds[1], .before = oom_now()};
    return 0;
}

void answers_close(struct answers *answers)
{
    close(answers->read_fd);
    close(answers->write_fd);
}

/* Read the lines of the instances. Returns 0, or -1 with *err set. */
static int take_answers(struct answers *answers, struct err *err)
{
    const char *other = NULL;
    char text[4096];
    /*
     * Only whole lines: each is written at once, and the size read is a multiple of their length.
     */
    ssize_t got = read(answers->read_fd, text, (sizeof(text) - 1) / strlen(READY) * strlen(READY));

    text[got > 0 ? got : 0] = '\0';
    answers->ready += count_ready(text, &other);
    if (!other)
        return 0;
    return err_set(err, ERR_FAILED, "an instance reported: %.*s",
                   (int)(strcspn(other, "\n") < 300 ? strcspn(other, "\n") : 300), other);
}

int answers_check(struct answers *answers, struct err *err)
{
    siginfo_t info = {0};
    char who[128];
    int signal;

    while (process_was_halted(-1, &signal))
        answers->interrupted = true;
    /* Instances are this process's only children here. */
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) || !info.si_pid)
        return 0;
    if (info.si_code == CLD_EXITED)
        return err_set(err, ERR_FAILED, "an instance exited with status %d", info.si_status);
    if (info.si_status == SIGKILL &&
        oom_since(&answers->before, answers->container_bytes, who, sizeof(who))) {
        err_set(err, ERR_FAILED, "an instance was killed by %s", who);
        return err_hint(err, "fewer instances, or a smaller --mem");
    }
    return err_set(err, ERR_FAILED, "an instance was killed by signal %d (%s)", info.si_status,
                   strsignal(info.si_status));
}

static int err_missing(const struct answers *answers, unsigned count, struct err *err)
{
    char who[128];

    err_set(err, ERR_FAILED, "%u of %u instance%s not ready after %d s", count - answers->ready,
            count, count == 1 ? " was" : "s were", PATIENCE_MS / 1000);
    if (!oom_since(&answers->before, answers->container_bytes, who, sizeof(who)))
        return -1;
    return err_hint(err, "fewer instances, or a smaller --mem: %s has killed one", who);
}

int answers_await(struct answers *answers, unsigned count, const struct site *site, struct err *err)
{
    struct pollfd fds[] = {{.fd = answers->read_fd, .events = POLLIN},
                           {.fd = site->stop_fd, .events = POLLIN}};
    uint64_t heard_ns = clock_mono_ns();
    int result = 0;

    do {
        process_poll(fds, 2, answers->ready < count ? TICK_MS : 0, &answers->interrupted);
        if (fds[1].revents)
            return RUN_STOPPED;
        if (fds[0].revents) {
            heard_ns = clock_mono_ns();
            result = take_answers(answers, err);
        } else if (answers->ready < count) {
            result = answers_check(answers, err);
            if (!result && clock_mono_ns() - heard_ns > PATIENCE_MS * 1000000ull)
                result = err_missing(answers, count, err);
        }
    } while (!result && answers->ready < count);
    return result;
}

bool instance_has_ended(const struct instance *instance)
{
    siginfo_t info = {0};

    return instance->pid > 0 &&
           !waitid(P_PID, (id_t)instance->pid, &info, WEXITED | WNOHANG | WNOWAIT) && info.si_pid;
}

pid_t instance_pid(const struct instance *instance, const struct site *site)
{
    return instance->pid ? instance->pid : container_pid(site->container, instance->id);
}

static bool is_plain(const struct instance *instance)
{
    return instance->env && !instance->env->contained && instance->pid > 0;
}

void instance_end(struct instance *instance, const struct site *site)
{
    if (is_plain(instance)) {
        process_kill(instance->pid);
        process_reap(instance->pid);
    } else if (instance->env) {
        container_remove(site->container, instance->id);
        if (instance->pid > 0)
            process_end(instance->pid);
    }
    instance->env = NULL;
}

void instance_end_all(struct instance *instances, unsigned count, const struct site *site)
{
    /* End them all at once: most of the time is spent freeing memory. */
    for (unsigned i = 0; i < count; i++)
        if (is_plain(&instances[i]))
            process_kill(instances[i].pid);
    for (unsigned i = 0; i < count; i++)
        instance_end(&instances[i], site);
}
