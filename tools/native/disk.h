/* SPDX-License-Identifier: MIT */
/* The disk of a native run: the same file and engine as in a VM, without the VM. */
#ifndef POSIX_DISK_H
#define POSIX_DISK_H

#include "guest/bench/disk.h"
#include "vmm/core/result/run_info.h"

/*
 * native_disk_begin(): open the first disk of the configuration, or a temporary one if it has none;
 * native_disk_open() fails without this call. Returns 0, or -1 with *err set.
 */
int native_disk_begin(const struct config *config, struct err *err);

/* native_disk_open(), native_disk_close(): see struct env. */
const struct disk *native_disk_open(const char **why);
void native_disk_close(void);

/* native_disk_sleeps(): number of times that a thread slept until a completion. */
uint64_t native_disk_sleeps(void);

/* native_disk_info(): add the disk to *info, if it was opened. */
void native_disk_info(struct run_info *info);

#endif
