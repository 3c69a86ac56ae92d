/* SPDX-License-Identifier: MIT */
/* Validation of the disks of a configuration. */
#ifndef CONFIG_DISK_H
#define CONFIG_DISK_H

#include "vmm/core/config/config.h"

/* config_validate_disks(): check each --disk. Returns 0, or -1 with ERR_USAGE. */
int config_validate_disks(const struct config *config, struct err *err);

/* config_disks_use(): whether a disk uses the file with this path. */
bool config_disks_use(const struct config *config, const char *path);

/* config_disk_shared(): the error for an option that names a disk's file. Returns -1. */
int config_disk_shared(struct err *err, const char *path);

#endif
