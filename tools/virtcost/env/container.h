/* SPDX-License-Identifier: MIT */
/*
 * Containers: the static bench-native as an OCI container, by a runtime that is on this machine.
 *
 * runc and crun are given a bundle (OCI Runtime Specification 1.0) that is made here; podman and
 * docker an image that holds the same file alone. A container has namespaces of its own, no
 * capabilities, no seccomp filter (the usual ones forbid io_uring), the CPUs of --pin, and a memory
 * limit: what a VM has and its VMM needs.
 */
#ifndef VIRTCOST_ENV_CONTAINER_H
#define VIRTCOST_ENV_CONTAINER_H

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "vmm/base/err.h"

struct container_runtime; /* the ones that are known */

struct container {
    const struct container_runtime *runtime; /* NULL: not opened */
    char command[128];                       /* its path, or its name */
    char version[96];                        /* "runc 1.1.5" */
    char bundle[PATH_MAX];                   /* the folder of files that are made here */
    char image[64];                          /* of an engine */
};

/* What a container is given beside its command. */
struct container_limits {
    uint64_t memory_bytes;
    const char *cpus;   /* a list, "0,2-3"; NULL: all */
    const char *folder; /* to be seen at the same place; NULL: none */
    bool overlay;       /* on overlayfs, with the folder as the upper one */
    bool detached;      /* the runtime ends and the container goes on */
    const char *cgroup; /* below which it gets its own; NULL: where the runtime puts it */
};

/*
 * container_open(): find a runtime that works, or the one that is asked for (a name, or a path
 * whose last part is one), by running `program` in a container; files go below `folder`. Returns 0,
 * or -1 with why none does.
 */
int container_open(struct container *container, const char *asked, const char *program,
                   const char *folder, struct err *err);

/* container_close(): remove the files and the image. */
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

/* container_pid(): the first process of one that was started detached; 0: not known. */
pid_t container_pid(const struct container *container, const char *id);

/* container_remove(): whatever is left of it. */
void container_remove(const struct container *container, const char *id);

/* container_remove_all(): all that an OCI runtime was asked to run from here; not an engine's. */
void container_remove_all(const struct container *container);

#endif
