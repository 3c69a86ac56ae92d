/* SPDX-License-Identifier: MIT */
/*
 * Coalesced writes: those that KVM has gathered in its ring instead of leaving the guest for each.
 */
#ifndef EXEC_COALESCED_H
#define EXEC_COALESCED_H

#include <linux/kvm.h>
#include <pthread.h>

#include "vmm/bus/bus.h"

/* The one ring of a VM, which all its vCPUs empty. */
struct coalesced {
    struct kvm_coalesced_mmio_ring *ring; /* atomic: NULL until a vCPU has found it */
    const struct bus *mmio, *pio;
    pthread_mutex_t lock;
};

/* coalesced_init(): without a ring, there is nothing to do. */
void coalesced_init(struct coalesced *coalesced, const struct bus *mmio, const struct bus *pio);

/* coalesced_set_ring(): the ring that a vCPU has found, or NULL; it takes up a page. */
void coalesced_set_ring(struct coalesced *coalesced, struct kvm_coalesced_mmio_ring *ring);

/* coalesced_serve_all(): hand every gathered write to its device, in order. Returns 0, or -1. */
int coalesced_serve_all(struct coalesced *coalesced, struct err *err);

/* coalesced_serve(): the same; to be called after every exit, and cheap if there is nothing. */
static inline int coalesced_serve(struct coalesced *coalesced, struct err *err)
{
    struct kvm_coalesced_mmio_ring *ring = __atomic_load_n(&coalesced->ring, __ATOMIC_ACQUIRE);

    if (!ring || __atomic_load_n(&ring->first, __ATOMIC_RELAXED) ==
                     __atomic_load_n(&ring->last, __ATOMIC_RELAXED))
        return 0;
    return coalesced_serve_all(coalesced, err);
}

#endif
