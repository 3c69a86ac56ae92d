/* SPDX-License-Identifier: MIT */
/*
 * Cgroups of our own, version 1 or 2, with the limits that this process has: below its own cgroup
 * in version 1, beside it in version 2, where one with processes in it can have no controllers for
 * those below. They are called "virtcost-", the number of the process, and perhaps more.
 */
#ifndef VIRTCOST_ENV_CGROUP_H
#define VIRTCOST_ENV_CGROUP_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "vmm/core/base/err.h"

/* A memory cgroup, whose members' memory the kernel adds up. */
struct cgroup {
    int version;           /* 1 or 2; 0: there is none */
    char name[64];         /* the last part of its path: "virtcost-123-all" */
    char path[PATH_MAX];   /* of its folder */
    char before[PATH_MAX]; /* where this process was */
};

/* cgroup_open(): make one. Returns 0, or -1: not allowed, or no such hierarchy. */
int cgroup_open(struct cgroup *cgroup, struct err *err);

/*
 * cgroup_enter(), cgroup_leave(): this process, and the children that it starts meanwhile, belong
 * to it. They return 0, or -1.
 */
int cgroup_enter(const struct cgroup *cgroup);
int cgroup_leave(const struct cgroup *cgroup);

/* cgroup_kernel(): bytes of kernel memory of all its members and what is below. 0, or -1. */
int cgroup_kernel(const struct cgroup *cgroup, uint64_t *bytes);

/* cgroup_close(): remove it, in all hierarchies; its members are gone. */
void cgroup_close(struct cgroup *cgroup);

/*
 * cgroup_place(): where a runtime is to put a container called `id`, below the cgroup of ours
 * called `below` (NULL: none), so that this process's limits hold for it. `relative`: the runtime
 * takes a path without a slash in front as below its own cgroup in each hierarchy of version 1;
 * otherwise that is possible only where they all agree. Returns 0, or -1 if the limits cannot be
 * given to it.
 */
int cgroup_place(char path[PATH_MAX], const char *id, const char *below, bool relative,
                 struct err *err);

/*
 * cgroup_sweep(): end what is left in the cgroups that process `pid` has made, and remove them, in
 * all hierarchies.
 */
void cgroup_sweep(pid_t pid);

#endif
