/* SPDX-License-Identifier: MIT */
/*
 * A process that outlives a virtcost that is killed outright, and removes what that leaves behind:
 * its containers, which the kernel does not end with the runtime that started them, its files, and
 * the huge pages that it had reserved.
 */
#ifndef VIRTCOST_ENV_KEEPER_H
#define VIRTCOST_ENV_KEEPER_H

#include "tools/virtcost/env/container.h"

/*
 * keeper_start(): have one from here on; it ends with this process, and finds nothing to do if that
 * has cleaned up itself. Returns 0, or -1.
 */
int keeper_start(const struct container *container, const char *folder, struct err *err);

#endif
