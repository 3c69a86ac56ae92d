/* SPDX-License-Identifier: MIT */
/*
 * The cgroup hierarchies, version 1 and 2, and this process's cgroup in each. Limits of that cgroup
 * and of all cgroups above it apply.
 */
#ifndef VIRTCOST_ENV_HIERARCHY_H
#define VIRTCOST_ENV_HIERARCHY_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#define HIERARCHIES_MAX 32

struct hierarchy {
    int version;          /* 1 or 2 */
    char controllers[64]; /* version 1: "cpu,cpuacct"; empty for version 2 */
    char top[PATH_MAX];   /* its mount point */
    char own[PATH_MAX];   /* folder of this process's cgroup; may equal `top` */
};

/*
 * hierarchy_list(): list the mounted hierarchies in which this process's cgroup is visible. The
 * caller frees *list. Returns their number.
 */
unsigned hierarchy_list(struct hierarchy **list);

/*
 * hierarchy_find(): find the hierarchy of a controller: version 1's, else version 2's. Returns 0,
 * or -1 if there is none.
 */
int hierarchy_find(struct hierarchy *found, const char *controller);

/* hierarchy_own(): the path of this process's cgroup below `top`: "" or "/a/b". */
const char *hierarchy_own(const struct hierarchy *hierarchy);

/*
 * hierarchy_parent(): the folder in which to create our cgroups. In version 1 it is this process's
 * own cgroup. In version 2, a cgroup with processes cannot enable controllers for its children
 * (Documentation/admin-guide/cgroup-v2.rst, "No Internal Process Constraint"), so it is the parent,
 * unless its own is the top.
 */
void hierarchy_parent(const struct hierarchy *hierarchy, char path[PATH_MAX]);

/* The tightest limits of this process's cgroup and those above it. */
struct allowance {
    uint64_t quota_us, period_us; /* CPU quota and period; 0: no limit */
    uint64_t memory_bytes;        /* UINT64_MAX: no limit */
};

struct allowance allowance_read(void);

#endif
