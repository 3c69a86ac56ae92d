/* SPDX-License-Identifier: MIT */
/*
 * Having KVM deliver a guest's access, or an interrupt to the guest, without user space: ioeventfd,
 * coalesced MMIO and PIO, irqfd (Documentation/virt/kvm/api.rst, 4.59, 4.116, 4.52, 4.75).
 */
#ifndef KVM_DELIVERY_H
#define KVM_DELIVERY_H

#include <linux/kvm.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "vmm/base/err.h"
#include "vmm/config/topology.h"

/* The address of an access, in memory or among the ports. */
struct delivery_address {
    bool port;
    uint64_t base;
    uint32_t bytes;
};

/*
 * delivery_ioeventfd(): make a write at an address, of `value` if that is not NULL, signal an
 * eventfd of its own instead of being an exit. Returns the eventfd, which does not block, or -1 if
 * KVM cannot do it.
 */
int delivery_ioeventfd(int vm, const struct delivery_address *address, const uint32_t *value);

/*
 * delivery_coalesce(): gather writes at an address in the ring that delivery_ring() finds.
 * Returns whether KVM can do it.
 */
bool delivery_coalesce(int vm, const struct delivery_address *address);

/*
 * delivery_ring(): the ring of a VM, in the area that one of its vCPUs shares with KVM; NULL if
 * there is none.
 */
struct kvm_coalesced_mmio_ring *delivery_ring(int vm, struct kvm_run *run, unsigned run_bytes);

/* Interrupts that there can be, from 0. */
#define DELIVERY_INTERRUPTS_MAX 64u

/* Where the interrupts of a VM go: a table that KVM is given as a whole. */
struct delivery_routes {
    int vm;
    const struct topology *topology;
    pthread_mutex_t lock; /* of what follows */
    unsigned count;
    struct kvm_irq_routing_entry entry[DELIVERY_INTERRUPTS_MAX];
};

/* delivery_routes_init(): none yet. The topology, which must outlive it, gives vCPUs their ids. */
void delivery_routes_init(struct delivery_routes *routes, int vm, const struct topology *topology);

/*
 * delivery_irqfd(): an eventfd that KVM turns into this interrupt. Returns it, or -1 with an
 * error.
 */
int delivery_irqfd(const struct delivery_routes *routes, unsigned interrupt, struct err *err);

/*
 * delivery_route(): let an interrupt go to this vCPU with this vector. Returns 0, or -1. On any
 * thread.
 */
int delivery_route(struct delivery_routes *routes, unsigned interrupt, unsigned vcpu,
                   unsigned vector, struct err *err);

#endif
