/* SPDX-License-Identifier: MIT */
/*
 * The control groups that this process belongs to, in versions 1 and 2 of the hierarchy: where
 * their folders are, whatever is mounted where (cgroups(7); mountinfo in proc(5)).
 */
#ifndef HOST_CGROUP_H
#define HOST_CGROUP_H

#include <limits.h>
#include <stdbool.h>

/* One group, in a mount that shows it. */
struct cgroup_group {
    const char *folder; /* lasts until visit() returns */
    int version;        /* of the hierarchy: 1 or 2 */
};

/*
 * cgroup_each(): call visit() for this process's group in the hierarchy of `controller` ("cpu",
 * "memory"), then for each group above it that is visible. Both versions are visited, since a host
 * may have both; which of them has the controller shows in the files of the folder. A hierarchy
 * that is mounted twice is visited twice. `root` goes in front of every path that is opened: "",
 * but for tests. Visits nothing where the kernel does not say what there is. What is mounted is
 * read once, at the first call, before there are other threads.
 */
void cgroup_each(const char *root, const char *controller,
                 void (*visit)(void *ctx, const struct cgroup_group *group), void *ctx);

/*
 * cgroup_locate(): the folder of this process's group, whose path is `path`, in a mount of the part
 * of the hierarchy below the group `top`. Both paths are relative to the root of the cgroup
 * namespace, which may itself be below what is mounted ("/.."); the names in between are found by
 * looking for this process. `folder` is the mount point and becomes the group's folder. Returns
 * whether the mount shows it.
 */
bool cgroup_locate(char folder[PATH_MAX], const char *top, const char *path);

#endif
