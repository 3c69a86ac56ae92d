/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vmm/kvm/delivery.h"
#include "vmm/kvm/kvm.h"

/* The GSI of interrupt 0; the lower ones are the I/O APIC's. */
#define GSI_BASE 24u

#define PAGE_BYTES 4096u

/* The MSI address (Intel SDM vol. 3, 11.11.1); KVM takes APIC ids beyond 8 bits in its upper half.
 */
#define MSI_ADDRESS  0xfee00000u
#define MSI_ID_SHIFT 12

int delivery_ioeventfd(int vm, const struct delivery_address *address, const uint32_t *value)
{
    struct kvm_ioeventfd request = {
        .datamatch = value ? *value : 0,
        .addr = address->base,
        .len = address->bytes,
        .fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC),
        .flags = (address->port ? KVM_IOEVENTFD_FLAG_PIO : 0) |
                 (value ? KVM_IOEVENTFD_FLAG_DATAMATCH : 0),
    };

    if (request.fd < 0)
        return -1;
    if (!kvm_can(vm, KVM_CAP_IOEVENTFD) || ioctl(vm, KVM_IOEVENTFD, &request)) {
        close(request.fd);
        return -1;
    }
    return request.fd;
}

bool delivery_coalesce(int vm, const struct delivery_address *address)
{
    struct kvm_coalesced_mmio_zone zone = {
        .addr = address->base,
        .size = address->bytes,
        .pio = address->port,
    };

    return kvm_can(vm, address->port ? KVM_CAP_COALESCED_PIO : KVM_CAP_COALESCED_MMIO) &&
           !ioctl(vm, KVM_REGISTER_COALESCED_MMIO, &zone);
}

struct kvm_coalesced_mmio_ring *delivery_ring(int vm, struct kvm_run *run, unsigned run_bytes)
{
    /* The capability's value is the ring's page in the kvm_run area. */
    unsigned page = (unsigned)kvm_can(vm, KVM_CAP_COALESCED_MMIO);

    if (!page || (page + 1) * PAGE_BYTES > run_bytes)
        return NULL;
    return (struct kvm_coalesced_mmio_ring *)((uint8_t *)run + page * PAGE_BYTES);
}

void delivery_routes_init(struct delivery_routes *routes, int vm, const struct topology *topology)
{
    *routes = (struct delivery_routes){
        .vm = vm,
        .topology = topology,
        .lock = PTHREAD_MUTEX_INITIALIZER,
    };
}

int delivery_irqfd(const struct delivery_routes *routes, unsigned interrupt, struct err *err)
{
    struct kvm_irqfd request = {.gsi = GSI_BASE + interrupt};
    int fd = eventfd(0, EFD_CLOEXEC);

    if (fd < 0)
        return err_sys(err, ERR_FAILED, "eventfd");
    request.fd = (uint32_t)fd;
    if (KVM_IOCTL(routes->vm, KVM_IRQFD, &request, err) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* The entry of an interrupt, appended if missing. */
static struct kvm_irq_routing_entry *entry_of(struct delivery_routes *routes, unsigned interrupt)
{
    unsigned i = 0;

    while (i < routes->count && routes->entry[i].gsi != GSI_BASE + interrupt)
        i++;
    routes->count += i == routes->count;
    return &routes->entry[i];
}

int delivery_route(struct delivery_routes *routes, unsigned interrupt, unsigned vcpu,
                   unsigned vector, struct err *err)
{
    union {
        struct kvm_irq_routing routing;
        char room[sizeof(struct kvm_irq_routing) +
                  DELIVERY_INTERRUPTS_MAX * sizeof(struct kvm_irq_routing_entry)];
    } table = {.room = {0}};
    struct kvm_irq_routing_entry *entry;
    unsigned id = topology_apic_id(routes->topology, vcpu);
    int result;

    pthread_mutex_lock(&routes->lock);
    entry = entry_of(routes, interrupt);
    *entry = (struct kvm_irq_routing_entry){
        .gsi = GSI_BASE + interrupt,
        .type = KVM_IRQ_ROUTING_MSI,
        .u.msi = {.address_lo = MSI_ADDRESS | (id & 0xff) << MSI_ID_SHIFT,
                  .address_hi = id & ~0xffu,
                  .data = vector},
    };
    table.routing.nr = routes->count;
    memcpy(table.routing.entries, routes->entry, routes->count * sizeof(*entry));
    result = KVM_IOCTL(routes->vm, KVM_SET_GSI_ROUTING, &table, err) < 0 ? -1 : 0;
    pthread_mutex_unlock(&routes->lock);
    return result;
}
