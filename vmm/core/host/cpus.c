/* SPDX-License-Identifier: MIT */
#include <cpuid.h>
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "vmm/core/base/units.h"
#include "vmm/core/host/cpus.h"
#include "vmm/core/host/file.h"

/* Number of cpu_set_t of CPU_SETSIZE CPUs each: the limit of Linux on x86-64. */
#define SETS 8

#define CPUID_ECX_VMX (1u << 5) /* leaf 1 */
#define CPUID_ECX_SVM (1u << 2) /* leaf 0x80000001 */

unsigned cpus_allowed(void)
{
    cpu_set_t set[SETS];

    if (sched_getaffinity(0, sizeof(set), set))
        return 0;
    return (unsigned)CPU_COUNT_S(sizeof(set), set);
}

unsigned cpus_list(unsigned *cpus, unsigned max)
{
    unsigned count = 0;
    cpu_set_t set[SETS];

    if (sched_getaffinity(0, sizeof(set), set))
        return 0;
    for (unsigned cpu = 0; cpu < SETS * CPU_SETSIZE && count < max; cpu++)
        if (CPU_ISSET_S(cpu, sizeof(set), set))
            cpus[count++] = cpu;
    return count;
}

unsigned cpus_usable(void)
{
    unsigned allowed = cpus_allowed();

    return allowed ? allowed : 1;
}

/* The lines "cpu0 ...", "cpu1 ..." of /proc/stat. */
static unsigned count_lines(void)
{
    FILE *file = fopen("/proc/stat", "re");
    unsigned count = 0;
    char *line = NULL;
    size_t room = 0;

    while (file && getline(&line, &room, file) > 0)
        count += !strncmp(line, "cpu", 3) && line[3] >= '0' && line[3] <= '9';
    free(line);
    if (file)
        fclose(file);
    return count;
}

unsigned cpus_online(void)
{
    unsigned cpus[SETS * CPU_SETSIZE];
    char text[4096];
    int count;

    if (file_read("/sys/devices/system/cpu/online", text, sizeof(text)))
        return count_lines();
    count = units_parse_list(text, cpus, SETS * CPU_SETSIZE);
    return count > 0 ? (unsigned)count : 0;
}

struct cpus_model cpus_model(void)
{
    unsigned signature, b, c, d;
    struct cpus_model found;

    if (!__get_cpuid(1, &signature, &b, &c, &d))
        return (struct cpus_model){0};
    found.family = signature >> 8 & 0xf;
    found.model = signature >> 4 & 0xf;
    found.stepping = signature & 0xf;
    if (found.family == 0xf)
        found.family += signature >> 20 & 0xff;
    if (found.family >= 6)
        found.model |= (signature >> 16 & 0xf) << 4;
    return found;
}

/* Remove leading and trailing blanks in place. */
static void trim(char *text)
{
    size_t blanks = strspn(text, " "), length;

    memmove(text, text + blanks, strlen(text) + 1 - blanks);
    length = strlen(text);
    while (length && text[length - 1] == ' ')
        text[--length] = '\0';
}

/* The brand string, CPUID leaves 0x80000002 to 0x80000004; empty if not supported. */
static void read_brand(char text[CPUS_NAME_MAX])
{
    unsigned regs[12];

    text[0] = '\0';
    for (unsigned i = 0; i < 3; i++)
        if (!__get_cpuid(0x80000002 + i, &regs[4 * i], &regs[4 * i + 1], &regs[4 * i + 2],
                         &regs[4 * i + 3]))
            return;
    memcpy(text, regs, sizeof(regs));
    text[sizeof(regs)] = '\0';
    trim(text);
}

const char *cpus_name(const char *root, char text[CPUS_NAME_MAX])
{
    struct cpus_model found;
    unsigned vendor[3] = {0}, max;
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/proc/cpuinfo", root);
    if (!file_status_field(path, "model name", text, CPUS_NAME_MAX) && *text &&
        strcmp(text, "unknown"))
        return text;
    read_brand(text);
    if (*text)
        return text;
    found = cpus_model();
    __get_cpuid(0, &max, &vendor[0], &vendor[2], &vendor[1]);
    snprintf(text, CPUS_NAME_MAX, "%.12s family %u model %u", (const char *)vendor, found.family,
             found.model);
    return text;
}

