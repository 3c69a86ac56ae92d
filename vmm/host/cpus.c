/* SPDX-License-Identifier: MIT */
#include <cpuid.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "vmm/host/cpus.h"
#include "vmm/host/file.h"

/* Of CPU_SETSIZE CPUs each: as many as Linux can have on x86-64. */
#define SETS 8

#define CPUID_ECX_VMX (1u << 5) /* leaf 1 */
#define CPUID_ECX_SVM (1u << 2) /* leaf 0x80000001 */

unsigned cpus_usable(void)
{
    cpu_set_t set[SETS];

    if (sched_getaffinity(0, sizeof(set), set))
        return 1;
    return (unsigned)CPU_COUNT_S(sizeof(set), set);
}

/* Whether CPUID has a bit in ECX of a leaf. */
static bool has_cpuid(unsigned leaf, unsigned bit)
{
    unsigned a, b, c, d;

    return __get_cpuid(leaf, &a, &b, &c, &d) && c & bit;
}

bool cpus_have_vmx(void)
{
    return has_cpuid(1, CPUID_ECX_VMX);
}

bool cpus_have_svm(void)
{
    return has_cpuid(0x80000001, CPUID_ECX_SVM);
}

int cpus_check(const char *option, const unsigned *cpus, unsigned count, struct err *err)
{
    char allowed[128];
    cpu_set_t set[SETS];

    if (sched_getaffinity(0, sizeof(set), set))
        return err_sys(err, ERR_FAILED, "sched_getaffinity");
    for (unsigned i = 0; i < count; i++) {
        if (CPU_ISSET_S(cpus[i], sizeof(set), set))
            continue;
        err_set(err, ERR_USAGE, "%s: CPU %u is not there, or not for this process", option,
                cpus[i]);
        if (file_status_field("/proc/self/status", "Cpus_allowed_list:", allowed, sizeof(allowed)))
            return -1;
        return err_hint(err, "CPUs among %s", allowed);
    }
    return 0;
}

int cpus_pin(unsigned cpu, struct err *err)
{
    cpu_set_t set[SETS];

    CPU_ZERO_S(sizeof(set), set);
    CPU_SET_S(cpu, sizeof(set), set);
    if (sched_setaffinity(0, sizeof(set), set))
        return err_sys(err, ERR_FAILED, "--pin: CPU %u", cpu);
    if (sched_getcpu() != (int)cpu)
        return err_set(err, ERR_FAILED, "--pin: CPU %u: the thread is still on CPU %d", cpu,
                       sched_getcpu());
    return 0;
}

int cpus_thread(pthread_t *thread, unsigned cpu, void *(*fn)(void *arg), void *arg)
{
    cpu_set_t set[SETS];
    pthread_attr_t attr;
    int error;

    pthread_attr_init(&attr);
    CPU_ZERO_S(sizeof(set), set);
    if (cpu != CPUS_ANY)
        CPU_SET_S(cpu, sizeof(set), set);
    /* The first thread, whose number is the process's, is never bound. */
    if (cpu != CPUS_ANY || !sched_getaffinity(getpid(), sizeof(set), set))
        pthread_attr_setaffinity_np(&attr, sizeof(set), set);
    error = pthread_create(thread, &attr, fn, arg);
    pthread_attr_destroy(&attr);
    return error;
}

/* The clock of a thread's CPU time: MAKE_THREAD_CPUCLOCK of linux/posix-timers.h. */
static clockid_t cpu_clock(int tid)
{
    return (clockid_t)(~(unsigned)tid << 3 | 4 | 2);
}

struct cpus_time cpus_time(int tid)
{
    struct cpus_time time = {0};
    char path[64], text[128], *waiting;
    struct timespec on_cpu;

    /* 0 would be the caller. */
    if (tid <= 0)
        return time;
    if (!clock_gettime(cpu_clock(tid), &on_cpu))
        time.on_cpu_ns = (uint64_t)on_cpu.tv_sec * 1000000000 + (uint64_t)on_cpu.tv_nsec;
    /* Nanoseconds running (as of the last tick), nanoseconds waiting, number of time slices. */
    snprintf(path, sizeof(path), "/proc/self/task/%d/schedstat", tid);
    if (!file_read(path, text, sizeof(text)) && (waiting = strchr(text, ' ')))
        time.runqueue_ns = strtoull(waiting, NULL, 10);
    return time;
}

void cpus_time_add(struct cpus_time *sum, struct cpus_time time)
{
    sum->on_cpu_ns += time.on_cpu_ns;
    sum->runqueue_ns += time.runqueue_ns;
}

void cpus_steal(uint64_t *stolen, uint64_t *all)
{
    char text[512], *at = text;

    *stolen = *all = 0;
    if (file_read("/proc/stat", text, sizeof(text)) || strncmp(text, "cpu ", 4))
        return;
    at += 4;
    /* user nice system idle iowait irq softirq steal; guest time, which follows, is part of user.
     */
    for (int i = 0; i < 8; i++) {
        uint64_t ticks = strtoull(at, &at, 10);

        *all += ticks;
        if (i == 7)
            *stolen = ticks;
    }
}

uint64_t cpus_process_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}
