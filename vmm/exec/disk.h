/* SPDX-License-Identifier: MIT */
/*
 * A virtual disk: the virtio-blk device, its back-end, its thread, and its ioeventfd and irqfd.
 */
#ifndef EXEC_DISK_H
#define EXEC_DISK_H

#include "vmm/exec/iothread.h"
#include "vmm/exec/irqline.h"

struct disk {
    const struct config_disk *config;
    char name[16]; /* "blk0" */
    struct backend backend;
    struct blk blk;
    struct iothread iothread;
    struct irqline line;
    gpa_t base; /* of its registers; the caller sets it when it adds the disk to the bus */
    bool used;  /* a driver has started the device */
};

/*
 * disk_open(): open the back-end and initialise the device of disk `number`. All pointers must
 * outlive it; `routes` may be uninitialised until a driver starts the device. Returns 0, or -1 with
 * *err set and nothing to close.
 */
int disk_open(struct disk *disk, const struct config_disk *config, unsigned number,
              const struct guestmem *mem, struct delivery_routes *routes,
              const struct clock_rate *rate, struct err *err);

/* disk_stop(): complete the I/O in flight and join the thread. No vCPU may run. */
void disk_stop(struct disk *disk);

/* disk_close(): close the back-end; after disk_stop(). */
void disk_close(struct disk *disk);

#endif
