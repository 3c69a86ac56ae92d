/* SPDX-License-Identifier: MIT */
/*
 * A cleaner process that survives a SIGKILL of virtcost and removes what is left: containers, which
 * the kernel does not end with the runtime that started them, cgroups, files, and reserved huge
 * pages.
 */
#ifndef VIRTCOST_ENV_CLEANER_H
#define VIRTCOST_ENV_CLEANER_H

#include "tools/virtcost/env/container.h"

/* Pipes between the two processes: the kernel closes each end when its process exits. */
struct cleaner {
    int owner_fd, cleaner_fd;
};

/*
 * cleaner_start(): start the cleaner. It exits with this process, and does nothing if that has
 * cleaned up. `container` and `folder` are in shared memory and may be set later. Returns 0, or -1
 * with *err set.
 */
int cleaner_start(struct cleaner *cleaner, struct container *container, const char *folder,
                  struct err *err);

/*
 * cleaner_end(): end the cleaner and wait until it has exited; also valid after cleaner_start()
 * failed.
 */
void cleaner_end(struct cleaner *cleaner);

/*
 * cleaner_share(): map zeroed memory shared with the cleaner; never unmapped. Returns NULL with
 * errno on failure.
 */
void *cleaner_share(size_t bytes);

#endif
