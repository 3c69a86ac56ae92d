/* SPDX-License-Identifier: MIT */
/* The flattened device tree that describes the machine to the guest (include/minivmm/abi.h). */
#ifndef BOOT_DTB_H
#define BOOT_DTB_H

#include "vmm/boot/layout.h"
#include "vmm/bus/bus.h"
#include "vmm/core/host/watch.h"

/* Parameters of the tree beside the configuration and the layout. */
struct dtb_params {
    const char *bench; /* names of the selected benchmarks; NULL: all */
    uint64_t tsc_hz;   /* 0: unknown */
    unsigned host_cpus;
    uint64_t caches[3]; /* l1d, l2, llc in bytes */
    uint64_t xcr0;      /* the guest's XCR0; used if --cpu removes features */
    unsigned distance[CONFIG_NODES_MAX][CONFIG_NODES_MAX]; /* between nodes; 10: local */
};

/*
 * dtb_build(): write the tree to `dtb`, layout->dtb_bytes long, with a node for each device on the
 * bus. Returns 0, or -1 with *err set.
 */
int dtb_build(void *dtb, const struct config *config, const struct layout *layout,
              const struct guestmem *mem, const struct bus *mmio, const struct dtb_params *params,
              struct err *err);

/*
 * dtb_dump(): write a tree to a file, in dtc(1)'s dtb format. Opening a FIFO blocks until it has a
 * reader or `watch`, which may be NULL, stops the wait. Returns 0, or -1 with *err set.
 */
int dtb_dump(const void *dtb, const char *path, const struct watch *watch, struct err *err);

#endif
