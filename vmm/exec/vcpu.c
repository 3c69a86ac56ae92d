/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vmm/core/host/cpus.h"
#include "vmm/core/host/numa.h"
#include "vmm/exec/vcpu.h"
#include "vmm/kvm/stats.h"
#include "vmm/kvm/topology.h"

#define KICK_SIGNAL SIGRTMIN

_Static_assert(CONFIG_VCPUS_MAX <= UINT16_MAX + 1, "a trace record holds any vCPU's index");

/* Ample: handlers neither recurse nor have large buffers. */
#define THREAD_STACK_BYTES (256u << 10)

/* Enable all supported state components; KVM requires bit 0, x87. */
static int set_xcr0(const struct vcpu *vcpu, struct err *err)
{
    struct kvm_xcrs xcrs = {
        .nr_xcrs = 1,
        .xcrs = {{.xcr = 0, .value = vcpu->shared->caps->xcr0}},
    };

    if (!vcpu->shared->caps->xcr0)
        return 0;
    return KVM_IOCTL(vcpu->fd, KVM_SET_XCRS, &xcrs, err) < 0 ? -1 : 0;
}

static int set_registers(struct vcpu *vcpu, struct err *err)
{
    const struct vcpu_shared *shared = vcpu->shared;
    struct kvm_sregs sregs = entry_sregs(shared->layout, shared->caps, vcpu->id);
    struct kvm_regs regs = entry_regs(shared->layout, shared->entry, vcpu->id);
    /* With a local APIC in the kernel, all but vCPU 0 would wait for a start-up IPI. */
    struct kvm_mp_state runnable = {.mp_state = KVM_MP_STATE_RUNNABLE};
    struct cpuid_table cpuid;

    cpuid_copy(&cpuid, shared->cpuid);
    cpuid_set_topology(&cpuid, shared->topology, vcpu->id);
    if (KVM_IOCTL(vcpu->fd, KVM_SET_CPUID2, &cpuid, err) < 0 ||
        KVM_IOCTL(vcpu->fd, KVM_SET_SREGS, &sregs, err) < 0 ||
        KVM_IOCTL(vcpu->fd, KVM_SET_REGS, &regs, err) < 0 || set_xcr0(vcpu, err))
        return -1;
    if (vcpu->id && KVM_IOCTL(vcpu->fd, KVM_SET_MP_STATE, &runnable, err) < 0)
        return -1;
    return 0;
}

static int start_trace(struct vcpu *vcpu, struct err *err)
{
    struct kvm_trace *trace = malloc(sizeof(*trace));

    if (!trace)
        return err_sys(err, ERR_FAILED, "vCPU %u: cannot allocate the --kvm-trace counters",
                       vcpu->id);
    if (kvm_trace_open(trace, err)) {
        free(trace);
        return -1;
    }
    __atomic_store_n(&vcpu->trace, trace, __ATOMIC_RELEASE);
    return 0;
}

/* Pin the thread to its --pin CPU, or else to the host node of its memory. */
static int set_affinity(const struct vcpu *vcpu, struct err *err)
{
    const struct config *config = vcpu->shared->config;
    const struct backing *backing = vcpu->shared->backing;

    if (config->pin_count)
        return cpus_pin(config->pin[vcpu->id % config->pin_count], err);
    if (backing->nodes)
        return numa_run_on(backing->host_node[config_node(config, vcpu->id)], err);
    return 0;
}

