/* SPDX-License-Identifier: MIT */
/* The environments in which the kernels are run, and single runs in them. */
#ifndef VIRTCOST_ENV_ENVIRONMENT_H
#define VIRTCOST_ENV_ENVIRONMENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/virtcost/env/container.h"
#include "tools/virtcost/env/process.h"
#include "vmm/core/base/err.h"

#define ENVIRONMENTS_MAX 8

struct environment {
    const char *name;
    const char *help;
    const char *program; /* in virtcost's folder; NULL: the base's program */
    unsigned kind;       /* kind of its options: CLI_VM or CLI_NATIVE (vmm/core/cli/options.h) */
    bool contained;      /* runs in a container, */
    bool overlay;        /* with its disk's folder on overlayfs */
};

/* The table, ended by an entry without a name. "null" reruns the base: its ratio is noise. */
extern const struct environment environment[];

/* environment_find(): find an environment by name. Returns NULL if unknown. */
const struct environment *environment_find(const char *name, size_t length);

#define RUN_STOPPED 1

struct site;

/* environment_real(): the environment that provides the program of `env`: itself, or the base. */
const struct environment *environment_real(const struct environment *env, const struct site *site);

/* Settings shared by all runs. */
struct site {
    const struct environment *base;   /* provides the program of an environment without one */
    int stop_fd;                      /* readable when the user stops virtcost */
    struct container *container;      /* open if any environment is contained */
    void (*notice)(const char *text); /* prints an urgent message to the user; may be NULL */
    const char *folder;               /* for files, on a disk; removed at the end */
    unsigned count;                   /* instances alive at once; 0: the experiment's default */
    bool quick;
};

/* One run, in a fresh process. */
struct run {
    json_t *report;      /* complete, though a check in it may have failed; or NULL */
    char messages[4096]; /* the last part of the program's standard error */
    uint64_t total_ns;   /* from fork until the process was reaped */
    bool interrupted;    /* the program or virtcost was stopped or frozen: timings are void */
};

#define ARGUMENTS_MAX 96

/* Option keys that concern only the container: run detached; parent cgroup. */
#define ENVIRONMENT_DETACHED "container.detached"
#define ENVIRONMENT_CGROUP   "container.cgroup"

/* A command line for an environment and options. It owns all it points to. */
struct command {
    const char *argv[ARGUMENTS_MAX];
    unsigned count;
    json_t *texts;
    uint64_t memory_bytes;  /* memory limit of a container; 0: no container */
    char started[PATH_MAX]; /* file created by the container runtime; empty: none */
};

/*
 * environment_command(): build the command that runs `env` with `options`, an object of option
 * names and arguments (null: no argument), without those that its program does not take; `id` names
 * the container, if any. Returns 0, or -1 with *err set. The caller calls command_free(), also
 * after -1.
 */
int environment_command(struct command *command, const struct environment *env,
                        const struct site *site, const json_t *options, const char *id,
                        struct err *err);
void command_free(struct command *command);

/* environment_patience(): the time limits for a process of an environment. */
struct patience environment_patience(const struct environment *env, const struct site *site,
                                     const struct command *command);

/*
 * environment_run(): run it once and wait for it to exit. Returns 0, with run->report owned by the
 * caller; RUN_STOPPED; or -1 with *err set: its code is the program's exit status if that is in
 * enum err_code, else ERR_FAILED.
 */
int environment_run(struct run *run, const struct environment *env, const struct site *site,
                    const json_t *options, struct err *err);

#endif
