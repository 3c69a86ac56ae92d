/* SPDX-License-Identifier: MIT */
/*
 * Operations that exit the guest, or may: guest/kvm/exits.c implements them, guest/bench/exits.c
 * measures them.
 */
#ifndef BENCH_EXITS_H
#define BENCH_EXITS_H

#include "guest/bench/bench.h"

/* Most operations that are timed individually. */
#define EXITS_STAMPS_MAX 1024u

struct exits_op {
    const char *name; /* of the benchmark */
    const char *op;   /* name of one operation */
    enum channel_answer answer;
    const char *exit; /* exit reason, as the VMM or KVM names it */
    unsigned ring;    /* privilege level of the operation: 3 or 0 */
    bool less_trap;   /* base() includes the trap to ring 0, so the samples exclude it */

    /* Returns the reason why it cannot be measured here, or NULL. Optional. */
    const char *(*missing)(const struct env *env);
    /* Allocate from the arena of `run`. Optional. */
    void (*prepare)(struct bench_run *run);
    /* Reset the counters that wrong() reads. */
    void (*begin)(void);
    /* Returns how many of the `ops` operations since begin() had a wrong effect. */
    uint64_t (*wrong)(uint64_t ops);

    /* `n` operations, each followed by exits_work(rounds); and the same without the operations. */
    void (*loop)(uint64_t n, unsigned rounds);
    void (*base)(uint64_t n, unsigned rounds);
    /* `n` operations, timed individually. Optional. */
    void (*stamp)(uint64_t *ticks, unsigned n);

    /* Instead of the loops: one operation. Returns its duration or its delay in ticks. */
    uint64_t (*once)(void);
    /*
     * partner() runs on a second vCPU until exits_partner_done(); release() makes it check that
     * again. Both or neither.
     */
    void (*partner)(void);
    void (*release)(void);
};

struct exits {
    const struct exits_op *op;
    unsigned ops;

    /* Whether the hypervisor interprets ring 0 instead of executing it. */
    bool (*ring0_interpreted)(void);
    /* Returns the ticks of a trap from ring 3 to ring 0 and back. */
    double (*trap)(void);
    /* Start or stop recording the handler times of this vCPU's exits (MINIVMM_CONTROL_TIMES). */
    void (*keep_times)(bool keep);
    /* Have the VMM perform `count` operations (enum minivmm_probe_work). Returns the ticks. */
    uint64_t (*work)(unsigned kind, uint64_t count);
    /* Have the VMM re-enter KVM_RUN on the next `count` exits without handling them. */
    void (*bare)(uint64_t count);
};

/* exits_work(): `rounds` dependent multiplications, which never exit. */
void exits_work(unsigned rounds);

/* exits_nothing(): the work alone, as base() of struct exits_op. */
void exits_nothing(uint64_t n, unsigned rounds);

/* exits_partner_done(): whether partner() should return. */
bool exits_partner_done(void);

#endif
