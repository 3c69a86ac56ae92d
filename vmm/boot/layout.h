/* SPDX-License-Identifier: MIT */
/*
 * The layout of guest memory: the guest's segments at their ELF file's addresses, and the VMM's
 * region at the top of low RAM, in whole 2 MiB pages:
 *
 *     page tables | the window's table | ring-0 stacks | device tree | boot times
 *
 * The VMM builds the page tables, which identity-map all RAM and the devices.
 */
#ifndef BOOT_LAYOUT_H
#define BOOT_LAYOUT_H

#include "vmm/boot/image.h"
#include "vmm/core/config/config.h"

struct layout {
    gpa_t guest_end; /* of the guest's segments and its per-vCPU memory */
    gpa_t base, end; /* of the VMM's region */
    gpa_t tables;    /* the root first */
    uint64_t tables_bytes;
    gpa_t window; /* the page table of MINIVMM_WINDOW_BASE, which the guest fills in */
    gpa_t stacks;
    gpa_t dtb;
    uint64_t dtb_bytes; /* capacity, not length */
    gpa_t boot_times;
    uint64_t device_bytes; /* mapped from MINIVMM_DEVICE_BASE on */
};

/*
 * layout_plan(): compute the layout; `bench` is the value of minivmm,bench in the device tree, or
 * NULL. Returns 0, or -1 with ERR_USAGE if the guest, its per-vCPU memory and the VMM's region do
 * not fit into low RAM.
 */
int layout_plan(struct layout *layout, const struct config *config, const char *bench,
                const struct image *image, const struct guestmem *mem, struct err *err);

/* layout_stack_top(): the first address above a vCPU's ring-0 stack. */
gpa_t layout_stack_top(const struct layout *layout, unsigned vcpu);

/*
 * layout_map(): write the page tables with the largest pages that config->guest_page_bytes and the
 * boundaries between permissions allow. `nx`: whether the CPU supports no-execute pages. Returns 0,
 * or -1 with ERR_USAGE if two segments share a 4 KiB page or one overlaps page 0.
 */
int layout_map(const struct layout *layout, const struct config *config, const struct image *image,
               const struct guestmem *mem, bool nx, struct err *err);

#endif
