/* SPDX-License-Identifier: MIT */
/*
 * Containers: the static bench-native as an OCI container, by a runtime that is on this machine.
 *
 * runc and crun are given a bundle (OCI Runtime Specification 1.0) that is made here; podman and
 * docker an image that holds the same file alone. A container has namespaces of its own, no
 * capabilities, no seccomp filter (the usual ones forbid io_uring), the CPUs of --pin, and a memory
 * limit: what a VM has and its VMM needs. The limits of virtcost's own cgroup hold for it as well
 * (tools/virtcost/env/cgroup.h); its namespace of cgroups is the host's, so that its report can
 * name them.
 *
 * A runtime is never waited for without an end: one that hangs is an error.
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

struct container_runtime; /* the ones that are known */

struct container {
    const struct container_runtime *runtime; /* NULL: not opened */
    char command[128];                       /* its path, or its name */
    char version[96];                        /* "runc 1.1.5" */
    char bundle[PATH_MAX];                   /* the folder of files that are made here */
    char image[64];                          /* of an engine */
    pid_t owner;                             /* the process that opened it */
    bool hangs;                              /* it was asked to remove something, and did not end */
};

/* What a container is given beside its command. */
struct container_limits {
    uint64_t memory_bytes;
    const char *cpus;            /* a list, "0,2-3"; NULL: all */
    const struct volume *volume; /* NULL: none */
    bool detached;               /* the runtime ends and the container goes on */
    const char *cgroup;          /* of ours, below which it gets its own; NULL: none */
};

/* A runtime that has not made its container after so long hangs. */
#define CONTAINER_START_SECONDS 60

/*
 * container_open(): find a runtime that works, or the one that is asked for (a name, or a path
 * whose last part is one), by running `program` in a container; files go below `folder`. Returns 0;
 * 1 once `stop_fd` is readable; or -1 with why none does. container_close() is to follow in all
 * cases. What is in *container is enough to clean up at any moment.
 */
int container_open(struct container *container, const char *asked, const char *program,
                   const char *folder, int stop_fd, struct err *err);

/* container_close(): remove its containers, cgroups and files, and the image. */
void container_close(struct container *container);

/* container_has_overlay(): whether `overlay` can be asked for. */
bool container_has_overlay(const struct container *container);

/*
 * container_command(): put the command that runs argv (which begins with the program's name) in a
 * container called `id` into *command, an array of strings, and write what the runtime reads.
 * Returns 0, or -1.
 */
int container_command(const struct container *container, const char *id,
                      const struct container_limits *limits, const json_t *argv, json_t **command,
                      struct err *err);

/*
 * container_started(): the file that is there once a container is made; `path` has PATH_MAX bytes.
 */
void container_started(const struct container *container, const char *id, char *path);

/* container_pid(): the first process of one that was started detached; 0: not known. */
pid_t container_pid(const struct container *container, const char *id);

/* container_remove(): whatever is left of it. */
void container_remove(struct container *container, const char *id);

#endif
