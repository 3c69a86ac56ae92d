/* SPDX-License-Identifier: MIT */
/*
 * A device's interrupt: an irqfd with an MSI route to vCPU 0, created when it is first raised,
 * since most runs do not use most devices.
 */
#ifndef EXEC_IRQLINE_H
#define EXEC_IRQLINE_H

#include <pthread.h>

#include "vmm/core/base/err.h"
#include "vmm/kvm/delivery.h"

struct irqline {
    struct delivery_routes *routes;
    unsigned interrupt; /* its number in the routes */
    unsigned vector;    /* on vCPU 0 */
    pthread_mutex_t lock;
    int fd; /* atomic: the irqfd; -1 until it is created */
};

/* irqline_init(): `routes` must outlive it, and may be uninitialised until the first raise. */
void irqline_init(struct irqline *line, struct delivery_routes *routes, unsigned interrupt,
                  unsigned vector);

/* irqline_raise(): a virtio_interrupt.raise(); `line` is a struct irqline. Thread-safe. */
int irqline_raise(void *line, struct err *err);

/* irqline_close(): close the irqfd. No thread may raise it any more. */
void irqline_close(struct irqline *line);

#endif
