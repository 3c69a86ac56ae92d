/* SPDX-License-Identifier: MIT */
/*
 * The run-time environment of a guest program: the machine that the device tree describes, the
 * vCPUs as a team, and the channel.
 */
#ifndef KVM_MACHINE_H
#define KVM_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/bench/env.h"
#include "guest/kvm/ring0.h"

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

/*
 * guest_main(): entry point of the program, which each guest defines; runs on vCPU 0 once all vCPUs
 * have started. Returns the exit status.
 */
uint32_t guest_main(const struct guest_machine *machine, struct team *team);

/* guest_local(): the data of the calling vCPU. */
static inline struct cpu_local *guest_local(void)
{
    struct cpu_local *local;

    __asm__("mov %%fs:0, %0" : "=r"(local));
    return local;
}

/* guest_send(): ring the doorbell of the channel for `count` records. */
void guest_send(const struct channel_record *records, unsigned count);

/* guest_log(): log a line; adds the newline, truncates to CHANNEL_TEXT_MAX. */
void guest_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* guest_exit(): end the run with a status. */
void guest_exit(uint32_t status) __attribute__((noreturn));

/* guest_discard(): discard() of struct env. */
int guest_discard(void *start, size_t bytes);

#endif
