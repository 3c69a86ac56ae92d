/* SPDX-License-Identifier: MIT */
/* A vCPU: a thread that creates it, runs it until the machine stops, and counts its exits. */
#ifndef EXEC_VCPU_H
#define EXEC_VCPU_H

#include <pthread.h>
#include <stdbool.h>

#include "vmm/boot/entry.h"
#include "vmm/core/base/clock.h"
#include "vmm/core/host/cpus.h"
#include "vmm/core/result/exittrace.h"
#include "vmm/exec/coalesced.h"
#include "vmm/exec/exit.h"
#include "vmm/kvm/trace.h"

/* State shared by all vCPUs of a machine; constant while they run, except `stop`. */
struct vcpu_shared {
    const struct config *config;
    const struct kvm *kvm;
    int vm;
    const struct cpuid_table *cpuid;
    const struct cpuid_caps *caps;
    const struct topology *topology;
    const struct backing *backing; /* has the host nodes that the vCPUs run on */
    const struct layout *layout;
    gpa_t entry;
    struct clock_rate rate;
    const struct bus *mmio, *pio;
    struct coalesced *coalesced;
    bool stop; /* atomic: do not enter the guest again */
    /* Called by the vCPU's thread when it ends; `err` is NULL unless it failed. */
    void (*ended)(void *ctx, const struct err *err);
    void *ctx;
};

struct vcpu {
    struct vcpu_shared *shared;
    unsigned id;
    pthread_t thread;
    bool started;  /* the thread exists */
    bool finished; /* atomic: the thread has left its run loop */
    int tid;       /* atomic: its thread id; 0 before it runs */
    int fd;
    struct kvm_run *run;
    struct exitstat *stat;
    int stats_fd;          /* atomic: KVM's statistics, or -1 */
    int64_t tsc_offset;    /* the guest's TSC minus the host's */
    uint64_t entry_ticks;  /* when it first entered the guest */
    struct cpus_time time; /* of the thread, at its end */
    uint64_t bare_ticks;   /* the part of the handler's time in bare KVM_RUNs */
    struct exit_times times;
    struct exittrace_ring *ring; /* for --trace, or NULL; set before the thread starts */
    struct kvm_trace *trace;     /* atomic: for --kvm-trace; NULL until it counts */
};

/*
 * vcpu_init(): initialise a vCPU without its thread and allocate vcpu->stat. Returns 0, or -1 with
 * *err set and nothing to close.
 */
int vcpu_init(struct vcpu *vcpu, struct vcpu_shared *shared, unsigned id, struct err *err);

/* vcpu_start(): create the thread. Returns 0, or -1 with *err set. */
int vcpu_start(struct vcpu *vcpu, struct err *err);

/* vcpu_stopping(): whether the machine is stopping. */
static inline bool vcpu_stopping(const struct vcpu *vcpu)
{
    return __atomic_load_n(&vcpu->shared->stop, __ATOMIC_ACQUIRE);
}

/*
 * vcpu_kick(): interrupt KVM_RUN and blocking handlers, so that the vCPU checks `stop`. Repeat
 * until it has finished, since a signal just before a system call does not interrupt that.
 */
void vcpu_kick(struct vcpu *vcpu);

/* vcpu_join(): join the thread, if it exists. */
void vcpu_join(struct vcpu *vcpu);

/* vcpu_close(): close its files, free the exit times and vcpu->stat; after vcpu_join(). */
void vcpu_close(struct vcpu *vcpu);

/* vcpu_ignore_kicks(): install an empty handler for vcpu_kick()'s signal; once per process. */
void vcpu_ignore_kicks(void);

#endif
