/* SPDX-License-Identifier: MIT */
/*
 * Running the real programs and looking at what they print.
 */
#ifndef SUPPORT_PROGRAM_H
#define SUPPORT_PROGRAM_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

/* What a program that has ended left behind. */
struct outcome {
    int status; /* its exit status, or 128 + the signal that ended it */
    char *out, *err;
    json_t *json; /* of `out`, if it is JSON; or NULL */
};

/* A program that runs. */
struct program {
    pid_t pid;
    int out, err; /* files that hold what it prints; -1: it goes elsewhere */
};

/*
 * program_path(): a file of the build: in the folder that MINIVMM_BUILD names, or in the one that
 * the tests were built in. The result lasts for three more calls.
 */
const char *program_path(const char *name);

/* program_prepare: called in each new process just before exec(2), with its files in place; or
 * NULL. */
extern void (*program_prepare)(void);

/*
 * program_start(): start a program of the build with the arguments up to a NULL. Fails the test if
 * that is not possible.
 */
struct program program_start(const char *name, const char *const *args);

/*
 * program_start_to(): the same, with standard output and standard error of the caller's, who closes
 * them; -1 for a file that is kept.
 */
struct program program_start_to(const char *name, const char *const *args, int out, int err);

/*
 * program_await(): wait until something is so, as is(ctx) has it, while the program runs; fails the
 * test if the program ends first.
 */
void program_await(const struct program *program, bool (*is)(const void *ctx), const void *ctx);

/* program_await_text(): wait until it has written `text` to standard error, which is kept. */
void program_await_text(const struct program *program, const char *text);

/* program_wait(): wait until it ends; it is killed after four minutes, status 137. */
struct outcome program_wait(struct program *program);

/* program_run(): both. The arguments end with NULL: program_run("minivmm", "--list", NULL). */
struct outcome program_run(const char *name, ...) __attribute__((sentinel));

/* outcome_free(): free what it holds. */
void outcome_free(struct outcome *outcome);

/*
 * expect_failure(): a run of minivmm with these arguments must end with `status`, say `text` on
 * standard error, and leave nothing else behind: no signal, no sanitizer's report.
 */
void expect_failure(int status, const char *text, ...) __attribute__((sentinel));

/* json_at(): the value at a path like "benches.0.name"; fails the test if there is none. */
json_t *json_at(const json_t *json, const char *path);

/* json_int_at(), json_text_at(): the same, as a number or a string; fail if it is something else.
 */
json_int_t json_int_at(const json_t *json, const char *path);
const char *json_text_at(const json_t *json, const char *path);

/* json_has(): whether there is a value at a path. */
int json_has(const json_t *json, const char *path);

#endif
