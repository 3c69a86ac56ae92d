/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vmm/core/host/cpus.h"
#include "vmm/exec/probe_kvm.h"
#include "vmm/exec/vcpu.h"
#include "vmm/kvm/delivery.h"
#include "vmm/kvm/kvm.h"

#define REGISTER_STRIDE 8u
#define REGISTER_BYTES  4u

static void call_ioctl(const struct probe_kvm *probe, const struct vcpu *vcpu, uint64_t count)
{
    for (; count && !vcpu_stopping(vcpu); count--)
        ioctl(probe->vm, KVM_CHECK_EXTENSION, KVM_CAP_USER_MEMORY);
}

static int use_eventfd(const struct vcpu *vcpu, uint64_t count, struct err *err)
{
    int fd = eventfd(0, EFD_CLOEXEC), result = 0;
    uint64_t value = 1;

    if (fd < 0)
        return err_sys(err, ERR_FAILED, "cannot create an eventfd");
    for (; count && !result && !vcpu_stopping(vcpu); count--)
        if (write(fd, &value, sizeof(value)) < 0 || read(fd, &value, sizeof(value)) < 0)
            result = err_sys(err, ERR_FAILED, "eventfd write or read");
    close(fd);
    return result;
}

/* A thread that sleeps on an eventfd and records when it wakes up. */
struct sleeper {
    int wake, answer; /* eventfds */
    uint64_t woken;   /* ticks; written before `answer` */
    bool quit;        /* read after `wake` */
};

static int signal_event(int fd, struct err *err)
{
    const uint64_t one = 1;

    return write(fd, &one, sizeof(one)) == sizeof(one) ? 0
                                                       : err_sys(err, ERR_FAILED, "eventfd write");
}

static int await_event(int fd, struct err *err)
{
    uint64_t value;

    return read(fd, &value, sizeof(value)) == sizeof(value)
               ? 0
               : err_sys(err, ERR_FAILED, "eventfd read");
}

static void *sleeper_thread(void *arg)
{
    struct sleeper *sleeper = arg;
    struct err err;

    while (!await_event(sleeper->wake, &err) && !sleeper->quit) {
        sleeper->woken = clock_ticks();
        signal_event(sleeper->answer, &err);
    }
    return NULL;
}

/*
 * About the time that a guest takes between two requests: the sleeper is asleep again by then, and
 * its CPU has not reached a deeper idle state than it would with a guest.
 */
#define SLEEPER_PAUSE_NS 3000u

/* Time one wake-up and add its ticks to *sum. This thread sleeps meanwhile, like a halted vCPU. */
static int wake_once(struct sleeper *sleeper, const struct clock_rate *rate, uint64_t *sum,
                     struct err *err)
{
    uint64_t start = clock_ticks();

    while (clock_ns(rate, clock_ticks() - start) < SLEEPER_PAUSE_NS)
        __builtin_ia32_pause();
    start = clock_ticks();
    if (signal_event(sleeper->wake, err) || await_event(sleeper->answer, err))
        return -1;
    *sum += sleeper->woken - start;
    return 0;
}

static int wake_often(struct sleeper *sleeper, const struct vcpu *vcpu, unsigned cpu,
                      uint64_t count, uint64_t *ticks, struct err *err)
{
    pthread_t thread;
    int result = 0;

    errno = cpus_thread(&thread, cpu, sleeper_thread, sleeper);
    if (errno)
        return err_sys(err, ERR_FAILED, "cannot create the thread to wake up");
    for (; count && !result && !vcpu_stopping(vcpu); count--)
        result = wake_once(sleeper, &vcpu->shared->rate, ticks, err);
    sleeper->quit = true;
    if (signal_event(sleeper->wake, err))
        return -1;
    pthread_join(thread, NULL);
    return result;
}

static int time_wakeups(const struct probe_kvm *probe, const struct vcpu *vcpu, uint64_t count,
                        uint64_t *ticks, struct err *err)
{
    struct sleeper sleeper = {eventfd(0, EFD_CLOEXEC), eventfd(0, EFD_CLOEXEC), 0, false};
    int result;

    *ticks = 0;
    result = sleeper.wake < 0 || sleeper.answer < 0
                 ? err_sys(err, ERR_FAILED, "cannot create eventfds for wake-ups")
                 : wake_often(&sleeper, vcpu, probe->sleeper_cpu, count, ticks, err);
    if (sleeper.wake >= 0)
        close(sleeper.wake);
    if (sleeper.answer >= 0)
        close(sleeper.answer);
    return result;
}

/*
 * Call KVM_RUN in a loop: the first call completes the write that requested this, the last leaves
 * an exit for the vCPU's loop to complete. The time counts as time in KVM_RUN, as in that loop.
 */
static int run_bare(struct vcpu *vcpu, uint64_t count, struct err *err)
{
    uint64_t start = clock_ticks();
    int result = 0;

    while (count && !result && !vcpu_stopping(vcpu)) {
        if (ioctl(vcpu->fd, KVM_RUN, 0) < 0)
            result =
                errno == EINTR || errno == EAGAIN ? 0 : err_sys(err, ERR_FAILED, "bare KVM_RUN");
        else if (vcpu->run->exit_reason == KVM_EXIT_IO || vcpu->run->exit_reason == KVM_EXIT_MMIO)
            count--;
        else
            result = err_set(err, ERR_FAILED, "unexpected KVM exit reason %u after a bare KVM_RUN",
                             vcpu->run->exit_reason);
    }
    vcpu->bare_ticks = clock_ticks() - start;
    exitstat_set(&vcpu->stat->in_run_ns,
                 vcpu->stat->in_run_ns + clock_ns(&vcpu->shared->rate, vcpu->bare_ticks));
    return result;
}

