/* SPDX-License-Identifier: MIT */
/*
 * CPU quotas of this process's control groups, and their throttling
 * (Documentation/scheduler/sched-bwc.rst, cgroup-v2.rst).
 */
#ifndef HOST_QUOTA_H
#define HOST_QUOTA_H

#include <stdint.h>
#include <sys/types.h>

#define QUOTA_GROUPS_MAX 32

/* The quotas and throttling counters at a point in time. */
struct quota {
    double cpus;     /* the smallest quota / period, in CPUs; 0: none or unknown */
    char text[48];   /* "quota period" of this quota, in us; empty: none */
    unsigned groups; /* groups with a quota and throttling counters */
    struct quota_group {
        dev_t device; /* of its directory */
        ino_t inode;
        uint64_t periods, ns; /* throttled periods and time since its creation */
    } group[QUOTA_GROUPS_MAX];
};

/* Throttling of a group between two points in time. */
struct quota_throttled {
    uint64_t periods, ns;
};

/*
 * quota_read(): read the quotas of this process's group and its visible ancestors. `root` as in
 * cgroup_each().
 */
void quota_read(const char *root, struct quota *quota);

/*
 * quota_throttled(): the throttling of the group that was throttled longest between two readings.
 * Returns 0, or -1 if no group has a quota in both, or its counters are unknown.
 */
int quota_throttled(const struct quota *before, const struct quota *after,
                    struct quota_throttled *throttled);

#endif
