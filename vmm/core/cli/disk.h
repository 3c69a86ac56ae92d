/* SPDX-License-Identifier: MIT */
/* --disk: one disk, as "key=value,flag,..." (struct config_disk says what the keys mean). */
#ifndef CLI_DISK_H
#define CLI_DISK_H

#include "vmm/core/config/config.h"

/*
 * cli_disk(): add a disk to the configuration. Its strings live as long as the process. Returns 0,
 * or -1 with ERR_USAGE.
 */
int cli_disk(struct config *config, const char *argument, struct err *err);

#endif
