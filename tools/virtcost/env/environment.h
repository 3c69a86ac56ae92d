/* SPDX-License-Identifier: MIT */
/*
 * The environments that the same kernels are run in, and one run of one of them.
 */
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
    const char *program; /* beside this one; NULL: the base once more */
    unsigned kind;       /* of its options: CLI_VM or CLI_NATIVE (vmm/core/cli/options.h) */
    bool contained;      /* the program runs in a container, */
    bool overlay;        /* with the folder of its disk on overlayfs */
};

/*
 * The table; its end has no name. "null" is the base once more: what comes out as its ratio is
 * noise.
 */
extern const struct environment environment[];

/* environment_find(): by name, or NULL. */
const struct environment *environment_find(const char *name, size_t length);

#define RUN_STOPPED 1

struct site;

/* environment_real(): an environment, or the one whose program it has. */
const struct environment *environment_real(const struct environment *env, const struct site *site);

/* Where runs take place: what they all share. */
struct site {
    const struct environment *base;   /* whose program an environment without one has */
    int stop_fd;                      /* readable when the user wants to stop */
    struct container *container;      /* opened, if an environment is contained */
    void (*notice)(const char *text); /* for what the user should know at once; may be NULL */
    const char *folder;               /* for files, on a real disk; gone at the end */
    unsigned count;                   /* instances of an experiment that has many; 0: not said */
    bool quick;
};

/* One run, in a fresh process. */
struct run {
    json_t *report;    /* whole, though a check in it may have failed; or NULL */
    char said[4096];   /* the end of what the program wrote to standard error */
    uint64_t total_ns; /* from the fork until the process was gone */
    bool interrupted;  /* it, or this process, was stopped or frozen meanwhile: times are void */
};

#define ARGUMENTS_MAX 96

/* Keys of options that are about the container alone: it goes on by itself; below which cgroup. */
#define ENVIRONMENT_DETACHED "container.detached"
#define ENVIRONMENT_CGROUP   "container.cgroup"

/* A command line, built from an environment and options; what it points to is its own. */
struct command {
    const char *argv[ARGUMENTS_MAX];
    unsigned count;
    json_t *texts;
    uint64_t memory_bytes;  /* the limit of a container; 0: it is none */
    char started[PATH_MAX]; /* the file that a container's runtime makes; empty: none */
};

/*
 * environment_command(): the command that runs `env` with `options`, an object of option names and
 * arguments (null: it takes none), leaving out those that are not the program's; `id` names the
 * container, if it is one. Returns 0, or -1. To be freed with command_free(), also after -1.
 */
int environment_command(struct command *command, const struct environment *env,
                        const struct site *site, const json_t *options, const char *id,
                        struct err *err);
void command_free(struct command *command);

/* environment_patience(): how long a process of an environment is waited for. */
struct patience environment_patience(const struct environment *env, const struct site *site,
                                     const struct command *command);

/*
 * environment_run(): run it once, to its end. Returns 0, and the caller frees the report;
 * RUN_STOPPED; or -1 with an error: the program's own status if it is one of enum err_code,
 * ERR_FAILED otherwise.
 */
int environment_run(struct run *run, const struct environment *env, const struct site *site,
                    const json_t *options, struct err *err);

#endif
