/* SPDX-License-Identifier: MIT */
/*
 * Counts of KVM's tracepoints on a vCPU: entries, exits by hardware reason, page faults, emulated
 * accesses. Sources: arch/x86/kvm/trace.h; exit reasons from asm/vmx.h and asm/svm.h.
 */
#ifndef KVM_TRACE_H
#define KVM_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/core/base/err.h"

#define KVM_TRACE_MAX 128u

/* The perf events of one vCPU; -1 if a tracepoint is missing. */
struct kvm_trace {
    int fd[KVM_TRACE_MAX];
};

/* kvm_trace_count(): the number of counters on this CPU; at most KVM_TRACE_MAX. */
unsigned kvm_trace_count(void);

/*
 * kvm_trace_name(): the name of counter `i`: a tracepoint ("kvm_exit") or, with *reason set to
 * true, an exit reason ("npf").
 */
const char *kvm_trace_name(unsigned i, bool *reason);

/*
 * kvm_trace_open(): start to count on the calling thread, a vCPU's. Skips missing tracepoints.
 * Returns 0, or -1 with *err set if the process runs out of file descriptors.
 */
int kvm_trace_open(struct kvm_trace *trace, struct err *err);

/* kvm_trace_read(): the current counts, kvm_trace_count() of them. */
void kvm_trace_read(const struct kvm_trace *trace, uint64_t *counts);

/* kvm_trace_close(): close the perf events. */
void kvm_trace_close(struct kvm_trace *trace);

#endif
