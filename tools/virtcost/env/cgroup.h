/* SPDX-License-Identifier: MIT */
/*
 * Creates cgroups, version 1 or 2, with the limits of this process. They are below its own cgroup
 * in version 1, and siblings of it in version 2, where a cgroup with processes cannot enable
 * controllers for its children. Their names are "virtcost-" and the process ID, and may have a
 * suffix.
 */
#ifndef VIRTCOST_ENV_CGROUP_H
#define VIRTCOST_ENV_CGROUP_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "vmm/core/base/err.h"

/* A memory cgroup, in which the kernel accounts its members' memory. */
struct cgroup {
    int version;           /* 1 or 2; 0: not open */
    char name[64];         /* last component of its path: "virtcost-123-all" */
    char path[PATH_MAX];   /* its folder */
    char before[PATH_MAX]; /* folder of the cgroup this process was in */
};

/*
 * cgroup_open(): create one. Returns 0, or -1 with *err set if that is not permitted or no memory
 * hierarchy is mounted.
 */
int cgroup_open(struct cgroup *cgroup, struct err *err);

/*
 * cgroup_enter(), cgroup_leave(): move this process into it or back; children started in between
 * are members. Return 0, or -1.
 */
int cgroup_enter(const struct cgroup *cgroup);
int cgroup_leave(const struct cgroup *cgroup);

/*
 * cgroup_kernel(): set *bytes to the kernel memory charged to it and to all cgroups below. Returns
 * 0, or -1.
 */
int cgroup_kernel(const struct cgroup *cgroup, uint64_t *bytes);

/* cgroup_close(): remove it in all hierarchies. All members must have exited. */
void cgroup_close(struct cgroup *cgroup);

/*
 * cgroup_place(): set `path` to the cgroup path for container `id`, below our cgroup `below` (NULL:
 * none), so that this process's limits apply to it. `relative`: the runtime resolves a path without
 * a leading slash below its own cgroup in each version 1 hierarchy; without it, this process must
 * have the same path in all of them. Returns 0, or -1 with *err set if the limits cannot be
 * applied.
 */
int cgroup_place(char path[PATH_MAX], const char *id, const char *below, bool relative,
                 struct err *err);

/*
 * cgroup_sweep(): kill what is left in the cgroups created by process `pid`, and remove them in all
 * hierarchies.
 */
void cgroup_sweep(pid_t pid);

#endif
