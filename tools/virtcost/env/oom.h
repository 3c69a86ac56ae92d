/* SPDX-License-Identifier: MIT */
/*
 * Whether the kernel's OOM killer was at work, and under which limit: a process that it ends sees
 * SIGKILL and says nothing.
 */
#ifndef VIRTCOST_ENV_OOM_H
#define VIRTCOST_ENV_OOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How often it has killed so far: anything on this machine, in this process's cgroup. */
struct oom {
    bool known, own_known;
    uint64_t machine, own;
};

struct oom oom_now(void);

/*
 * oom_since(): whether it has killed since `before`. Then `text`, of `size` bytes, is who did it
 * and the limit that held; `container_bytes` is that of a container that was killed, 0 if it was
 * none.
 */
bool oom_since(const struct oom *before, uint64_t container_bytes, char *text, size_t size);

#endif
