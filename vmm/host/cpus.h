/* SPDX-License-Identifier: MIT */
/*
 * The CPUs that this process may use, and putting threads on them.
 */
#ifndef HOST_CPUS_H
#define HOST_CPUS_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/base/err.h"

/* cpus_usable(): how many CPUs this process may run on; at least 1. */
unsigned cpus_usable(void);

/*
 * cpus_check(): that this process may run on each CPU of the list that --pin gave.
 * Returns 0, or -1 with ERR_USAGE.
 */
int cpus_check(const unsigned *cpus, unsigned count, struct err *err);

/* cpus_pin(): bind the calling thread to one CPU and verify it. Returns 0, or -1. */
int cpus_pin(unsigned cpu, struct err *err);

/*
 * cpus_runqueue_ns(): how long a thread of this process has been runnable without a CPU, from its
 * schedstat (Documentation/scheduler/sched-stats.rst). `tid` is the kernel's thread id. 0 where
 * the kernel does not say.
 */
uint64_t cpus_runqueue_ns(int tid);

/* cpus_steal(): ticks of all CPUs that the hypervisor below took, and all ticks, since boot. */
void cpus_steal(uint64_t *stolen, uint64_t *all);

#endif
