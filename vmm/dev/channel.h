/* SPDX-License-Identifier: MIT */
/*
 * The channel device: on a doorbell write, copies the guest's records out of guest memory
 * (include/minivmm/channel.h) and applies them to the run's result.
 */
#ifndef DEV_CHANNEL_H
#define DEV_CHANNEL_H

#include <pthread.h>

#include "vmm/bus/bus.h"
#include "vmm/core/result/result.h"
#include "vmm/mem/guestmem.h"

struct channel {
    const struct guestmem *mem;
    struct run_result *result;
    /* Called after an EXIT or a FAULT record. */
    void (*done)(void *ctx);
    void *ctx;
    pthread_mutex_t lock; /* serializes doorbell writes of several vCPUs */
};

extern const struct bus_ops channel_ops;

/* channel_init(): all pointers must outlive the channel. */
void channel_init(struct channel *channel, const struct guestmem *mem, struct run_result *result,
                  void (*done)(void *ctx), void *ctx);

#endif
