/* SPDX-License-Identifier: MIT */
/*
 * What a guest program calls in place of an operating system: the VMM's channel and its
 * paravirtual device.
 */
#ifndef KVM_RUNTIME_H
#define KVM_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#include "guest/kvm/ring0.h"
#include "minivmm/channel.h"

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

/* guest_wait(), guest_wake(): wait() and wake() of struct team_sleep. */
void guest_wait(uint32_t *word, uint32_t value);
void guest_wake(uint32_t *word);

#endif
