/* SPDX-License-Identifier: MIT */
/*
 * A disk of the machine: the device, its back-end, its thread, and how KVM carries kicks and
 * interrupts between the guest and it.
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
    gpa_t base; /* of its registers; set by whoever puts it on the bus */
    bool used;  /* a driver has started it */
};

/*
 * disk_open(): open the back-end of disk `number` and make its device; all pointers must outlive
 * it. `routes` may be empty until a driver starts it. Returns 0, or -1, and then there is nothing
 * to close.
 */
int disk_open(struct disk *disk, const struct config_disk *config, unsigned number,
              const struct guestmem *mem, struct delivery_routes *routes,
              const struct clock_rate *rate, struct err *err);

/* disk_stop(): nothing is in flight afterwards, and its thread has ended; no vCPU runs. */
void disk_stop(struct disk *disk);

/* disk_close(): after disk_stop(). */
void disk_close(struct disk *disk);

#endif
