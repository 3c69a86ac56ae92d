/* SPDX-License-Identifier: MIT */
/*
 * The environments that the same kernels are run in, and one run of one of them.
 */
#ifndef VIRTCOST_ENVIRONMENT_H
#define VIRTCOST_ENVIRONMENT_H

#include <jansson.h>

#include "vmm/base/err.h"

#define ENVIRONMENTS_MAX 8

#define WORKLOAD_MAX 64

/*
 * What every run is given, in all environments alike: [i] is the argument of cli_option[i], "" if
 * it takes none, NULL if the user did not give it.
 */
struct workload {
    const char *argument[WORKLOAD_MAX];
};

struct environment {
    const char *name;
    const char *help;
    const char *program; /* beside this one */
};

/*
 * The table; its end has no name. The first is the base that the others are compared with; "null"
 * is the base once more: what comes out as its ratio is noise.
 */
extern const struct environment environment[];

/* environment_find(): by name, or NULL. */
const struct environment *environment_find(const char *name, size_t length);

/*
 * environment_run(): run the workload once, in a fresh process; `stop_fd` is readable when the user
 * wants to stop, and then the run is ended. Returns the program's report, to be freed by the
 * caller; or NULL with an error, which has code ERR_NONE if the user stopped it.
 */
json_t *environment_run(const struct environment *env, const struct workload *workload, int stop_fd,
                        struct err *err);

#endif
