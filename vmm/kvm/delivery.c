/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vmm/kvm/delivery.h"
#include "vmm/kvm/kvm.h"

/* The one global interrupt that is used; the lower ones are an I/O APIC's. */
#define GSI 24

#define PAGE_BYTES 4096u

/* An MSI's address (Intel SDM vol. 3, 11.11.1); KVM has APIC ids beyond 8 bits in the upper half.
 */
#define MSI_ADDRESS  0xfee00000u
#define MSI_ID_SHIFT 12

int delivery_event(int vm, const struct delivery_address *address, const uint32_t *value)
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
    /* The capability's value is the ring's page in the area. */
    unsigned page = (unsigned)kvm_can(vm, KVM_CAP_COALESCED_MMIO);

    if (!page || (page + 1) * PAGE_BYTES > run_bytes)
        return NULL;
    return (struct kvm_coalesced_mmio_ring *)((uint8_t *)run + page * PAGE_BYTES);
}

int delivery_interrupt(int vm, struct err *err)
{
    struct kvm_irqfd request = {.gsi = GSI};
    int fd = eventfd(0, EFD_CLOEXEC);

    if (fd < 0)
        return err_sys(err, ERR_FAILED, "eventfd");
    request.fd = (uint32_t)fd;
    if (KVM_IOCTL(vm, KVM_IRQFD, &request, err) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

int delivery_route(int vm, unsigned vcpu, unsigned vector, struct err *err)
{
    struct {
        struct kvm_irq_routing routing;
        struct kvm_irq_routing_entry entry;
    } table = {
        .routing = {.nr = 1},
        .entry = {.gsi = GSI, .type = KVM_IRQ_ROUTING_MSI},
    };

    table.entry.u.msi.address_lo = MSI_ADDRESS | (vcpu & 0xff) << MSI_ID_SHIFT;
    table.entry.u.msi.address_hi = vcpu & ~0xffu;
    table.entry.u.msi.data = vector;
    return KVM_IOCTL(vm, KVM_SET_GSI_ROUTING, &table, err) < 0 ? -1 : 0;
}