/* Whether a bit of ECX of a CPUID leaf is set. */
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
        err_set(err, ERR_USAGE, "%s: CPU %u is offline or not in this process's affinity mask",
                option, cpus[i]);
        if (file_status_field("/proc/self/status", "Cpus_allowed_list:", allowed, sizeof(allowed)))
            return -1;
        return err_hint(err, "CPUs in %s", allowed);
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
    /* The first thread, whose TID is the PID, is never bound. */
    if (cpu != CPUS_ANY || !sched_getaffinity(getpid(), sizeof(set), set))
        pthread_attr_setaffinity_np(&attr, sizeof(set), set);
    error = pthread_create(thread, &attr, fn, arg);
    pthread_attr_destroy(&attr);
    return error;
}

/* The CPU clock of a thread: MAKE_THREAD_CPUCLOCK of linux/posix-timers.h. */
static clockid_t cpu_clock(int tid)
{
    return (clockid_t)(~(unsigned)tid << 3 | 4 | 2);
}

uint64_t cpus_parse_runqueue(const char *schedstat)
{
    unsigned long long running, waiting, slices;

    /*
     * Run time in ns (as of the last tick), wait time in ns, number of time slices. A kernel
     * without schedstats has three zeros; a running thread has had a time slice.
     */
    if (sscanf(schedstat, "%llu %llu %llu", &running, &waiting, &slices) != 3 || !slices)
        return CPUS_UNKNOWN;
    return waiting;
}

struct cpus_time cpus_time(int tid)
{
    struct cpus_time time = {CPUS_UNKNOWN, CPUS_UNKNOWN};
    struct timespec on_cpu;
    char path[64], text[128];

    /* TID 0 would be the caller. */
    if (tid <= 0)
        return (struct cpus_time){0};
    if (!clock_gettime(cpu_clock(tid), &on_cpu))
        time.on_cpu_ns = (uint64_t)on_cpu.tv_sec * 1000000000 + (uint64_t)on_cpu.tv_nsec;
    snprintf(path, sizeof(path), "/proc/self/task/%d/schedstat", tid);
    if (!file_read(path, text, sizeof(text)))
        time.runqueue_ns = cpus_parse_runqueue(text);
    return time;
}

static uint64_t plus(uint64_t a, uint64_t b)
{
    return a == CPUS_UNKNOWN || b == CPUS_UNKNOWN ? CPUS_UNKNOWN : a + b;
}

void cpus_time_add(struct cpus_time *sum, struct cpus_time time)
{
    sum->on_cpu_ns = plus(sum->on_cpu_ns, time.on_cpu_ns);
    sum->runqueue_ns = plus(sum->runqueue_ns, time.runqueue_ns);
}

int cpus_parse_steal(const char *stat, uint64_t *stolen, uint64_t *all)
{
    unsigned long long ticks[8]; /* user nice system idle iowait irq softirq steal */

    /* The next field, guest time, is included in user. */
    if (strncmp(stat, "cpu ", 4) ||
        sscanf(stat + 4, "%llu %llu %llu %llu %llu %llu %llu %llu", &ticks[0], &ticks[1], &ticks[2],
               &ticks[3], &ticks[4], &ticks[5], &ticks[6], &ticks[7]) != 8)
        return -1;
    *stolen = ticks[7];
    *all = 0;
    for (unsigned i = 0; i < 8; i++)
        *all += ticks[i];
    return 0;
}

int cpus_steal(uint64_t *stolen, uint64_t *all)
{
    char text[512];

    return file_read("/proc/stat", text, sizeof(text)) ? -1 : cpus_parse_steal(text, stolen, all);
}

uint64_t cpus_process_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}
