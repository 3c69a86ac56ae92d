/* SPDX-License-Identifier: MIT */
/*
 * A thread that sends a vCPU an interrupt through KVM's irqfd, when it is asked to.
 */
#ifndef EXEC_INJECTOR_H
#define EXEC_INJECTOR_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "vmm/base/err.h"
#include "vmm/kvm/delivery.h"

struct injector {
    struct delivery_routes *routes;
    int irqfd; /* -1 until the first request */
    pthread_t thread;
    bool started;
    unsigned vcpu, vector; /* where the interrupt goes */
    pthread_mutex_t lock;  /* of what follows */
    pthread_cond_t changed;
    bool wanted, quit;
    unsigned delay_ns;
    uint64_t sent; /* TSC when the last was sent; 0: not yet */
};

/*
 * injector_init(): for a VM, by its routes, of which it uses interrupt 0; there is no thread before
 * the first request.
 */
void injector_init(struct injector *injector, struct delivery_routes *routes);

/*
 * injector_request(): have an interrupt sent in `delay_ns`, 0 to 10^9 - 1. One request at a time:
 * a second replaces the first if that was not yet begun. Returns 0, or -1 with an error.
 */
int injector_request(struct injector *injector, unsigned vcpu, unsigned vector, unsigned delay_ns,
                     struct err *err);

/* injector_sent(): the host's TSC when the last request was carried out; 0: it was not yet. */
uint64_t injector_sent(struct injector *injector);

/* injector_end(): end the thread, if there is one, and close what it used. */
void injector_end(struct injector *injector);

#endif
