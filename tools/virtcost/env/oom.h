/* SPDX-License-Identifier: MIT */
/*
 * Detects kills by the kernel's OOM killer, and under which limit: a process that it kills gets
 * SIGKILL and prints nothing.
 */
#ifndef VIRTCOST_ENV_OOM_H
#define VIRTCOST_ENV_OOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Number of OOM kills so far, on this machine and in this process's cgroup. */
struct oom {
    bool known, own_known;
    uint64_t machine, own;
};

struct oom oom_now(void);

/*
 * oom_since(): whether the OOM killer has killed since `before`. If so, sets `text`, of `size`
 * bytes, to a description with the limit; `container_bytes` is the limit of a killed container, 0
 * without one.
 */
bool oom_since(const struct oom *before, uint64_t container_bytes, char *text, size_t size);

#endif
