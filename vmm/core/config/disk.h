/* SPDX-License-Identifier: MIT */
/* The disks' part of the configuration. */
#ifndef CONFIG_DISK_H
#define CONFIG_DISK_H

#include "vmm/core/config/config.h"

/* config_validate_disks(): whether what was said of each disk fits. Returns 0, or -1. */
int config_validate_disks(const struct config *config, struct err *err);

/* config_disks_use(): whether a disk is the file with this path. */
bool config_disks_use(const struct config *config, const char *path);

/* config_disk_shared(): the error of another option that names a disk's file. Returns -1. */
int config_disk_shared(struct err *err, const char *path);

#endif
