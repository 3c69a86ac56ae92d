/* SPDX-License-Identifier: MIT */
/*
 * The CPUs that this process may use, and putting threads on them.
 */
#ifndef HOST_CPUS_H
#define HOST_CPUS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "vmm/core/base/err.h"

/* cpus_allowed(): how many CPUs this process may run on (affinity, cpusets); 0: not known. */
unsigned cpus_allowed(void);

/* cpus_list(): their numbers, ascending, at most `max`. Returns how many; 0: not known. */
unsigned cpus_list(unsigned *cpus, unsigned max);

/* cpus_usable(): how many, for choices that need a number: at least 1. */
unsigned cpus_usable(void);

/* cpus_online(): how many CPUs the kernel uses; 0: not known. */
unsigned cpus_online(void);

/*
 * cpus_name(): what a processor calls itself: as /proc/cpuinfo has it, or CPUID's brand string, or
 * its vendor, family and model. `root` goes in front of the path. Returns `text`.
 */
#define CPUS_NAME_MAX 96
const char *cpus_name(const char *root, char text[CPUS_NAME_MAX]);

/* As /proc/cpuinfo has them, of CPUID's leaf 1. */
struct cpus_model {
    unsigned family, model, stepping;
};

struct cpus_model cpus_model(void);

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

/* A time that is not known. */
#define CPUS_UNKNOWN UINT64_MAX

/* Time of a thread, in ns; the rest of its life it slept. Each may be CPUS_UNKNOWN. */
struct cpus_time {
    uint64_t on_cpu_ns;
    uint64_t runqueue_ns; /* runnable without a CPU */
};

/*
 * cpus_time(): the time of a thread of this process until now, from its CPU clock (see
 * pthread_getcpuclockid(3)) and its schedstat (Documentation/scheduler/sched-stats.rst). `tid` is
 * the kernel's thread id; one that is not above 0 is of a thread that has not begun.
 */
struct cpus_time cpus_time(int tid);

/* cpus_time_add(): add the time of a thread to `sum`; what is not known of one is not known of all.
 */
void cpus_time_add(struct cpus_time *sum, struct cpus_time time);

/*
 * cpus_steal(): ticks of all CPUs that the hypervisor below took, and all ticks, since boot.
 * Returns 0, or -1 where the kernel does not say.
 */
int cpus_steal(uint64_t *stolen, uint64_t *all);

/*
 * cpus_parse_runqueue(), cpus_parse_steal(): of the text of a thread's schedstat and of /proc/stat.
 * What the text does not hold is CPUS_UNKNOWN, or -1 is returned.
 */
uint64_t cpus_parse_runqueue(const char *schedstat);
int cpus_parse_steal(const char *stat, uint64_t *stolen, uint64_t *all);

/* cpus_process_ns(): CPU time of all threads of this process, in user space and in the kernel. */
uint64_t cpus_process_ns(void);

#endif
