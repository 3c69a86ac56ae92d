/* SPDX-License-Identifier: MIT */
/*
 * Running the programs of the build and checking their output.
 */
#ifndef SUPPORT_PROGRAM_H
#define SUPPORT_PROGRAM_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

/* The result of a program that has ended. */
struct outcome {
    int status; /* exit status, or 128 + the number of the signal that ended it */
    char *out, *err;
    json_t *json; /* `out` if it is JSON, else NULL */
};

/* A running program. */
struct program {
    pid_t pid;
    int out, err; /* memfds with its output; -1: redirected by the caller */
};

/*
 * program_path(): the path of a file of the build, in the folder $MINIVMM_BUILD or, by default, in
 * the folder where the tests were built. The result is valid for three more calls.
 */
const char *program_path(const char *name);

/* program_prepare: if not NULL, called in each child before exec(2), after redirecting output. */
extern void (*program_prepare)(void);

/*
 * program_start(): start a program of the build; `args` ends with NULL. Fails the test if the
 * program cannot be started.
 */
struct program program_start(const char *name, const char *const *args);

/*
 * program_start_to(): the same, with standard output and standard error redirected to files of the
 * caller, who closes them; -1: keep the output for program_wait().
 */
struct program program_start_to(const char *name, const char *const *args, int out, int err);

/*
 * program_await(): wait until condition(ctx) is true. Fails the test if the program ends first.
 */
void program_await(const struct program *program, bool (*condition)(const void *ctx),
                   const void *ctx);

/* program_await_text(): wait until standard error, if not redirected, contains `text`. */
void program_await_text(const struct program *program, const char *text);

/* program_wait(): wait until the program ends; kills it after four minutes (status 137). */
struct outcome program_wait(struct program *program);

/* program_run(): start a program and wait: program_run("minivmm", "--list", NULL). */
struct outcome program_run(const char *name, ...) __attribute__((sentinel));

/* outcome_free(): free the members of an outcome. */
void outcome_free(struct outcome *outcome);

/*
 * expect_failure(): run minivmm with these arguments, NULL-terminated. Fails the test unless it
 * exits with `status`, standard error contains `text`, and no sanitizer reports an error.
 */
void expect_failure(int status, const char *text, ...) __attribute__((sentinel));

/* json_at(): the value at a path like "benches.0.name"; fails the test if the path is missing. */
json_t *json_at(const json_t *json, const char *path);

/* json_int_at(), json_text_at(): the same, as an integer or a string; fail for other types. */
json_int_t json_int_at(const json_t *json, const char *path);
const char *json_text_at(const json_t *json, const char *path);

/* json_has(): whether the path exists. */
int json_has(const json_t *json, const char *path);

#endif
