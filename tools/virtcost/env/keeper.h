/* SPDX-License-Identifier: MIT */
/*
 * A process that outlives a virtcost that is killed outright, and removes what that leaves behind:
 * its containers, which the kernel does not end with the runtime that started them, its cgroups and
 * files, and the huge pages that it had reserved.
 */
#ifndef VIRTCOST_ENV_KEEPER_H
#define VIRTCOST_ENV_KEEPER_H

#include "tools/virtcost/env/container.h"

/* The pipes between the two: this process's end closes with it, and so does the keeper's. */
struct keeper {
    int owner_fd, keeper_fd;
};

/*
 * keeper_start(): have one from here on; it ends with this process, and finds nothing to do if that
 * has cleaned up itself. `container` and `folder` are in memory that both share: neither need be
 * there yet. Returns 0, or -1.
 */
int keeper_start(struct keeper *keeper, struct container *container, const char *folder,
                 struct err *err);

/* keeper_end(): have it end, and wait until it is gone; after keeper_start(), whatever it returned.
 */
void keeper_end(struct keeper *keeper);

/* keeper_share(): memory of zeros that both share, for as long as they live; or NULL with errno. */
void *keeper_share(size_t bytes);

#endif
