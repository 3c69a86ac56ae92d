/* SPDX-License-Identifier: MIT */
/* Whether two options name the same file. */
#ifndef CLI_FILES_H
#define CLI_FILES_H

#include "vmm/core/config/config.h"

/*
 * cli_check_files(): refuse a disk or a trace whose file another option uses, and two disks on one
 * file that is written to; after config_validate(). Returns 0, or -1 with ERR_USAGE.
 */
int cli_check_files(const struct config *config, struct err *err);

/* cli_disks_use(): whether a disk uses the file with this path. */
bool cli_disks_use(const struct config *config, const char *path);

/* cli_disk_shared(): the error for an option that names a disk's file. Returns -1. */
int cli_disk_shared(struct err *err, const char *path);

#endif
