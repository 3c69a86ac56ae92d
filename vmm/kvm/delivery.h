/* SPDX-License-Identifier: MIT */
/*
 * Delivery of guest accesses and of interrupts by KVM without an exit to user space: ioeventfd,
 * coalesced MMIO and PIO, irqfd (Documentation/virt/kvm/api.rst, 4.59, 4.116, 4.52, 4.75).
 */
#ifndef KVM_DELIVERY_H
#define KVM_DELIVERY_H

#include <linux/kvm.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "vmm/core/base/err.h"
#include "vmm/core/config/topology.h"

/* The address of an MMIO or port access. */
struct delivery_address {
    bool port;
    uint64_t base;
    uint32_t bytes;
};

/*
 * delivery_ioeventfd(): make writes at an address signal a new eventfd instead of exiting; only
 * writes of *value if `value` is not NULL. Returns the non-blocking eventfd, which the caller
 * closes, or -1 if KVM does not support it.
 */
int delivery_ioeventfd(int vm, const struct delivery_address *address, const uint32_t *value);

/*
 * delivery_coalesce(): collect writes at an address in the ring that delivery_ring() returns.
 * Returns whether KVM supports it.
 */
bool delivery_coalesce(int vm, const struct delivery_address *address);

/*
 * delivery_ring(): the VM's coalesced ring, in the kvm_run area of any of its vCPUs; NULL if KVM
 * does not support it.
 */
struct kvm_coalesced_mmio_ring *delivery_ring(int vm, struct kvm_run *run, unsigned run_bytes);

/* The number of interrupts; they are numbered from 0. */
#define DELIVERY_INTERRUPTS_MAX 64u

/* The interrupt routes of a VM: KVM_SET_GSI_ROUTING replaces the whole table. */
struct delivery_routes {
    int vm;
    const struct topology *topology;
    pthread_mutex_t lock; /* protects what follows */
    unsigned count;
    struct kvm_irq_routing_entry entry[DELIVERY_INTERRUPTS_MAX];
};

/* delivery_routes_init(): no routes. `topology` maps vCPUs to APIC ids and must outlive it. */
void delivery_routes_init(struct delivery_routes *routes, int vm, const struct topology *topology);

/*
 * delivery_irqfd(): a new eventfd that injects `interrupt` when signalled. Returns it, for the
 * caller to close, or -1 with *err set.
 */
int delivery_irqfd(const struct delivery_routes *routes, unsigned interrupt, struct err *err);

/*
 * delivery_route(): route an interrupt to a vCPU and vector. Thread-safe. Returns 0, or -1 with
 * *err set.
 */
int delivery_route(struct delivery_routes *routes, unsigned interrupt, unsigned vcpu,
                   unsigned vector, struct err *err);

#endif
