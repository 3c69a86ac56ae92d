/* SPDX-License-Identifier: MIT */
/*
 * The probe: registers without effect, one for each way in which KVM can deliver an access; and
 * control registers, with which the guest's harness reads what was delivered and requests work that
 * only a VMM can do (enum minivmm_probe_way and what follows it in include/minivmm/abi.h).
 */
#ifndef DEV_PROBE_H
#define DEV_PROBE_H

#include <pthread.h>

#include "minivmm/abi.h"
#include "vmm/bus/bus.h"

/*
 * The probe's interface to KVM; called on the thread of `vcpu`, which accesses a register (see
 * struct bus_ops).
 */
struct probe_host {
    /* Set `ways` and `event` of both sides; at the guest's first read of CONTROL_WAYS. */
    void (*connect)(void *ctx, struct vcpu *vcpu);
    /* Do `count` operations and set *ticks to their time in TSC ticks. */
    int (*work)(void *ctx, struct vcpu *vcpu, enum minivmm_probe_work work, uint64_t count,
                uint64_t *ticks, struct err *err);
    /* Send an interrupt to vCPU `target` after `delay_ns`, from another thread. */
    int (*interrupt)(void *ctx, unsigned target, unsigned vector, unsigned delay_ns,
                     struct err *err);
    /* The TSC of `vcpu` when the interrupt was sent; 0: not yet. */
    uint64_t (*interrupt_time)(void *ctx, struct vcpu *vcpu);
    /* Start or stop recording the handler's time of each exit of `vcpu`. */
    int (*keep_times)(void *ctx, struct vcpu *vcpu, bool keep, struct err *err);
    void *ctx;
};

/* One side: the MMIO registers or the ports. */
struct probe_side {
    uint64_t count[MINIVMM_PROBE_WAYS];   /* atomic: accesses that reached the device */
    int event[MINIVMM_PROBE_WAYS];        /* the eventfd that KVM signals instead; -1: none */
    uint64_t signals[MINIVMM_PROBE_WAYS]; /* read from the eventfds so far */
    unsigned ways;                        /* a bit per way that KVM supports */
};

struct probe {
    struct probe_side mmio, pio;
    struct probe_host host;
    pthread_mutex_t lock; /* protects what connect() sets */
    bool connected;
    uint64_t ticks; /* atomic: of the last work() */
};

extern const struct bus_ops probe_ops;         /* of a struct probe_side */
extern const struct bus_ops probe_control_ops; /* of a struct probe */

/* probe_init(): all accesses are exits until the guest's first read of CONTROL_WAYS. */
void probe_init(struct probe *probe, const struct probe_host *host);

#endif
