/* SPDX-License-Identifier: MIT */
/*
 * Where everything lies in guest memory: the guest's segments where its ELF file says, and at the
 * top of low RAM, in whole 2 MiB pages, what the VMM puts there:
 *
 *     page tables | the window's table | ring-0 stacks | device tree | boot times
 *
 * The page tables, which host code builds, map all RAM and the devices one to one.
 */
#ifndef BOOT_LAYOUT_H
#define BOOT_LAYOUT_H

#include "vmm/boot/image.h"
#include "vmm/config/config.h"

struct layout {
    gpa_t guest_end; /* of the guest's segments and of what it needs per vCPU */
    gpa_t base, end; /* of the VMM's own region */
    gpa_t tables;    /* the root is the first */
    uint64_t tables_bytes;
    gpa_t window; /* the guest's own page table, for MINIVMM_WINDOW_BASE */
    gpa_t stacks;
    gpa_t dtb;
    uint64_t dtb_bytes; /* room, not length */
    gpa_t boot_times;
    uint64_t device_bytes; /* mapped from MINIVMM_DEVICE_BASE on */
};

/*
 * layout_plan(): decide where things go; `bench` is what the device tree will name as chosen, or
 * NULL. Fails with ERR_USAGE if the guest, what it needs per
 * vCPU and the VMM's own region do not fit into low RAM. Returns 0, or -1.
 */
int layout_plan(struct layout *layout, const struct config *config, const char *bench,
                const struct image *image, const struct guestmem *mem, struct err *err);

/* layout_stack_top(): the first address above a vCPU's ring-0 stack. */
gpa_t layout_stack_top(const struct layout *layout, unsigned vcpu);

/*
 * layout_map(): write the page tables, in the largest pages that config->guest_page_bytes and the
 * borders between permissions allow. `nx`: whether the CPU has no-execute pages. Returns 0, or -1
 * with ERR_USAGE if two segments share a page of 4 KiB, or one lies in page 0.
 */
int layout_map(const struct layout *layout, const struct config *config, const struct image *image,
               const struct guestmem *mem, bool nx, struct err *err);

#endif
