/* SPDX-License-Identifier: MIT */
/*
 * The directories of this process's control groups, version 1 and 2, wherever the hierarchies are
 * mounted (cgroups(7); mountinfo in proc(5)).
 */
#ifndef HOST_CGROUP_H
#define HOST_CGROUP_H

#include <limits.h>
#include <stdbool.h>

/* A control group. */
struct cgroup_group {
    const char *folder; /* its directory; valid until visit() returns */
    int version;        /* 1 or 2 */
};

/*
 * cgroup_each(): call visit() for this process's group in the hierarchy of `controller` ("cpu",
 * "memory"), then for each visible ancestor. Visits both versions, since a host may have both; the
 * controller's files exist in one of them only. A hierarchy that is mounted twice is visited twice.
 * `root` is prepended to every path; "" except in tests. Visits nothing if the groups are unknown.
 * The mounts are read once, on the first call, which must precede the creation of threads.
 */
void cgroup_each(const char *root, const char *controller,
                 void (*visit)(void *ctx, const struct cgroup_group *group), void *ctx);

/*
 * cgroup_locate(): find the directory of this process's group `path` in a mount whose root is the
 * group `top`. Both paths are relative to the root of the cgroup namespace, which may be below the
 * mount's root ("/.."); unknown names in between are found by looking for this process. `folder` is
 * the mount point on entry, and the group's directory on return. Returns whether it was found.
 */
bool cgroup_locate(char folder[PATH_MAX], const char *top, const char *path);

#endif
