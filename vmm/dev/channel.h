/* SPDX-License-Identifier: MIT */
/*
 * The channel device: takes the guest's records out of guest memory when the doorbell rings
 * (include/minivmm/channel.h) and hands them to the run's result.
 */
#ifndef DEV_CHANNEL_H
#define DEV_CHANNEL_H

#include <pthread.h>

#include "vmm/bus/bus.h"
#include "vmm/mem/guestmem.h"
#include "vmm/stat/result.h"

struct channel {
    const struct guestmem *mem;
    struct run_result *result;
    /* Called when the guest is done, by its own word or by a fault. */
    void (*done)(void *ctx);
    void *ctx;
    pthread_mutex_t lock; /* vCPUs may ring at the same time */
};

extern const struct bus_ops channel_ops;

/* channel_init(): all that is passed must outlive the channel. */
void channel_init(struct channel *channel, const struct guestmem *mem, struct run_result *result,
                  void (*done)(void *ctx), void *ctx);

#endif
