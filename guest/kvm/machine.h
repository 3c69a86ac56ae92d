/* SPDX-License-Identifier: MIT */
/* The machine that the device tree describes. */
#ifndef KVM_MACHINE_H
#define KVM_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct guest_machine {
    const void *dtb;
    unsigned vcpus;
    uint64_t tsc_hz;
    uint8_t *arena; /* the largest free range of RAM */
    size_t arena_bytes;
    size_t mem_bytes;     /* all RAM */
    uint64_t *boot_times; /* one per vCPU */
    uint64_t window;      /* guest-physical address of the page table of MINIVMM_WINDOW_BASE */
    unsigned host_cpus;
    size_t l1d, l2, llc;
    bool quick;
    const char *chosen; /* NULL: all */
    const char *args;
};

/*
 * machine_read(): fill in *machine from the device tree. Logs a missing property and ends the run
 * with status 1.
 */
void machine_read(struct guest_machine *machine, const void *dtb);

#endif
