/* SPDX-License-Identifier: MIT */
/* The VM's disk: a driver of the first virtio-blk device. */
#ifndef KVM_DISK_H
#define KVM_DISK_H

#include "guest/bench/disk.h"
#include "guest/kvm/machine.h"

/* disk_begin(): of this machine, which must outlive it; costs nothing yet. */
void disk_begin(const struct guest_machine *machine);

/* disk_open(), disk_close(): struct env's. */
const struct disk *disk_open(const char **why);
void disk_close(void);

#endif
