/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/virtcost/env/instance.h"
#include "tools/virtcost/env/process.h"
#include "tools/virtcost/figures/get.h"

/* What a benchmark of "load" says, a line. */
#define READY "ready\n"

/* How long none may become ready before that is an error. */
#define PATIENCE_MS 30000

#define PIPE_BYTES (1 << 20)

int instance_start(struct instance *instance, const struct environment *env,
                   const struct site *site, const json_t *options, unsigned number,
                   const struct answers *answers, struct err *err)
{
    int detached = env->contained && json_object_get(options, ENVIRONMENT_DETACHED), status = 0;
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    struct command command;
    int result = -1;

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
    command_free(&command);
    if (nowhere >= 0)
        close(nowhere);
    if (result)
        return -1;
    instance->env = env;
    if (!detached)
        return 0;
    waitpid(instance->pid, &status, 0);
    instance->pid = 0;
    if (!status)
        return 0;
    instance_end(instance, site);
    return err_set(err, ERR_FAILED, "%s: %s ended with status %d", env->name,
                   site->container.version, WEXITSTATUS(status));
}

/* How many lines of `text` say that one is ready; *other becomes the first that says otherwise. */
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
    /* As many as there are can say it without waiting. */
    fcntl(fds[0], F_SETPIPE_SZ, PIPE_BYTES);
    *answers = (struct answers){fds[0], fds[1], 0};
    return 0;
}

void answers_close(struct answers *answers)
{
    close(answers->read_fd);
    close(answers->write_fd);
}

/* Read what has been said. Returns 0, or -1 with an error. */
static int take_answers(struct answers *answers, struct err *err)
{
    const char *other = NULL;
    char text[4096];
    /* Whole lines: each is written at once, and what is read is a multiple of them. */
    ssize_t got = read(answers->read_fd, text, (sizeof(text) - 1) / strlen(READY) * strlen(READY));

    text[got > 0 ? got : 0] = '\0';
    answers->ready += count_ready(text, &other);
    if (!other)
        return 0;
    return err_set(err, ERR_FAILED, "an instance says: %.*s",
                   (int)(strcspn(other, "\n") < 300 ? strcspn(other, "\n") : 300), other);
}

int answers_await(struct answers *answers, unsigned count, const struct site *site, struct err *err)
{
    struct pollfd fds[] = {{.fd = answers->read_fd, .events = POLLIN},
                           {.fd = site->stop_fd, .events = POLLIN}};
    int result = 0;

    do {
        int ready = poll(fds, 2, answers->ready < count ? PATIENCE_MS : 0);

        if (ready < 0 && errno == EINTR)
            continue;
        if (fds[1].revents)
            return RUN_STOPPED;
        if (fds[0].revents)
            result = take_answers(answers, err);
        else if (answers->ready < count)
            result = err_set(err, ERR_FAILED, "%u of %u instance%s not ready after %d s",
                             count - answers->ready, count, count == 1 ? " was" : "s were",
                             PATIENCE_MS / 1000);
    } while (!result && answers->ready < count);
    return result;
}

pid_t instance_pid(const struct instance *instance, const struct site *site)
{
    return instance->pid ? instance->pid : container_pid(&site->container, instance->id);
}

static bool is_plain(const struct instance *instance)
{
    return instance->env && !instance->env->contained && instance->pid > 0;
}

void instance_end(struct instance *instance, const struct site *site)
{
    if (is_plain(instance)) {
        kill(instance->pid, SIGKILL);
        waitpid(instance->pid, NULL, 0);
    } else if (instance->env) {
        container_remove(&site->container, instance->id);
        if (instance->pid > 0)
            process_end(instance->pid);
    }
    instance->env = NULL;
}

void instance_end_all(struct instance *instances, unsigned count, const struct site *site)
{
    /* All at once: giving memory back is most of it. */
    for (unsigned i = 0; i < count; i++)
        if (is_plain(&instances[i]))
            kill(instances[i].pid, SIGKILL);
    for (unsigned i = 0; i < count; i++)
        instance_end(&instances[i], site);
}
