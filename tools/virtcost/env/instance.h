/* SPDX-License-Identifier: MIT */
/* Runs that go on until they are told to end: neighbours, and many at once. */
#ifndef VIRTCOST_ENV_INSTANCE_H
#define VIRTCOST_ENV_INSTANCE_H

#include <sys/types.h>

#include "tools/virtcost/env/environment.h"

struct instance {
    const struct environment *env; /* NULL: not started */
    pid_t pid;                     /* the program's, or the runtime's; 0: a detached container */
    char id[64];                   /* of a container */
};

/* The pipe that instances say things to, and how many have said that they are ready. */
struct answers {
    int read_fd, write_fd;
    unsigned ready;
};

/* answers_open(): returns 0, or -1. */
int answers_open(struct answers *answers, struct err *err);
void answers_close(struct answers *answers);

/*
 * answers_await(): wait until `count` instances in all are ready. Returns 0; RUN_STOPPED; or -1
 * with an error, which quotes what one of them said instead.
 */
int answers_await(struct answers *answers, unsigned count, const struct site *site,
                  struct err *err);

/*
 * instance_start(): run `env`, whose benchmark, of those called "load", says that it is ready on
 * standard error; `number` tells instances apart. Returns 0, or -1.
 */
int instance_start(struct instance *instance, const struct environment *env,
                   const struct site *site, const json_t *options, unsigned number,
                   const struct answers *answers, struct err *err);

/* instance_pid(): the number of its program, or of a container's first process; 0: not known. */
pid_t instance_pid(const struct instance *instance, const struct site *site);

/* instance_end(), instance_end_all(): end them, and wait until they are gone. */
void instance_end(struct instance *instance, const struct site *site);
void instance_end_all(struct instance *instances, unsigned count, const struct site *site);

#endif
