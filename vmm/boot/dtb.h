/* SPDX-License-Identifier: MIT */
/*
 * The device tree that tells a guest about its machine (include/minivmm/abi.h says what is in it).
 */
#ifndef BOOT_DTB_H
#define BOOT_DTB_H

#include "vmm/boot/layout.h"
#include "vmm/bus/bus.h"
#include "vmm/host/watch.h"

/* What the tree says beyond the configuration and the layout. */
struct dtb_params {
    const char *bench; /* names of the benchmarks chosen; NULL: all */
    uint64_t tsc_hz;   /* 0: not known */
    unsigned host_cpus;
    uint64_t caches[3]; /* l1d, l2, llc in bytes */
    uint64_t xcr0;      /* what it is where --cpu removes features */
    unsigned distance[CONFIG_NODES_MAX][CONFIG_NODES_MAX]; /* between nodes; 10: of one to itself */
};

/*
 * dtb_build(): write the tree to `room` of layout->dtb_bytes; a node for each device on the bus.
 * Returns 0, or -1.
 */
int dtb_build(void *room, const struct config *config, const struct layout *layout,
              const struct guestmem *mem, const struct bus *mmio, const struct dtb_params *params,
              struct err *err);

/*
 * dtb_dump(): write a tree to a file, for dtc(1) to read. A FIFO waits for its reader until
 * `watch`, which may be NULL, says to stop. Returns 0, or -1.
 */
int dtb_dump(const void *dtb, const char *path, const struct watch *watch, struct err *err);

#endif
