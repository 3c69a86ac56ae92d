/* SPDX-License-Identifier: MIT */
#include <linux/kvm.h>

#include <asm/svm.h>
#include <asm/vmx.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "vmm/core/host/cpus.h"
#include "vmm/core/host/tracepoint.h"
#include "vmm/kvm/trace.h"

/* The tracepoint whose exits are also counted by reason. */
#define EVENT_EXIT 0

static const char *const events[] = {
    [EVENT_EXIT] = "kvm_exit", "kvm_entry", "kvm_userspace_exit", "kvm_pio", "kvm_mmio",
    "kvm_page_fault",
};

#define EVENTS (unsigned)(sizeof(events) / sizeof(events[0]))

struct reason {
    unsigned code;
    const char *name;
};

static const struct reason vmx_reasons[] = {VMX_EXIT_REASONS};
static const struct reason svm_reasons[] = {SVM_EXIT_REASONS};

#define VMX_REASONS (unsigned)(sizeof(vmx_reasons) / sizeof(vmx_reasons[0]))
#define SVM_REASONS (unsigned)(sizeof(svm_reasons) / sizeof(svm_reasons[0]))

_Static_assert(EVENTS + SVM_REASONS <= KVM_TRACE_MAX && EVENTS + VMX_REASONS <= KVM_TRACE_MAX,
               "KVM_TRACE_MAX holds all counters");

/* Cached: in a virtual machine each CPUID instruction is an exit. */
static bool is_vmx(void)
{
    static int known = -1;
    int vmx = __atomic_load_n(&known, __ATOMIC_RELAXED);

    if (vmx < 0) {
        vmx = cpus_have_vmx();
        __atomic_store_n(&known, vmx, __ATOMIC_RELAXED);
    }
    return vmx;
}

unsigned kvm_trace_count(void)
{
    return EVENTS + (is_vmx() ? VMX_REASONS : SVM_REASONS);
}

static const struct reason *reason_of(unsigned i)
{
    return is_vmx() ? &vmx_reasons[i - EVENTS] : &svm_reasons[i - EVENTS];
}

const char *kvm_trace_name(unsigned i, bool *reason)
{
    *reason = i >= EVENTS;
    return *reason ? reason_of(i)->name : events[i];
}

/* The id of a tracepoint; 0: missing. */
static uint64_t event_id(unsigned i)
{
    char name[64];
    uint64_t id;

    snprintf(name, sizeof(name), "kvm/%s", events[i]);
    return tracepoint_id(name, &id) ? 0 : id;
}

/* A filtered counter per reason: exact, unlike samples, which can be lost. */
int kvm_trace_open(struct kvm_trace *trace, struct err *err)
{
    unsigned count = kvm_trace_count();
    uint64_t exit_id = 0;

    memset(trace->fd, -1, sizeof(trace->fd));
    for (unsigned i = 0; i < count; i++) {
        uint64_t id = i < EVENTS ? event_id(i) : exit_id;
        char filter[64];

        if (!id)
            continue;
        if (i == EVENT_EXIT)
            exit_id = id;
        if (i >= EVENTS)
            snprintf(filter, sizeof(filter), "exit_reason == %u", reason_of(i)->code);
        trace->fd[i] = tracepoint_open(id, i >= EVENTS ? filter : NULL);
        if (trace->fd[i] < 0 && (errno == EMFILE || errno == ENFILE)) {
            err_sys(err, ERR_FAILED,
                    "--kvm-trace: cannot open a counter per tracepoint, exit reason and vCPU");
            kvm_trace_close(trace);
            return err_hint(err, "fewer --vcpus, or a higher ulimit -n");
        }
    }
    return 0;
}

void kvm_trace_read(const struct kvm_trace *trace, uint64_t *counts)
{
    for (unsigned i = 0; i < kvm_trace_count(); i++)
        counts[i] = tracepoint_read(trace->fd[i]);
}

void kvm_trace_close(struct kvm_trace *trace)
{
    for (unsigned i = 0; i < KVM_TRACE_MAX; i++)
        if (trace->fd[i] >= 0)
            close(trace->fd[i]);
}
