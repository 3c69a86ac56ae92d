/* SPDX-License-Identifier: MIT */
/*
 * Maps an address to a device: one bus for MMIO, one for port I/O. Devices are added before the
 * first vCPU runs; bus_freeze() sorts them, and from then on a lookup is a binary search of a
 * constant array, without a lock.
 */
#ifndef BUS_BUS_H
#define BUS_BUS_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/core/base/err.h"

#define BUS_DEVICES_MAX 64

struct vcpu;

/*
 * The register accesses of a device. `vcpu` makes the access; it is opaque to a device, which can
 * only pass it to its host's callbacks, and NULL in tests. `offset` is relative to the region's
 * base; `bytes` is 1 to 8, and the access is within the region. `data` is little-endian and may be
 * unaligned. Called on the vCPU's thread, by several threads at a time. Return 0, or -1 with *err
 * set, which ends the run.
 */
struct bus_ops {
    int (*read)(void *device, struct vcpu *vcpu, uint64_t offset, void *data, unsigned bytes,
                struct err *err);
    int (*write)(void *device, struct vcpu *vcpu, uint64_t offset, const void *data, unsigned bytes,
                 struct err *err);
};

struct bus_region {
    uint64_t base, bytes;
    const struct bus_ops *ops;
    void *device;
    const char *name;
    const char *compatible; /* in the device tree; NULL: "minivmm,NAME" */
    unsigned vector;        /* of its interrupt on vCPU 0; 0: no interrupt */
    unsigned number;        /* of the device in the VM: the index of its exit counters */
    bool for_harness;       /* its exits are not charged to the benchmark */
};

struct bus {
    struct bus_region region[BUS_DEVICES_MAX];
    unsigned count;
};

/* bus_add(): add a region, copied; before bus_freeze(). Returns 0, or -1 if the bus is full. */
int bus_add(struct bus *bus, const struct bus_region *region, struct err *err);

/* bus_freeze(): sort the regions. Returns 0, or -1 with *err set if two overlap. */
int bus_freeze(struct bus *bus, struct err *err);

/* bus_find(): the region that contains [address, address + bytes), or NULL. */
static inline const struct bus_region *bus_find(const struct bus *bus, uint64_t address,
                                                unsigned bytes)
{
    unsigned low = 0, high = bus->count;

    while (low < high) {
        unsigned middle = (low + high) / 2;

        if (bus->region[middle].base <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low) {
        const struct bus_region *region = &bus->region[low - 1];
        uint64_t offset = address - region->base;

        if (offset < region->bytes && bytes <= region->bytes - offset)
            return region;
    }
    return (void *)0;
}

#endif
