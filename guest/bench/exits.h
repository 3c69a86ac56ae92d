/* SPDX-License-Identifier: MIT */
/*
 * Operations that leave the guest, or might: what exits.c measures, and the port to a VM
 * (guest/kvm/exits.c) provides.
 */
#ifndef BENCH_EXITS_H
#define BENCH_EXITS_H

#include "guest/bench/bench.h"

/* Operations to be stamped one by one. */
#define EXITS_STAMPS_MAX 1024u

struct exits_op {
    const char *name; /* the benchmark's */
    const char *op;   /* what one operation is */
    enum channel_answer answer;
    const char *exit; /* its reason in the VMM, or KVM's */
    unsigned ring;    /* it runs in, 3 or 0 */
    bool less_trap;   /* the way to ring 0 is part of base() */

    /* Why it cannot be measured here; NULL: it can. Optional. */
    const char *(*missing)(const struct env *env);
    /* Get what it needs from the arena of `run`. Optional. */
    void (*prepare)(struct bench_run *run);
    /* Count from here on. */
    void (*begin)(void);
    /* How many of `ops` operations since begin() have not done what they should. */
    uint64_t (*wrong)(uint64_t ops);

    /* Do it `n` times, with so many rounds of work in ring 3 after each; and all but it. */
    void (*loop)(uint64_t n, unsigned rounds);
    void (*base)(uint64_t n, unsigned rounds);
    /* Do it `n` times and say how long each took. Optional. */
    void (*stamp)(uint64_t *ticks, unsigned n);

    /* Instead of the loops: do it once and say how long that took, or how late it came. */
    uint64_t (*once)(void);
    /*
     * What a second vCPU does meanwhile, until exits_partner_done(), and what makes it look at that
     * once more. Both or none.
     */
    void (*partner)(void);
    void (*release)(void);
};

struct exits {
    const struct exits_op *op;
    unsigned ops;

    /* Whether ring 0's instructions are interpreted, and not executed. */
    bool (*ring0_interpreted)(void);
    /* The ticks of a way from ring 3 to ring 0 and back. */
    double (*trap)(void);
    /* Keep the handler's times of this vCPU's exits from now on, or no longer. */
    void (*keep_times)(bool keep);
    /* Have the VMM do `count` operations of its own (enum minivmm_probe_work); returns the ticks.
     */
    uint64_t (*work)(unsigned kind, uint64_t count);
    /* Have the VMM answer the next `count` exits with KVM_RUN and nothing else. */
    void (*bare)(uint64_t count);
};

/* exits_work(): rounds of work that nothing but this vCPU takes part in. */
void exits_work(unsigned rounds);

/* exits_nothing(): a loop with nothing but the work, for struct exits_op's base(). */
void exits_nothing(uint64_t n, unsigned rounds);

/* exits_partner_done(): whether partner() is to return. */
bool exits_partner_done(void);

#endif
