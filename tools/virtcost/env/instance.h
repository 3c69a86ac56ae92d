/* SPDX-License-Identifier: MIT */
/* Runs that go on until they are told to end: neighbours, and many at once. */
#ifndef VIRTCOST_ENV_INSTANCE_H
#define VIRTCOST_ENV_INSTANCE_H

#include <sys/types.h>

#include "tools/virtcost/env/environment.h"
#include "tools/virtcost/env/oom.h"

struct instance {
    const struct environment *env; /* NULL: not started */
    pid_t pid;                     /* the program's, or the runtime's; 0: a detached container */
    char id[64];                   /* of a container */
};

/* The pipe that instances say things to, and how many have said that they are ready. */
struct answers {
    int read_fd, write_fd;
    unsigned ready;
    bool interrupted;         /* an instance, or this process, was stopped or frozen meanwhile */
    struct oom before;        /* when they were opened */
    uint64_t container_bytes; /* the memory limit of one; 0: they are no containers */
};

/* answers_open(): returns 0, or -1. */
int answers_open(struct answers *answers, struct err *err);
void answers_close(struct answers *answers);

/*
 * answers_await(): wait until `count` instances in all are ready. Returns 0; RUN_STOPPED; or -1
 * with an error, which quotes what one of them said instead, or how one ended.
 */
int answers_await(struct answers *answers, unsigned count, const struct site *site,
                  struct err *err);

/*
 * answers_check(): what has become of the instances meanwhile: none is to have ended. Sets
 * `interrupted`. Returns 0, or -1 with how one ended.
 */
int answers_check(struct answers *answers, struct err *err);

/*
 * instance_start(): run `env`, whose benchmark, of those called "load", says that it is ready on
 * standard error; `number` tells instances apart. Returns 0, RUN_STOPPED, or -1.
 */
int instance_start(struct instance *instance, const struct environment *env,
                   const struct site *site, const json_t *options, unsigned number,
                   struct answers *answers, struct err *err);

/* instance_has_ended(): whether its program, or the runtime that waits for it, is gone. */
bool instance_has_ended(const struct instance *instance);

/* instance_pid(): the number of its program, or of a container's first process; 0: not known. */
pid_t instance_pid(const struct instance *instance, const struct site *site);

/* instance_end(), instance_end_all(): end them, and wait until they are gone. */
void instance_end(struct instance *instance, const struct site *site);
void instance_end_all(struct instance *instances, unsigned count, const struct site *site);

#endif
