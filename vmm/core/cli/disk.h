/* SPDX-License-Identifier: MIT */
/* Parser of --disk "key=value,flag,..."; see struct config_disk for the keys. */
#ifndef CLI_DISK_H
#define CLI_DISK_H

#include "vmm/core/config/config.h"

/*
 * cli_disk(): add a disk to the configuration, which owns its strings. Returns 0, or -1 with *err
 * set, usually ERR_USAGE.
 */
int cli_disk(struct config *config, const char *argument, struct err *err);

#endif
