/* SPDX-License-Identifier: MIT */
/*
 * One vCPU: a thread that sets it up, runs it until the machine stops, and counts its exits.
 */
#ifndef EXEC_VCPU_H
#define EXEC_VCPU_H

#include <pthread.h>
#include <stdbool.h>

#include "vmm/base/clock.h"
#include "vmm/boot/entry.h"
#include "vmm/exec/coalesced.h"
#include "vmm/exec/exit.h"
#include "vmm/host/cpus.h"
#include "vmm/kvm/trace.h"
#include "vmm/stat/exittrace.h"

/* What all vCPUs of a machine share; constant while they run, but for `stop`. */
struct vcpu_shared {
    const struct config *config;
    const struct kvm *kvm;
    int vm;
    const struct cpuid_table *cpuid;
    const struct cpuid_caps *caps;
    const struct topology *topology;
    const struct backing *backing; /* whose host nodes the vCPUs run on */
    const struct layout *layout;
    gpa_t entry;
    struct clock_rate rate;
    const struct bus *mmio, *pio;
    struct coalesced *coalesced;
    bool stop; /* atomic: leave as soon as possible */
    /* Called by the vCPU's thread when it ends; with an error if that is why. */
    void (*ended)(void *ctx, const struct err *err);
    void *ctx;
};

struct vcpu {
    struct vcpu_shared *shared;
    unsigned id;
    pthread_t thread;
    bool started;  /* there is a thread to join */
    bool finished; /* atomic: it has left its loop and will not enter the guest again */
    int tid;       /* atomic: the kernel's thread id, 0 before it runs */
    int fd;
    struct kvm_run *run;
    struct exitstat *stat;
    int stats_fd;          /* atomic: KVM's statistics, or -1 */
    int64_t tsc_offset;    /* what the guest's TSC is ahead of the host's */
    uint64_t entry_ticks;  /* when it first entered the guest */
    struct cpus_time time; /* at its end */
    uint64_t bare_ticks;   /* of a handler's time: in KVM_RUNs of its own */
    struct exit_times times;
    struct exittrace_ring *ring; /* for --trace, or NULL; set before the thread starts */
    struct kvm_trace *trace;     /* atomic: of a traced run; NULL until it counts */
};

/*
 * vcpu_init(): before the thread; allocates the counters, which the caller frees at the end with
 * exitstat_free(). Returns 0, or -1.
 */
int vcpu_init(struct vcpu *vcpu, struct vcpu_shared *shared, unsigned id, struct err *err);

/* vcpu_start(): create the thread. Returns 0, or -1. */
int vcpu_start(struct vcpu *vcpu, struct err *err);

/* vcpu_current(): the vCPU whose thread calls this. */
struct vcpu *vcpu_current(void);

/* vcpu_stopping(): whether the machine stops. */
static inline bool vcpu_stopping(const struct vcpu *vcpu)
{
    return __atomic_load_n(&vcpu->shared->stop, __ATOMIC_ACQUIRE);
}

/*
 * vcpu_kick(): make a vCPU look at `stop`, wherever it is. To be repeated until it has finished,
 * since a signal that arrives just before a system call does not interrupt it.
 */
void vcpu_kick(struct vcpu *vcpu);

/* vcpu_join(): wait for its thread, if it has one. */
void vcpu_join(struct vcpu *vcpu);

/* vcpu_close(): close its files and free the times; its counters stay. */
void vcpu_close(struct vcpu *vcpu);

/* vcpu_ignore_kicks(): make the signal of vcpu_kick() harmless; once per process. */
void vcpu_ignore_kicks(void);

#endif
