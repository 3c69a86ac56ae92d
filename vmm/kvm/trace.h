/* SPDX-License-Identifier: MIT */
/*
 * What KVM's tracepoints count on one vCPU: entries, exits with their true reasons, what it served
 * itself. Source: arch/x86/kvm/trace.h and the reasons of asm/vmx.h and asm/svm.h.
 */
#ifndef KVM_TRACE_H
#define KVM_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/base/err.h"

#define KVM_TRACE_MAX 128u

/* The files of one vCPU; -1 where a tracepoint cannot be counted. */
struct kvm_trace {
    int fd[KVM_TRACE_MAX];
};

/* kvm_trace_count(): how many things are counted on this CPU; at most KVM_TRACE_MAX. */
unsigned kvm_trace_count(void);

/*
 * kvm_trace_name(): the tracepoint, "kvm_exit"; or the reason of an exit, "npf", and then *reason
 * is true.
 */
const char *kvm_trace_name(unsigned i, bool *reason);

/*
 * kvm_trace_open(): count on the calling thread, a vCPU's, from now on. Fails if there are not
 * enough files; a tracepoint that there is not is left out. Returns 0, or -1.
 */
int kvm_trace_open(struct kvm_trace *trace, struct err *err);

/* kvm_trace_read(): all counts so far, kvm_trace_count() of them. */
void kvm_trace_read(const struct kvm_trace *trace, uint64_t *counts);

/* kvm_trace_close(): close the files. */
void kvm_trace_close(struct kvm_trace *trace);

#endif
