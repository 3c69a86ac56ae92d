/* SPDX-License-Identifier: MIT */
#include "vmm/exec/coalesced.h"

/* The entries of a one-page ring, as KVM_COALESCED_MMIO_MAX. */
#define RING_BYTES 4096u
#define RING_ENTRIES \
    ((RING_BYTES - sizeof(struct kvm_coalesced_mmio_ring)) / sizeof(struct kvm_coalesced_mmio))

void coalesced_init(struct coalesced *coalesced, const struct bus *mmio, const struct bus *pio)
{
    *coalesced = (struct coalesced){
        .mmio = mmio,
        .pio = pio,
        .lock = PTHREAD_MUTEX_INITIALIZER,
    };
}

void coalesced_set_ring(struct coalesced *coalesced, struct kvm_coalesced_mmio_ring *ring)
{
    __atomic_store_n(&coalesced->ring, ring, __ATOMIC_RELEASE);
}

static int serve(const struct coalesced *coalesced, const struct kvm_coalesced_mmio *write,
                 struct vcpu *vcpu, struct err *err)
{
    const struct bus *bus = write->pio ? coalesced->pio : coalesced->mmio;
    const struct bus_region *region = bus_find(bus, write->phys_addr, write->len);

    /* KVM coalesces only addresses that a device has registered. */
    return region ? region->ops->write(region->device, vcpu, write->phys_addr - region->base,
                                       write->data, write->len, err)
                  : 0;
}

int coalesced_serve_all(struct coalesced *coalesced, struct vcpu *vcpu, struct err *err)
{
    struct kvm_coalesced_mmio_ring *ring = coalesced->ring;
    int result = 0;

    pthread_mutex_lock(&coalesced->lock);
    while (!result && ring->first != __atomic_load_n(&ring->last, __ATOMIC_ACQUIRE)) {
        result = serve(coalesced, &ring->coalesced_mmio[ring->first], vcpu, err);
        __atomic_store_n(&ring->first, (ring->first + 1) % RING_ENTRIES, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&coalesced->lock);
    return result;
}
