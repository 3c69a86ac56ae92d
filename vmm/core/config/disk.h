/* SPDX-License-Identifier: MIT */
/* Validation of the disks of a configuration. */
#ifndef CONFIG_DISK_H
#define CONFIG_DISK_H

#include "vmm/core/config/config.h"

/* config_validate_disks(): check each --disk. Returns 0, or -1 with ERR_USAGE. */
int config_validate_disks(const struct config *config, struct err *err);

#endif
