/* SPDX-License-Identifier: MIT */
/*
 * A cleaner process that survives a SIGKILL of virtcost and removes what is left: containers, which
 * the kernel does not end with the runtime that started them, cgroups, files, and reserved huge
 * pages.
 */
#ifndef VIRTCOST_ENV_KEEPER_H
#define VIRTCOST_ENV_KEEPER_H

#include "tools/virtcost/env/container.h"

/* Pipes between the two processes: the kernel closes each end when its process exits. */
struct keeper {
    int owner_fd, keeper_fd;
};

/*
 * keeper_start(): start the cleaner. It exits with this process, and does nothing if that has
 * cleaned up. `container` and `folder` are in shared memory and may be set later. Returns 0, or -1
 * with *err set.
 */
int keeper_start(struct keeper *keeper, struct container *container, const char *folder,
                 struct err *err);

/*
 * keeper_end(): end the cleaner and wait until it has exited; also valid after keeper_start()
 * failed.
 */
void keeper_end(struct keeper *keeper);

/*
 * keeper_share(): map zeroed memory shared with the cleaner; never unmapped. Returns NULL with
 * errno on failure.
 */
void *keeper_share(size_t bytes);

#endif
