/* SPDX-License-Identifier: MIT */
/* A memory cgroup of our own, version 1 or 2, whose members' memory the kernel adds up. */
#ifndef VIRTCOST_ENV_CGROUP_H
#define VIRTCOST_ENV_CGROUP_H

#include <limits.h>
#include <stdint.h>

#include "vmm/base/err.h"

struct cgroup {
    int version;           /* 1 or 2; 0: there is none */
    char name[64];         /* below the hierarchy's root: "/virtcost-123" */
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

#endif
