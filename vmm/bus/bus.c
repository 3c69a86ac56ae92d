/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "vmm/bus/bus.h"

int bus_add(struct bus *bus, const struct bus_region *region, struct err *err)
{
    if (bus->count == BUS_DEVICES_MAX)
        return err_set(err, ERR_USAGE, "%s: more than %d devices on a bus", region->name,
                       BUS_DEVICES_MAX);
    bus->region[bus->count++] = *region;
    return 0;
}

static int compare(const void *a, const void *b)
{
    const struct bus_region *x = a, *y = b;

    return (x->base > y->base) - (x->base < y->base);
}

int bus_freeze(struct bus *bus, struct err *err)
{
    qsort(bus->region, bus->count, sizeof(bus->region[0]), compare);
    for (unsigned i = 1; i < bus->count; i++) {
        const struct bus_region *before = &bus->region[i - 1];

        if (bus->region[i].base - before->base < before->bytes)
            return err_set(err, ERR_FAILED, "devices %s and %s overlap", before->name,
                           bus->region[i].name);
    }
    return 0;
}
