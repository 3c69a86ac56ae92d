/* SPDX-License-Identifier: MIT */
/* Coalesced MMIO and PIO: writes that KVM collects in a ring instead of exiting for each. */
#ifndef EXEC_COALESCED_H
#define EXEC_COALESCED_H

#include <linux/kvm.h>
#include <pthread.h>

#include "vmm/bus/bus.h"

/* The ring of a VM; all its vCPUs consume it. */
struct coalesced {
    struct kvm_coalesced_mmio_ring *ring; /* atomic: NULL until coalesced_set_ring() */
    const struct bus *mmio, *pio;
    pthread_mutex_t lock;
};

/* coalesced_init(): no ring yet. Both buses must outlive it. */
void coalesced_init(struct coalesced *coalesced, const struct bus *mmio, const struct bus *pio);

/* coalesced_set_ring(): set the ring, one page, or NULL. Thread-safe. */
void coalesced_set_ring(struct coalesced *coalesced, struct kvm_coalesced_mmio_ring *ring);

/*
 * coalesced_serve_all(): pass each write in the ring to its device, in order, as accesses of `vcpu`
 * (KVM does not record whose they were). Returns 0, or -1 with *err set.
 */
int coalesced_serve_all(struct coalesced *coalesced, struct vcpu *vcpu, struct err *err);

/* coalesced_serve(): the same, without a lock if the ring is empty; called after each exit. */
static inline int coalesced_serve(struct coalesced *coalesced, struct vcpu *vcpu, struct err *err)
{
    struct kvm_coalesced_mmio_ring *ring = __atomic_load_n(&coalesced->ring, __ATOMIC_ACQUIRE);

    if (!ring || __atomic_load_n(&ring->first, __ATOMIC_RELAXED) ==
                     __atomic_load_n(&ring->last, __ATOMIC_RELAXED))
        return 0;
    return coalesced_serve_all(coalesced, vcpu, err);
}

#endif
