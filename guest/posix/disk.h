/* SPDX-License-Identifier: MIT */
/* The disk of a native run: the same file and engine as behind a VM's, without the VM. */
#ifndef POSIX_DISK_H
#define POSIX_DISK_H

#include "guest/bench/disk.h"
#include "vmm/stat/facts.h"

/*
 * native_disk_begin(): open the first disk of the configuration, or a temporary one. Without this,
 * there is none. Returns 0, or -1.
 */
int native_disk_begin(const struct config *config, struct err *err);

/* native_disk_open(), native_disk_close(): struct env's. */
const struct disk *native_disk_open(const char **why);
void native_disk_close(void);

/* native_disk_sleeps(): how often the benchmarks' thread has slept until something was complete. */
uint64_t native_disk_sleeps(void);

/* native_disk_facts(): what is known of it, for the report. */
void native_disk_facts(struct run_facts *facts);

#endif
