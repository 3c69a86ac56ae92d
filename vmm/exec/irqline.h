/* SPDX-License-Identifier: MIT */
/*
 * The interrupt of a device: an eventfd that KVM turns into a message to a vCPU, made when it is
 * first raised, since most devices of most runs never are used.
 */
#ifndef EXEC_IRQLINE_H
#define EXEC_IRQLINE_H

#include <pthread.h>

#include "vmm/base/err.h"
#include "vmm/kvm/delivery.h"

struct irqline {
    struct delivery_routes *routes;
    unsigned interrupt; /* its number among those of the VM */
    unsigned vector;    /* of vCPU 0 */
    pthread_mutex_t lock;
    int fd; /* atomic: -1 until it is made */
};

/* irqline_init(): `routes` must outlive it; it may be empty until the first use. */
void irqline_init(struct irqline *line, struct delivery_routes *routes, unsigned interrupt,
                  unsigned vector);

/* irqline_raise(): struct virtio_interrupt's raise(); `line` is a struct irqline. */
int irqline_raise(void *line, struct err *err);

/* irqline_close(): nobody raises it any more. */
void irqline_close(struct irqline *line);

#endif
