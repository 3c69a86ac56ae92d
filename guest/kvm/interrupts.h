/* SPDX-License-Identifier: MIT */
/*
 * Interrupt operations for the table of exits.c. They return latencies in TSC ticks: from sending,
 * or from when the interrupt was due, until the vCPU has taken it.
 */
#ifndef KVM_INTERRUPTS_H
#define KVM_INTERRUPTS_H

#include "guest/bench/exits.h"

/* interrupts_init(): set the TSC frequency in Hz. */
void interrupts_init(uint64_t tsc_hz);

/* interrupts_begin(): reset the counters, on the calling vCPU. */
void interrupts_begin(void);

/* interrupts_wrong(): number of early, missing and duplicate interrupts in `ops` operations. */
uint64_t interrupts_wrong(uint64_t ops);

/* interrupts_early(): number of early interrupts; the only check if another vCPU takes them. */
uint64_t interrupts_early(uint64_t ops);

/* interrupts_self_ipi(): send `n` self-IPIs, waiting for each to be taken. */
void interrupts_self_ipi(uint64_t n, unsigned rounds);

/* Delay of a timer interrupt: APIC one-shot, TSC deadline; APIC one-shot to a halted vCPU. */
uint64_t interrupts_oneshot(void);
uint64_t interrupts_deadline(void);
uint64_t interrupts_hlt(void);

/* Latency of an interrupt from a VMM thread (irqfd), to a spinning and to a halted vCPU. */
uint64_t interrupts_irqfd(void);
uint64_t interrupts_irqfd_halted(void);

/*
 * Latency of an IPI to another vCPU, spinning or halted. Call interrupts_meet() before the other
 * vCPU enters interrupts_answer*(); interrupts_release() makes it check exits_partner_done().
 */
void interrupts_meet(struct bench_run *run);
uint64_t interrupts_ipi(void);
uint64_t interrupts_ipi_halted(void);
void interrupts_answer(void);
void interrupts_answer_halted(void);
void interrupts_release(void);

#endif
