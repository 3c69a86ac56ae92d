/* SPDX-License-Identifier: MIT */
/* The supported container runtimes and their command lines. */
#ifndef VIRTCOST_ENV_RUNTIME_H
#define VIRTCOST_ENV_RUNTIME_H

#include "tools/virtcost/env/container.h"

struct container_runtime {
    const char *name;
    bool engine;          /* runs images, reads no bundle */
    bool relative_cgroup; /* as in cgroup_place() */
};

/* runtime_at(): entry `i` of the table, or NULL past the end. */
const struct container_runtime *runtime_at(unsigned i);

/* runtime_path(): set `path`, of PATH_MAX bytes, to a file or folder of the container. */
void runtime_path(const struct container *container, char *path, const char *name);

/*
 * runtime_label(): the label of our containers in an engine; `text` has 64 bytes. Returns `text`.
 */
const char *runtime_label(const struct container *container, char *text);

#endif
