/* SPDX-License-Identifier: MIT */
/*
 * A disk's thread: takes requests from the virtqueue to the back-end and back, whenever the driver
 * kicks, or all the time. It begins when a driver first starts the device and is parked while none
 * does.
 */
#ifndef EXEC_IOTHREAD_H
#define EXEC_IOTHREAD_H

#include <pthread.h>
#include <stdbool.h>

#include "vmm/base/clock.h"
#include "vmm/dev/blk.h"

struct iothread {
    struct blk *blk;
    const struct config_disk *config;
    const struct clock_rate *rate; /* of the TSC, when it starts */
    int kick_fd; /* atomic: an eventfd, KVM's or our own; -1 before the first start, when a vCPU may
                    kick already while another starts the device */

    pthread_t thread;
    bool begun; /* there is a thread */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    enum { IOTHREAD_PARK, IOTHREAD_RUN, IOTHREAD_QUIT } wanted; /* atomic */
    bool parked;                                                /* of `lock` */
};

/* iothread_init(): for a device; there is no thread yet. What it gets must outlive it. */
void iothread_init(struct iothread *iothread, struct blk *blk, const struct config_disk *config,
                   const struct clock_rate *rate);

/*
 * iothread_start(): begin to serve; `kick_fd` becomes the thread's at the first time, and is not
 * looked at later. Returns 0, or -1.
 */
int iothread_start(struct iothread *iothread, int kick_fd, struct err *err);

/* iothread_stop(): when it returns, nothing is in flight and the thread is parked. */
void iothread_stop(struct iothread *iothread);

/* iothread_kick(): the driver kicks; on any thread. */
void iothread_kick(struct iothread *iothread);

/* iothread_end(): end the thread, if there is one, and close its eventfd. */
void iothread_end(struct iothread *iothread);

#endif
