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
    const char *program; /* beside this one; NULL: that of the base */
};

/*
 * The table; its end has no name. "null" is the base once more: what comes out as its ratio is
 * noise.
 */
extern const struct environment environment[];

/* environment_find(): by name, or NULL. */
const struct environment *environment_find(const char *name, size_t length);

#define RUN_STOPPED 1

/* One run, in a fresh process. */
struct run {
    json_t *report;  /* whole, though a check in it may have failed; or NULL */
    char said[4096]; /* the end of what the program wrote to standard error */
};

/*
 * run_environment(): run the workload once; `base` is whose program an environment without one has,
 * and `stop_fd` is readable when the user wants to stop, which ends the program. It also ends when
 * this process does. Returns 0, and the caller frees the report; RUN_STOPPED; or -1 with an error:
 * the program's own status if it is one of enum err_code, ERR_FAILED otherwise.
 */
int run_environment(struct run *run, const struct environment *env, const struct environment *base,
                    const struct workload *workload, int stop_fd, struct err *err);

#endif
