/* SPDX-License-Identifier: MIT */
/*
 * The hierarchies of cgroups, version 1 and 2, and where this process is in each: what it may use
 * is bounded there and by every cgroup above.
 */
#ifndef VIRTCOST_ENV_HIERARCHY_H
#define VIRTCOST_ENV_HIERARCHY_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#define HIERARCHIES_MAX 32

struct hierarchy {
    int version;          /* 1 or 2 */
    char controllers[64]; /* of version 1, as "cpu,cpuacct"; empty for version 2 */
    char top[PATH_MAX];   /* the folder it is mounted on */
    char own[PATH_MAX];   /* the folder of this process's cgroup, below it or the same */
};

/*
 * hierarchy_list(): those that are mounted and that this process can see itself in. To be freed by
 * the caller. Returns their number.
 */
unsigned hierarchy_list(struct hierarchy **list);

/*
 * hierarchy_find(): the one that has a controller: of version 1, or that of version 2 otherwise.
 * Returns 0, or -1 if there is none.
 */
int hierarchy_find(struct hierarchy *found, const char *controller);

/* hierarchy_own(): the path of this process's cgroup from the top: "" or "/a/b". */
const char *hierarchy_own(const struct hierarchy *hierarchy);

/*
 * hierarchy_parent(): the folder that cgroups of ours are made in. In version 1 that is this
 * process's own. In version 2, one that has processes cannot have controllers for those below it
 * (Documentation/admin-guide/cgroup-v2.rst, "No Internal Process Constraint"): it is the one above,
 * unless this is the top.
 */
void hierarchy_parent(const struct hierarchy *hierarchy, char path[PATH_MAX]);

/* What this process may use, by the tightest limit of its cgroup and of those above. */
struct allowance {
    uint64_t quota_us, period_us; /* of the CPUs' time; 0: no limit */
    uint64_t memory_bytes;        /* UINT64_MAX: no limit */
};

struct allowance allowance_read(void);

#endif
