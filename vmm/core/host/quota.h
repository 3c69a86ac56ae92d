/* SPDX-License-Identifier: MIT */
/*
 * CPU quotas: how much time on CPUs the control groups of this process allow it, and how much it
 * had to wait because that was used up (Documentation/scheduler/sched-bwc.rst, cgroup-v2.rst).
 */
#ifndef HOST_QUOTA_H
#define HOST_QUOTA_H

#include <stdint.h>
#include <sys/types.h>

#define QUOTA_GROUPS_MAX 32

/* What the groups say at one moment. */
struct quota {
    double cpus;     /* the tightest quota, as so many CPUs all the time; 0: none, or not known */
    char text[48];   /* that quota and its period, in us; empty: none */
    unsigned groups; /* that have a quota, and say what it did */
    struct quota_group {
        dev_t device; /* of its folder */
        ino_t inode;
        uint64_t periods, ns; /* it was throttled in so many, for so long, since it was made */
    } group[QUOTA_GROUPS_MAX];
};

/* How often and how long a group was throttled between two moments. */
struct quota_throttled {
    uint64_t periods, ns;
};

/*
 * quota_read(): of this process's group and all above it that are visible. `root` goes in front of
 * every path, see cgroup_each().
 */
void quota_read(const char *root, struct quota *quota);

/*
 * quota_throttled(): of the group with a quota that was throttled longest between two moments.
 * Returns 0, or -1: no group had a quota at both, or it is not known.
 */
int quota_throttled(const struct quota *before, const struct quota *after,
                    struct quota_throttled *throttled);

#endif
