/* SPDX-License-Identifier: MIT */
/*
 * A disk's thread: moves requests from the virtqueue to the back-end and back, on kicks or by
 * polling. It is created when a driver first starts the device, and parked while the device is
 * stopped.
 */
#ifndef EXEC_IOTHREAD_H
#define EXEC_IOTHREAD_H

#include <pthread.h>
#include <stdbool.h>

#include "vmm/core/base/clock.h"
#include "vmm/dev/blk.h"

struct iothread {
    struct blk *blk;
    const struct config_disk *config;
    const struct clock_rate *rate; /* of the TSC; valid from the first start on */
    int kick_fd; /* atomic: an ioeventfd or a plain eventfd; -1 before the first start, during which
                    another vCPU may kick */

    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    enum { IOTHREAD_PARK, IOTHREAD_RUN, IOTHREAD_QUIT } wanted; /* atomic */
    bool parked;                                                /* protected by `lock` */
};

/* iothread_init(): does not create the thread yet. All pointers must outlive it. */
void iothread_init(struct iothread *iothread, struct blk *blk, const struct config_disk *config,
                   const struct clock_rate *rate);

/*
 * iothread_start(): start to serve. The first call takes ownership of `kick_fd`; later calls ignore
 * it. Returns 0, or -1 with *err set.
 */
int iothread_start(struct iothread *iothread, int kick_fd, struct err *err);

/* iothread_stop(): complete the I/O in flight and park the thread. */
void iothread_stop(struct iothread *iothread);

/* iothread_kick(): wake the thread. Thread-safe. */
void iothread_kick(struct iothread *iothread);

/* iothread_end(): join the thread, if it exists, and close its eventfd. */
void iothread_end(struct iothread *iothread);

#endif
