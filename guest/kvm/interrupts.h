/* SPDX-License-Identifier: MIT */
/*
 * Interrupts as operations to be measured, for the table of exits.c: how long until they arrive, or
 * how late they come, in ticks.
 */
#ifndef KVM_INTERRUPTS_H
#define KVM_INTERRUPTS_H

#include "guest/bench/exits.h"

/* interrupts_init(): the TSC's rate. */
void interrupts_init(uint64_t rate);

/* interrupts_begin(): count from here on, on this vCPU. */
void interrupts_begin(void);

/* interrupts_wrong(): interrupts that came too early, not at all, or more than once. */
uint64_t interrupts_wrong(uint64_t ops);

/* interrupts_early(): those that came too early alone: they went to another vCPU. */
uint64_t interrupts_early(uint64_t ops);

/* interrupts_self_ipi(): a loop of interrupts from this vCPU to itself, each taken. */
void interrupts_self_ipi(uint64_t n, unsigned rounds);

/* How late a timer's interrupt comes: to a vCPU that spins, or to one that is halted. */
uint64_t interrupts_oneshot(void);
uint64_t interrupts_deadline(void);
uint64_t interrupts_hlt(void);

/* From a thread of the VMM to a vCPU that spins, or that is halted. */
uint64_t interrupts_irqfd(void);
uint64_t interrupts_irqfd_halted(void);

/*
 * From one vCPU to another that spins, or that is halted. interrupts_meet() comes before the other
 * vCPU is in interrupts_answer*(), interrupts_release() makes it look whether it is to return.
 */
void interrupts_meet(struct bench_run *run);
uint64_t interrupts_ipi(void);
uint64_t interrupts_ipi_halted(void);
void interrupts_answer(void);
void interrupts_answer_halted(void);
void interrupts_release(void);

#endif
