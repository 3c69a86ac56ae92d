/* SPDX-License-Identifier: MIT */
/*
 * What a guest program finds when it starts: the machine as the device tree describes it, its
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
    uint8_t *arena; /* the largest piece of RAM that nobody uses */
    size_t arena_bytes;
    size_t mem_bytes;     /* all RAM */
    uint64_t *boot_times; /* one per vCPU */
    uint64_t window;      /* the page table of MINIVMM_WINDOW_BASE, for ring 0 */
    unsigned host_cpus;
    size_t l1d, l2, llc;
    bool quick;
    const char *chosen; /* NULL: all */
    const char *args;
};

/*
 * machine_read(): describe the machine from its device tree, which must be well-formed: what is
 * missing is reported and ends the run.
 */
void machine_read(struct guest_machine *machine, const void *dtb);

/*
 * guest_main(): the program, written by whoever links with this; runs on vCPU 0 when all vCPUs
 * have started. Returns the exit status.
 */
uint32_t guest_main(const struct guest_machine *machine, struct team *team);

/* guest_local(): what belongs to this vCPU. */
static inline struct cpu_local *guest_local(void)
{
    struct cpu_local *local;

    __asm__("mov %%fs:0, %0" : "=r"(local));
    return local;
}

/* guest_send(): ring the channel's doorbell for `count` records. */
void guest_send(const struct channel_record *records, unsigned count);

/* guest_log(): text for a person, with a newline added; longer texts are cut. */
void guest_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* guest_exit(): end the run. */
void guest_exit(uint32_t status) __attribute__((noreturn));

/* guest_discard(): struct env's discard(). */
int guest_discard(void *start, size_t bytes);

#endif