static void set_immediate_exit(struct vcpu *vcpu, uint8_t value)
{
    __atomic_store_n(&vcpu->run->immediate_exit, value, __ATOMIC_RELAXED);
}

static void run_immediate_exit(struct vcpu *vcpu, uint64_t count)
{
    set_immediate_exit(vcpu, 1);
    for (; count && !vcpu_stopping(vcpu); count--)
        ioctl(vcpu->fd, KVM_RUN, 0);
    set_immediate_exit(vcpu, 0);
    /* vcpu_kick() may have set it meanwhile. */
    if (vcpu_stopping(vcpu))
        set_immediate_exit(vcpu, 1);
}

static int probe_kvm_work(void *ctx, struct vcpu *vcpu, enum minivmm_probe_work work,
                          uint64_t count, uint64_t *ticks, struct err *err)
{
    struct probe_kvm *probe = ctx;
    uint64_t start = clock_ticks();
    int result = 0;

    switch (work) {
    case MINIVMM_WORK_BARE:
        result = run_bare(vcpu, count, err);
        break;
    case MINIVMM_WORK_IMMEDIATE_EXIT:
        run_immediate_exit(vcpu, count);
        break;
    case MINIVMM_WORK_IOCTL:
        call_ioctl(probe, vcpu, count);
        break;
    case MINIVMM_WORK_EVENTFD:
        result = use_eventfd(vcpu, count, err);
        break;
    case MINIVMM_WORK_WAKEUP:
        return time_wakeups(probe, vcpu, count, ticks, err);
    case MINIVMM_WORK_COUNT:
        break;
    }
    *ticks = clock_ticks() - start;
    return result;
}

static int probe_kvm_interrupt(void *ctx, unsigned target, unsigned vector, unsigned delay_ns,
                               struct err *err)
{
    struct probe_kvm *probe = ctx;

    return injector_request(&probe->injector, target, vector, delay_ns, err);
}

static uint64_t probe_kvm_interrupt_time(void *ctx, struct vcpu *vcpu)
{
    struct probe_kvm *probe = ctx;
    uint64_t sent = injector_sent(&probe->injector);

    return sent ? sent + (uint64_t)vcpu->tsc_offset : 0;
}

static int probe_kvm_keep_times(void *ctx, struct vcpu *vcpu, bool keep, struct err *err)
{
    struct exit_times *times = &vcpu->times;

    (void)ctx;
    times->capacity = 0;
    if (!keep)
        return 0;
    if (!times->ns)
        times->ns = calloc(MINIVMM_CONTROL_TIMES_MAX, sizeof(*times->ns));
    if (!times->ns)
        return err_sys(err, ERR_FAILED, "cannot allocate the exit times");
    times->capacity = MINIVMM_CONTROL_TIMES_MAX;
    times->count = 0;
    return 0;
}

static void connect_side(struct probe_side *side, int vm, bool port, uint64_t base)
{
    static const uint32_t value = MINIVMM_PROBE_VALUE;

    for (unsigned way = 0; way < MINIVMM_PROBE_WAYS; way++) {
        const struct delivery_address address = {port, base + way * REGISTER_STRIDE,
                                                 REGISTER_BYTES};
        bool works = way == MINIVMM_PROBE_USER;

        if (way == MINIVMM_PROBE_EVENT || way == MINIVMM_PROBE_MATCH) {
            side->event[way] =
                delivery_ioeventfd(vm, &address, way == MINIVMM_PROBE_MATCH ? &value : NULL);
            works = side->event[way] >= 0;
        } else if (way == MINIVMM_PROBE_COALESCED) {
            works = delivery_coalesce(vm, &address);
        }
        side->ways |= (unsigned)works << way;
    }
}

static void probe_kvm_connect(void *ctx, struct vcpu *vcpu)
{
    struct probe_kvm *probe = ctx;
    unsigned run_bytes = vcpu->shared->kvm->run_bytes;

    connect_side(&probe->device.mmio, probe->vm, false, MINIVMM_PROBE_BASE);
    connect_side(&probe->device.pio, probe->vm, true, MINIVMM_PROBE_PORT);
    coalesced_set_ring(probe->coalesced, delivery_ring(probe->vm, vcpu->run, run_bytes));
}

void probe_kvm_init(struct probe_kvm *probe, struct coalesced *coalesced)
{
    const struct probe_host host = {
        .connect = probe_kvm_connect,
        .work = probe_kvm_work,
        .interrupt = probe_kvm_interrupt,
        .interrupt_time = probe_kvm_interrupt_time,
        .keep_times = probe_kvm_keep_times,
        .ctx = probe,
    };

    *probe = (struct probe_kvm){.coalesced = coalesced, .vm = -1};
    probe_init(&probe->device, &host);
    injector_init(&probe->injector, NULL);
}

void probe_kvm_begin(struct probe_kvm *probe, int vm, struct delivery_routes *routes,
                     unsigned sleeper_cpu)
{
    probe->vm = vm;
    probe->sleeper_cpu = sleeper_cpu;
    injector_init(&probe->injector, routes);
}

static void close_side(struct probe_side *side)
{
    for (unsigned way = 0; way < MINIVMM_PROBE_WAYS; way++)
        if (side->event[way] >= 0)
            close(side->event[way]);
}

void probe_kvm_end(struct probe_kvm *probe)
{
    injector_end(&probe->injector);
    close_side(&probe->device.mmio);
    close_side(&probe->device.pio);
    probe_kvm_init(probe, probe->coalesced);
}
