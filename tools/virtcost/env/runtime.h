/* SPDX-License-Identifier: MIT */
/* The runtimes of containers that are known, and the command line that each is run with. */
#ifndef VIRTCOST_ENV_RUNTIME_H
#define VIRTCOST_ENV_RUNTIME_H

#include "tools/virtcost/env/container.h"

struct container_runtime {
    const char *name;
    bool engine;          /* has images, and reads no bundle */
    bool relative_cgroup; /* as cgroup_place() has it */
};

/* runtime_at(): number `i` of the table, or NULL behind its end. */
const struct container_runtime *runtime_at(unsigned i);

/* runtime_path(): a file or folder of the container's, `path` having PATH_MAX bytes. */
void runtime_path(const struct container *container, char *path, const char *name);

/* runtime_label(): what an engine's containers of ours are found by; `text` has 64 bytes. */
const char *runtime_label(const struct container *container, char *text);

#endif
