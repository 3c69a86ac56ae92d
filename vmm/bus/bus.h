/* SPDX-License-Identifier: MIT */
/*
 * From an address to the device that answers there: one bus for memory-mapped registers, one for
 * ports. Devices join before the first vCPU runs; bus_freeze() sorts them, and from then on a
 * look-up is a binary search in an array that nobody writes, without a lock.
 */
#ifndef BUS_BUS_H
#define BUS_BUS_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/base/err.h"

#define BUS_DEVICES_MAX 64

/*
 * What a device does. Offsets are from the device's base; `bytes` is 1 to 8, and the access lies
 * inside the device. `data` is little-endian and may not be aligned. Called on the thread of the
 * vCPU that made the access; several at once. Returns 0, or -1 with an error that ends the run.
 */
struct bus_ops {
    int (*read)(void *device, uint64_t offset, void *data, unsigned bytes, struct err *err);
    int (*write)(void *device, uint64_t offset, const void *data, unsigned bytes, struct err *err);
};

struct bus_region {
    uint64_t base, bytes;
    const struct bus_ops *ops;
    void *device;
    const char *name;
    const char *compatible; /* in the device tree; NULL: "minivmm," and the name */
    unsigned vector;        /* of its interrupt, on vCPU 0; 0: it has none */
    unsigned number;        /* the device's, among all of the VM: where its exits are counted */
    bool for_harness;       /* its exits are not the benchmark's */
};

struct bus {
    struct bus_region region[BUS_DEVICES_MAX];
    unsigned count;
};

/* bus_add(): before bus_freeze(). Returns 0, or -1 if it is full. */
int bus_add(struct bus *bus, const struct bus_region *region, struct err *err);

/* bus_freeze(): sort the regions. Returns 0, or -1 if two overlap. */
int bus_freeze(struct bus *bus, struct err *err);

/* bus_find(): the region that holds all of [address, address + bytes), or NULL. */
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
