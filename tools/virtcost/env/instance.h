/* SPDX-License-Identifier: MIT */
/* Runs that continue until they are ended: neighbours, and many instances at once. */
#ifndef VIRTCOST_ENV_INSTANCE_H
#define VIRTCOST_ENV_INSTANCE_H

#include <sys/types.h>

#include "tools/virtcost/env/environment.h"
#include "tools/virtcost/env/oom.h"

struct instance {
    const struct environment *env; /* NULL: not started */
    pid_t pid;                     /* the program or the runtime; 0: a detached container */
    char id[64];                   /* name of the container */
};

/* The pipe on which instances report, and the number of those that are ready. */
struct answers {
    int read_fd, write_fd;
    unsigned ready;
    bool interrupted;         /* an instance or this process was stopped or frozen */
    struct oom before;        /* the OOM counters when it was opened */
    uint64_t container_bytes; /* memory limit of one container; 0: no containers */
};

/* answers_open(): open the pipe. Returns 0, or -1 with *err set. */
int answers_open(struct answers *answers, struct err *err);
void answers_close(struct answers *answers);

/*
 * answers_await(): wait until `count` instances in all are ready. Returns 0; RUN_STOPPED; or -1
 * with *err set, which quotes an instance's other output or states how one exited.
 */
int answers_await(struct answers *answers, unsigned count, const struct site *site,
                  struct err *err);

/*
 * answers_check(): check that no instance has exited; sets `interrupted`. Returns 0, or -1 with
 * *err stating how one exited.
 */
int answers_check(struct answers *answers, struct err *err);

/*
 * instance_start(): run `env` with a benchmark of "load", which prints a line on standard error
 * when it is ready; `number` distinguishes instances. Returns 0, RUN_STOPPED, or -1 with *err set.
 */
int instance_start(struct instance *instance, const struct environment *env,
                   const struct site *site, const json_t *options, unsigned number,
                   struct answers *answers, struct err *err);

/* instance_has_ended(): whether its program, or the runtime that waits for it, has exited. */
bool instance_has_ended(const struct instance *instance);

/* instance_pid(): the process ID of its program, or of a container's first process; 0: unknown. */
pid_t instance_pid(const struct instance *instance, const struct site *site);

/* instance_end(), instance_end_all(): end them and wait until they have exited. */
void instance_end(struct instance *instance, const struct site *site);
void instance_end_all(struct instance *instances, unsigned count, const struct site *site);

#endif
