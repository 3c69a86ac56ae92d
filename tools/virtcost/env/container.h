/* SPDX-License-Identifier: MIT */
/*
 * Containers: runs the static bench-native in an OCI container, with a runtime installed on this
 * machine.
 *
 * runc and crun use a bundle (OCI Runtime Specification 1.0) created here; podman and docker an
 * image with only that file. A container has its own namespaces, no capabilities, no seccomp filter
 * (the usual ones forbid io_uring), the CPUs of --pin, and a memory limit: a VM's memory plus an
 * allowance for its VMM. The limits of virtcost's own cgroup apply to it as well
 * (tools/virtcost/env/cgroup.h); it shares the host's cgroup namespace, so that its report can
 * state them.
 *
 * Every wait for a runtime has a timeout: a hang is an error.
 */
#ifndef VIRTCOST_ENV_CONTAINER_H
#define VIRTCOST_ENV_CONTAINER_H

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tools/virtcost/env/volume.h"
#include "vmm/core/base/err.h"

struct container_runtime; /* the supported runtimes */

struct container {
    const struct container_runtime *runtime; /* NULL: not opened */
    char command[128];                       /* its path or name */
    char version[96];                        /* "runc 1.1.5" */
    char bundle[PATH_MAX];                   /* folder of the files created here */
    char image[64];                          /* an engine's image */
    pid_t owner;                             /* process that opened it */
    bool hangs;                              /* a removal timed out */
};

/* Resources and settings of a container. */
struct container_limits {
    uint64_t memory_bytes;
    const char *cpus;            /* a list, "0,2-3"; NULL: all */
    const struct volume *volume; /* NULL: none */
    bool detached;               /* the runtime exits while the container keeps running */
    const char *cgroup;          /* our cgroup, below which it gets its own; NULL: none */
};

/* A runtime that takes longer than this to create its container hangs. */
#define CONTAINER_START_SECONDS 60

/*
 * container_open(): find a runtime that works, or check the one given (a name, or a path that ends
 * in one), by running `program` in a container; creates files below `folder`. Returns 0; 1 once
 * `stop_fd` is readable; or -1 with *err set. The caller calls container_close() in all cases.
 * *container always holds enough to clean up.
 */
int container_open(struct container *container, const char *asked, const char *program,
                   const char *folder, int stop_fd, struct err *err);

/* container_close(): remove its containers, cgroups, files and image. */
void container_close(struct container *container);

/* container_has_overlay(): whether `overlay` is supported. */
bool container_has_overlay(const struct container *container);

/*
 * container_command(): set *command, an array of strings, to the command that runs argv (which
 * begins with the program's name) in container `id`, and write the runtime's files. Returns 0, or
 * -1 with *err set.
 */
int container_command(const struct container *container, const char *id,
                      const struct container_limits *limits, const json_t *argv, json_t **command,
                      struct err *err);

/*
 * container_started(): set `path`, of PATH_MAX bytes, to a file that exists once the container is
 * created.
 */
void container_started(const struct container *container, const char *id, char *path);

/* container_pid(): the first process of a detached container; 0: unknown. */
pid_t container_pid(const struct container *container, const char *id);

/* container_remove(): remove whatever is left of it. */
void container_remove(struct container *container, const char *id);

#endif