static int set_up(struct vcpu *vcpu, struct err *err)
{
    const struct vcpu_shared *shared = vcpu->shared;
    const struct config *config = shared->config;
    unsigned apic_id = topology_apic_id(shared->topology, vcpu->id);
    struct kvm_run *run;

    if (set_affinity(vcpu, err))
        return -1;
    vcpu->fd = KVM_IOCTL(shared->vm, KVM_CREATE_VCPU, apic_id, err);
    if (vcpu->fd < 0)
        return errno == EMFILE ? err_hint(err, "fewer --vcpus, or a higher ulimit -n") : -1;
    run = mmap(NULL, shared->kvm->run_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
    if (run == MAP_FAILED)
        return err_sys(err, ERR_FAILED, "vCPU %u: mmap", vcpu->id);
    __atomic_store_n(&vcpu->run, run, __ATOMIC_RELEASE);
    __atomic_store_n(&vcpu->stats_fd, kvm_stats_fd(vcpu->fd), __ATOMIC_RELAXED);
    if (config->kvm_trace && start_trace(vcpu, err))
        return -1;
    if (kvm_tsc_offset(vcpu->fd, &vcpu->tsc_offset, err))
        return -1;
    return set_registers(vcpu, err);
}

/* KVM_RUN failed. EINTR and EAGAIN count as an exit for a signal. */
static int run_failed(struct vcpu *vcpu, struct err *err)
{
    if (errno == EINTR || errno == EAGAIN) {
        vcpu->run->exit_reason = KVM_EXIT_INTR;
        return 0;
    }
    return err_sys(err, ERR_FAILED, "KVM_RUN");
}

/* Append the vCPU's registers to an error message; best effort. */
static void append_registers(const struct vcpu *vcpu, struct err *err)
{
    size_t used = strlen(err->text);
    struct kvm_regs regs;

    if (!ioctl(vcpu->fd, KVM_GET_REGS, &regs))
        snprintf(err->text + used, sizeof(err->text) - used,
                 " (vCPU %u, rip %#" PRIx64 ", rsp %#" PRIx64 ")", vcpu->id, (uint64_t)regs.rip,
                 (uint64_t)regs.rsp);
}

static void trace_exit(struct vcpu *vcpu, const struct exit_info *info, uint64_t returned,
                       uint64_t handler_ns)
{
    const struct trace_record record = {
        .ticks = returned,
        .address = info->address,
        .handler_ns = handler_ns < UINT32_MAX ? (uint32_t)handler_ns : UINT32_MAX,
        .vcpu = (uint16_t)vcpu->id,
        .reason = (uint8_t)info->reason,
        .device = info->region ? (uint8_t)info->region->number : TRACE_NO_DEVICE,
    };

    exittrace_add(vcpu->ring, &record);
}

/*
 * The run loop. Time is split at each call of KVM_RUN and at each return from it; the accounting
 * itself, some 20 ns, counts as time in KVM_RUN.
 */
static int run_until_stopped(struct vcpu *vcpu, struct err *err)
{
    const struct clock_rate rate = vcpu->shared->rate;
    struct exit_env env = {vcpu, vcpu->shared->mmio, vcpu->shared->pio, vcpu->stat, &vcpu->times};
    struct coalesced *coalesced = vcpu->shared->coalesced;
    uint64_t entered = clock_ticks();
    int result = 0;

    vcpu->entry_ticks = entered;
    while (!result && !vcpu_stopping(vcpu)) {
        struct exit_info info = {.reason = EXIT_OTHER};
        uint64_t returned, served, handler_ns;

        exitstat_begin(vcpu->stat, EXITSTAT_IN_RUN, entered);
        if (ioctl(vcpu->fd, KVM_RUN, 0) < 0)
            result = run_failed(vcpu, err);
        returned = clock_ticks();
        exitstat_set(&vcpu->stat->in_run_ns,
                     vcpu->stat->in_run_ns + clock_ns(&rate, returned - entered));
        exitstat_begin(vcpu->stat, EXIT_OTHER, returned);
        if (!result)
            result = coalesced_serve(coalesced, vcpu, err);
        if (!result)
            result = exit_handle(&env, vcpu->run, &info, err);
        served = clock_ticks();
        handler_ns = clock_ns(&rate, served - returned - vcpu->bare_ticks);
        exit_account(&env, &info, handler_ns);
        if (vcpu->ring)
            trace_exit(vcpu, &info, returned, handler_ns);
        vcpu->bare_ticks = 0;
        entered = served;
    }
    if (result)
        append_registers(vcpu, err);
    exitstat_begin(vcpu->stat, EXITSTAT_STOPPED, entered);
    return result;
}

static void *vcpu_thread(void *arg)
{
    struct vcpu *vcpu = arg;
    struct err err = {0};
    int result;

    __atomic_store_n(&vcpu->tid, gettid(), __ATOMIC_RELAXED);
    result = set_up(vcpu, &err);
    if (!result)
        result = run_until_stopped(vcpu, &err);
    vcpu->time = cpus_time(vcpu->tid);
    __atomic_store_n(&vcpu->finished, true, __ATOMIC_RELEASE);
    vcpu->shared->ended(vcpu->shared->ctx, result ? &err : NULL);
    return NULL;
}

int vcpu_init(struct vcpu *vcpu, struct vcpu_shared *shared, unsigned id, struct err *err)
{
    *vcpu = (struct vcpu){
        .shared = shared,
        .id = id,
        .fd = -1,
        .stats_fd = -1,
        .stat = exitstat_alloc(),
    };
    if (!vcpu->stat)
        return err_sys(err, ERR_FAILED, "vCPU %u: cannot allocate exit counters", id);
    exitstat_begin(vcpu->stat, EXITSTAT_STOPPED, 0);
    return 0;
}

int vcpu_start(struct vcpu *vcpu, struct err *err)
{
    pthread_attr_t attr;
    int error;

    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, THREAD_STACK_BYTES);
    error = pthread_create(&vcpu->thread, &attr, vcpu_thread, vcpu);
    pthread_attr_destroy(&attr);
    if (error) {
        errno = error;
        return err_sys(err, ERR_FAILED, "vCPU %u: cannot create the thread", vcpu->id);
    }
    vcpu->started = true;
    return 0;
}

void vcpu_kick(struct vcpu *vcpu)
{
    /* A vCPU that has not mapped kvm_run yet checks `stop` before it enters the guest. */
    struct kvm_run *run = __atomic_load_n(&vcpu->run, __ATOMIC_ACQUIRE);

    if (run)
        __atomic_store_n(&run->immediate_exit, 1, __ATOMIC_RELAXED);
    pthread_kill(vcpu->thread, KICK_SIGNAL);
}

void vcpu_join(struct vcpu *vcpu)
{
    if (vcpu->started)
        pthread_join(vcpu->thread, NULL);
    vcpu->started = false;
}

void vcpu_close(struct vcpu *vcpu)
{
    if (vcpu->run)
        munmap(vcpu->run, vcpu->shared->kvm->run_bytes);
    if (vcpu->stats_fd >= 0)
        close(vcpu->stats_fd);
    if (vcpu->fd >= 0)
        close(vcpu->fd);
    if (vcpu->trace)
        kvm_trace_close(vcpu->trace);
    free(vcpu->trace);
    vcpu->trace = NULL;
    free(vcpu->times.ns);
    exitstat_free(vcpu->stat);
    vcpu->stat = NULL;
    vcpu->times = (struct exit_times){0};
    vcpu->run = NULL;
    vcpu->stats_fd = vcpu->fd = -1;
}

static void ignore(int signal)
{
    (void)signal;
}

void vcpu_ignore_kicks(void)
{
    struct sigaction action = {.sa_handler = ignore};

    sigaction(KICK_SIGNAL, &action, NULL);
}
