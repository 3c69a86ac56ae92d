/* SPDX-License-Identifier: MIT */
/* The disk of the VM: a driver for the first virtio-blk device. */
#ifndef KVM_DISK_H
#define KVM_DISK_H

#include "guest/bench/disk.h"
#include "guest/kvm/machine.h"

/* disk_begin(): remember the machine, which must outlive the disk; accesses no device yet. */
void disk_begin(const struct guest_machine *machine);

/* disk_open(), disk_close(): see struct env. */
const struct disk *disk_open(const char **why);
void disk_close(void);

#endif
