/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/program.h"

#define PATHS     4
#define ARGS_MAX  32
#define TIMEOUT_S 240
#define POLL_NS   2000000

const char *program_path(const char *name)
{
    static char paths[PATHS][4096];
    static unsigned next;
    char *path = paths[next++ % PATHS];
    const char *build = getenv("MINIVMM_BUILD");

    snprintf(path, sizeof(paths[0]), "%s/%s", build ? build : BUILD_FOLDER, name);
    return path;
}

static int keep(const char *name)
{
    int fd = memfd_create(name, MFD_CLOEXEC);

    ck_assert_int_ge(fd, 0);
    return fd;
}

void (*program_prepare)(void);

struct program program_start(const char *name, const char *const *args)
{
    return program_start_to(name, args, -1, -1);
}

struct program program_start_to(const char *name, const char *const *args, int out, int err)
{
    struct program program = {
        .out = out < 0 ? keep("out") : -1,
        .err = err < 0 ? keep("err") : -1,
    };

    fflush(NULL);
    program.pid = fork();
    ck_assert(program.pid >= 0);
    if (!program.pid) {
        const char *argv[ARGS_MAX + 2] = {name};

        for (unsigned i = 0; i < ARGS_MAX && args[i]; i++)
            argv[i + 1] = args[i];
        dup2(out < 0 ? program.out : out, STDOUT_FILENO);
        dup2(err < 0 ? program.err : err, STDERR_FILENO);
        if (program_prepare)
            program_prepare();
        execv(program_path(name), (char *const *)argv);
        perror(program_path(name));
        _exit(126);
    }
    return program;
}

/* All that was written to a file, as a string; nothing if there is none. */
static char *content(int fd)
{
    off_t bytes = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
    char *text = calloc(1, (size_t)bytes + 1);

    ck_assert(text != NULL);
    if (fd < 0)
        return text;
    ck_assert_int_eq(pread(fd, text, (size_t)bytes, 0), bytes);
    close(fd);
    return text;
}

void program_await(const struct program *program, bool (*is)(const void *ctx), const void *ctx)
{
    const struct timespec pause = {0, POLL_NS};

    while (!is(ctx)) {
        siginfo_t ended = {0};
        char said[256];
        ssize_t got;

        waitid(P_PID, (id_t)program->pid, &ended, WEXITED | WNOHANG | WNOWAIT);
        got = ended.si_pid ? pread(program->err, said, sizeof(said) - 1, 0) : 0;
        said[got > 0 ? got : 0] = '\0';
        ck_assert_msg(!ended.si_pid, "it ended: %s", said);
        nanosleep(&pause, NULL);
    }
}

/* What a file is to contain. */
struct sought {
    int fd;
    const char *text;
};

static bool contains(const void *ctx)
{
    const struct sought *sought = ctx;
    off_t bytes = lseek(sought->fd, 0, SEEK_END);
    const char *text =
        bytes > 0 ? mmap(NULL, (size_t)bytes, PROT_READ, MAP_SHARED, sought->fd, 0) : MAP_FAILED;
    bool found;

    if (text == MAP_FAILED)
        return false;
    found = memmem(text, (size_t)bytes, sought->text, strlen(sought->text)) != NULL;
    munmap((void *)text, (size_t)bytes);
    return found;
}

void program_await_text(const struct program *program, const char *text)
{
    const struct sought sought = {program->err, text};

    program_await(program, contains, &sought);
}

struct outcome program_wait(struct program *program)
{
    const struct timespec pause = {0, POLL_NS};
    struct outcome outcome = {0};
    time_t deadline = time(NULL) + TIMEOUT_S;
    int status;

    while (!waitpid(program->pid, &status, WNOHANG)) {
        if (time(NULL) > deadline)
            kill(program->pid, SIGKILL);
        nanosleep(&pause, NULL);
    }
    outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    outcome.out = content(program->out);
    outcome.err = content(program->err);
    if (outcome.out[0] == '{')
        outcome.json = json_loads(outcome.out, JSON_REJECT_DUPLICATES, NULL);
    return outcome;
}

static void collect(const char **args, va_list rest)
{
    unsigned count = 0;

    while ((args[count] = va_arg(rest, const char *)))
        ck_assert_uint_lt(++count, ARGS_MAX);
}

struct outcome program_run(const char *name, ...)
{
    const char *args[ARGS_MAX + 1];
    struct program program;
    va_list rest;

    va_start(rest, name);
    collect(args, rest);
    va_end(rest);
    program = program_start(name, args);
    return program_wait(&program);
}

void outcome_free(struct outcome *outcome)
{
    free(outcome->out);
    free(outcome->err);
    json_decref(outcome->json);
}

void expect_failure(int status, const char *text, ...)
{
    const char *args[ARGS_MAX + 1];
    struct program program;
    struct outcome outcome;
    va_list rest;

    va_start(rest, text);
    collect(args, rest);
    va_end(rest);
    program = program_start("minivmm", args);
    outcome = program_wait(&program);
    ck_assert_msg(outcome.status == status && strstr(outcome.err, text) &&
                      !strstr(outcome.err, "Sanitizer") && !strstr(outcome.err, "runtime error"),
                  "%s %s %s: status %d, not %d; '%s' expected in:\n%.1000s", args[0] ? args[0] : "",
                  args[0] && args[1] ? args[1] : "", args[0] && args[1] && args[2] ? args[2] : "",
                  outcome.status, status, text, outcome.err);
    outcome_free(&outcome);
}

static json_t *find(const json_t *json, const char *path)
{
    json_t *at = (json_t *)json;
    char copy[256], *rest = copy, *key;

    snprintf(copy, sizeof(copy), "%s", path);
    while (at && (key = strsep(&rest, ".")))
        at = json_is_array(at) ? json_array_get(at, (size_t)atoi(key)) : json_object_get(at, key);
    return at;
}

int json_has(const json_t *json, const char *path)
{
    return find(json, path) != NULL;
}

json_t *json_at(const json_t *json, const char *path)
{
    json_t *found = find(json, path);

    ck_assert_msg(found != NULL, "no %s in the report", path);
    return found;
}

json_int_t json_int_at(const json_t *json, const char *path)
{
    json_t *found = json_at(json, path);

    ck_assert_msg(json_is_integer(found), "%s is not a whole number", path);
    return json_integer_value(found);
}

const char *json_text_at(const json_t *json, const char *path)
{
    json_t *found = json_at(json, path);

    ck_assert_msg(json_is_string(found), "%s is not a string", path);
    return json_string_value(found);
}
