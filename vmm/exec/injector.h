/* SPDX-License-Identifier: MIT */
/* A thread that injects interrupts through an irqfd, on request. */
#ifndef EXEC_INJECTOR_H
#define EXEC_INJECTOR_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "vmm/core/base/err.h"
#include "vmm/kvm/delivery.h"

struct injector {
    struct delivery_routes *routes;
    int irqfd; /* -1 until the first request */
    pthread_t thread;
    bool started;
    unsigned vcpu, vector; /* of the current route */
    pthread_mutex_t lock;  /* protects what follows */
    pthread_cond_t changed;
    bool wanted, quit;
    unsigned delay_ns;
    uint64_t sent; /* atomic: the host's TSC when the last interrupt was sent; 0: not yet */
};

/*
 * injector_init(): uses interrupt 0 of `routes`, which must outlive it. The first request creates
 * the thread.
 */
void injector_init(struct injector *injector, struct delivery_routes *routes);

/*
 * injector_request(): send an interrupt after `delay_ns`, 0 to 999999999. A request replaces the
 * previous one if the thread has not taken that yet. Returns 0, or -1 with *err set.
 */
int injector_request(struct injector *injector, unsigned vcpu, unsigned vector, unsigned delay_ns,
                     struct err *err);

/* injector_sent(): the host's TSC when the last requested interrupt was sent; 0: not yet. */
uint64_t injector_sent(struct injector *injector);

/* injector_end(): join the thread, if it exists, and close the irqfd. */
void injector_end(struct injector *injector);

#endif
