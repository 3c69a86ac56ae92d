/* SPDX-License-Identifier: MIT */
/*
 * The probe: registers that do nothing, one for each way in which KVM can deliver an access; and
 * the registers by which the guest's harness asks what was delivered and has work done that only a
 * VMM can do (enum minivmm_probe_way and what follows it in include/minivmm/abi.h).
 */
#ifndef DEV_PROBE_H
#define DEV_PROBE_H

#include <pthread.h>

#include "minivmm/abi.h"
#include "vmm/bus/bus.h"

/* What the VMM does for the probe, which does not know KVM; on the thread of the vCPU that asks. */
struct probe_host {
    /* Set `ways` and `event` of both sides; when the guest first asks. */
    void (*connect)(void *ctx);
    /* Do `count` operations of a kind and say how many TSC ticks they took. */
    int (*work)(void *ctx, enum minivmm_probe_work work, uint64_t count, uint64_t *ticks,
                struct err *err);
    /* Have an interrupt sent to a vCPU in `delay_ns`. */
    int (*interrupt)(void *ctx, unsigned vcpu, unsigned vector, unsigned delay_ns, struct err *err);
    /* The guest's TSC when that was sent; 0: not yet. */
    uint64_t (*interrupt_time)(void *ctx);
    /* Keep the handler's times of this vCPU's exits from now on, or no longer. */
    int (*keep_times)(void *ctx, bool keep, struct err *err);
    void *ctx;
};

/* One side: the registers in memory, or the ports. */
struct probe_side {
    uint64_t count[MINIVMM_PROBE_WAYS];   /* atomic: accesses that came here */
    int event[MINIVMM_PROBE_WAYS];        /* what KVM signals instead; -1: nothing */
    uint64_t signals[MINIVMM_PROBE_WAYS]; /* read from these so far */
    unsigned ways;                        /* a bit per way: KVM delivers it so */
};

struct probe {
    struct probe_side mmio, pio;
    struct probe_host host;
    pthread_mutex_t lock; /* of what connect() sets, which the vCPUs then read */
    bool connected;
    uint64_t ticks; /* of the last work */
};

extern const struct bus_ops probe_ops;         /* of a struct probe_side */
extern const struct bus_ops probe_control_ops; /* of a struct probe */

/* probe_init(): a probe whose accesses are all exits until the guest asks which ways there are. */
void probe_init(struct probe *probe, const struct probe_host *host);

#endif
