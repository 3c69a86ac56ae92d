/* SPDX-License-Identifier: MIT */
/*
 * The CPUs that this process may use, CPU affinity and CPU time.
 */
#ifndef HOST_CPUS_H
#define HOST_CPUS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "vmm/core/base/err.h"

/* cpus_allowed(): number of CPUs this process may run on (affinity, cpusets); 0: unknown. */
unsigned cpus_allowed(void);

/* cpus_list(): these CPUs in ascending order, at most `max`. Returns their number; 0: unknown. */
unsigned cpus_list(unsigned *cpus, unsigned max);

/* cpus_usable(): cpus_allowed(), or a default if that is unknown; at least 1. */
unsigned cpus_usable(void);

/* cpus_online(): number of online CPUs; 0: unknown. */
unsigned cpus_online(void);

/*
 * cpus_name(): the processor's name from /proc/cpuinfo, else CPUID's brand string, else vendor,
 * family and model. `root` is prepended to the path; "" except in tests. Returns `text`.
 */
#define CPUS_NAME_MAX 96
const char *cpus_name(const char *root, char text[CPUS_NAME_MAX]);

/* From CPUID leaf 1, as in /proc/cpuinfo. */
struct cpus_model {
    unsigned family, model, stepping;
};

struct cpus_model cpus_model(void);

/* cpus_have_vmx(), cpus_have_svm(): whether the CPUs support VMX (Intel) or SVM (AMD). */
bool cpus_have_vmx(void);
bool cpus_have_svm(void);

/*
 * cpus_check(): check that this process may run on each CPU of a list. `option` names the list in
 * the message: "--pin". Returns 0, or -1 with *err set, ERR_USAGE if it may not.
 */
int cpus_check(const char *option, const unsigned *cpus, unsigned count, struct err *err);

/* cpus_pin(): bind the calling thread to a CPU and verify it. Returns 0, or -1 with *err set. */
int cpus_pin(unsigned cpu, struct err *err);

/*
 * cpus_thread(): create a thread bound to `cpu` or, with CPUS_ANY, with the affinity of the
 * process's first thread rather than the caller's, which may be a bound vCPU thread. Returns 0, or
 * an errno.
 */
#define CPUS_ANY UINT32_MAX
int cpus_thread(pthread_t *thread, unsigned cpu, void *(*fn)(void *arg), void *arg);

/* An unknown time. */
#define CPUS_UNKNOWN UINT64_MAX

/* Times of a thread in ns; it sleeps for the rest. Each may be CPUS_UNKNOWN. */
struct cpus_time {
    uint64_t on_cpu_ns;
    uint64_t runqueue_ns; /* runnable, waiting for a CPU */
};

/*
 * cpus_time(): the times of a thread of this process so far, from its CPU clock (see
 * pthread_getcpuclockid(3)) and its schedstat (Documentation/scheduler/sched-stats.rst). `tid` is
 * the kernel's thread ID; <= 0 is a thread that has not started.
 */
struct cpus_time cpus_time(int tid);

/* cpus_time_add(): add the times of a thread to `sum`; CPUS_UNKNOWN plus any time is CPUS_UNKNOWN.
 */
void cpus_time_add(struct cpus_time *sum, struct cpus_time time);

/*
 * cpus_steal(): steal time and total time of all CPUs since boot, in USER_HZ ticks. Returns 0, or
 * -1 if unknown.
 */
int cpus_steal(uint64_t *stolen, uint64_t *all);

/*
 * cpus_parse_runqueue(): the run queue time in the text of a schedstat file, or CPUS_UNKNOWN.
 * cpus_parse_steal(): cpus_steal() from the text of /proc/stat.
 */
uint64_t cpus_parse_runqueue(const char *schedstat);
int cpus_parse_steal(const char *stat, uint64_t *stolen, uint64_t *all);

/* cpus_process_ns(): user and system CPU time of this process in ns. */
uint64_t cpus_process_ns(void);

#endif
