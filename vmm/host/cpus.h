/* SPDX-License-Identifier: MIT */
/*
 * The CPUs that this process may use, and putting threads on them.
 */
#ifndef HOST_CPUS_H
#define HOST_CPUS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "vmm/base/err.h"

/* cpus_usable(): how many CPUs this process may run on; at least 1. */
unsigned cpus_usable(void);

/* cpus_have_vmx(), cpus_have_svm(): whether these CPUs can run guests, Intel's or AMD's way. */
bool cpus_have_vmx(void);
bool cpus_have_svm(void);

/*
 * cpus_check(): that this process may run on each CPU of a list, which an option gave: "--pin".
 * Returns 0, or -1 with ERR_USAGE.
 */
int cpus_check(const char *option, const unsigned *cpus, unsigned count, struct err *err);

/* cpus_pin(): bind the calling thread to one CPU and verify it. Returns 0, or -1. */
int cpus_pin(unsigned cpu, struct err *err);

/*
 * cpus_thread(): start a thread that may run wherever this process's first thread may, or only on
 * one CPU: not where the caller, perhaps a vCPU's thread, is bound to. Returns 0, or an errno.
 */
#define CPUS_ANY UINT32_MAX
int cpus_thread(pthread_t *thread, unsigned cpu, void *(*fn)(void *arg), void *arg);

/* Time of a thread, in ns; the rest of its life it slept. */
struct cpus_time {
    uint64_t on_cpu_ns;
    uint64_t runqueue_ns; /* runnable without a CPU */
};

/*
 * cpus_time(): the time of a thread of this process until now, from its CPU clock (see
 * pthread_getcpuclockid(3)) and its schedstat (Documentation/scheduler/sched-stats.rst). `tid` is
 * the kernel's thread id. 0 where the kernel does not say.
 */
struct cpus_time cpus_time(int tid);

/* cpus_time_add(): add the time of a thread to `sum`. */
void cpus_time_add(struct cpus_time *sum, struct cpus_time time);

/* cpus_steal(): ticks of all CPUs that the hypervisor below took, and all ticks, since boot. */
void cpus_steal(uint64_t *stolen, uint64_t *all);

/* cpus_process_ns(): CPU time of all threads of this process, in user space and in the kernel. */
uint64_t cpus_process_ns(void);

#endif
