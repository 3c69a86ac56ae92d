/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vmm/exec/lab.h"
#include "vmm/exec/vcpu.h"
#include "vmm/kvm/delivery.h"
#include "vmm/kvm/kvm.h"

#define REGISTER_STRIDE 8u
#define REGISTER_BYTES  4u

static void call_ioctl(const struct lab *lab, uint64_t count)
{
    for (; count && !vcpu_stopping(vcpu_current()); count--)
        ioctl(lab->vm, KVM_CHECK_EXTENSION, KVM_CAP_USER_MEMORY);
}

static int use_eventfd(uint64_t count, struct err *err)
{
    int fd = eventfd(0, EFD_CLOEXEC), result = 0;
    uint64_t value = 1;

    if (fd < 0)
        return err_sys(err, ERR_FAILED, "eventfd");
    for (; count && !result && !vcpu_stopping(vcpu_current()); count--)
        if (write(fd, &value, sizeof(value)) < 0 || read(fd, &value, sizeof(value)) < 0)
            result = err_sys(err, ERR_FAILED, "eventfd");
    close(fd);
    return result;
}

/* A thread that sleeps on an eventfd and tells when it is awake. */
struct sleeper {
    int fd;
    uint32_t woken; /* atomic: how often */
    bool quit;      /* atomic */
};

static void *sleeper_thread(void *arg)
{
    struct sleeper *sleeper = arg;
    uint64_t value;

    /* It is woken once more to quit, and may have seen that it shall before. */
    while (read(sleeper->fd, &value, sizeof(value)) == sizeof(value)) {
        __atomic_fetch_add(&sleeper->woken, 1, __ATOMIC_RELEASE);
        if (__atomic_load_n(&sleeper->quit, __ATOMIC_ACQUIRE))
            break;
    }
    return NULL;
}

/*
 * As long as a guest takes to ask for the next thing: the sleeper sleeps again by then, and its CPU
 * is no deeper asleep than it would be.
 */
#define SLEEPER_PAUSE_NS 3000u

/* One wake-up; this thread spins meanwhile, as a guest does. Returns the ticks. */
static uint64_t wake_once(struct sleeper *sleeper)
{
    uint32_t before = __atomic_load_n(&sleeper->woken, __ATOMIC_ACQUIRE);
    const struct clock_rate *rate = &vcpu_current()->shared->rate;
    uint64_t start = clock_ticks();
    const uint64_t one = 1;

    while (clock_ns(rate, clock_ticks() - start) < SLEEPER_PAUSE_NS)
        __builtin_ia32_pause();
    start = clock_ticks();
    if (write(sleeper->fd, &one, sizeof(one)) != sizeof(one))
        return 0;
    while (__atomic_load_n(&sleeper->woken, __ATOMIC_ACQUIRE) == before &&
           !vcpu_stopping(vcpu_current()))
        __builtin_ia32_pause();
    return clock_ticks() - start;
}

static int time_wakeups(uint64_t count, uint64_t *ticks, struct err *err)
{
    struct sleeper sleeper = {.fd = eventfd(0, EFD_CLOEXEC)};
    const uint64_t one = 1;
    pthread_t thread;
    int result = 0;

    *ticks = 0;
    if (sleeper.fd < 0)
        return err_sys(err, ERR_FAILED, "eventfd");
    errno = pthread_create(&thread, NULL, sleeper_thread, &sleeper);
    if (errno) {
        close(sleeper.fd);
        return err_sys(err, ERR_FAILED, "no thread to wake");
    }
    for (; count && !vcpu_stopping(vcpu_current()); count--)
        *ticks += wake_once(&sleeper);
    __atomic_store_n(&sleeper.quit, true, __ATOMIC_RELEASE);
    if (write(sleeper.fd, &one, sizeof(one)) != sizeof(one))
        result = err_sys(err, ERR_FAILED, "eventfd");
    pthread_join(thread, NULL);
    close(sleeper.fd);
    return result;
}

/*
 * KVM_RUN again and again: its first call completes the write that asked for this, the last leaves
 * an exit that the vCPU's loop completes. Time in here is the guest's, as in that loop.
 */
static int run_bare(struct vcpu *vcpu, uint64_t count, struct err *err)
{
    uint64_t start = clock_ticks();
    int result = 0;

    while (count && !result && !vcpu_stopping(vcpu)) {
        if (ioctl(vcpu->fd, KVM_RUN, 0) < 0)
            result =
                errno == EINTR || errno == EAGAIN ? 0 : err_sys(err, ERR_FAILED, "KVM_RUN, bare");
        else if (vcpu->run->exit_reason == KVM_EXIT_IO || vcpu->run->exit_reason == KVM_EXIT_MMIO)
            count--;
        else
            result =
                err_set(err, ERR_FAILED, "KVM exit reason %u while the guest measures bare ones",
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
    /* A kick may have come meanwhile. */
    if (vcpu_stopping(vcpu))
        set_immediate_exit(vcpu, 1);
}

static int lab_work(void *ctx, enum minivmm_probe_work work, uint64_t count, uint64_t *ticks,
                    struct err *err)
{
    struct lab *lab = ctx;
    uint64_t start = clock_ticks();
    int result = 0;

    switch (work) {
    case MINIVMM_WORK_BARE:
        result = run_bare(vcpu_current(), count, err);
        break;
    case MINIVMM_WORK_IMMEDIATE_EXIT:
        run_immediate_exit(vcpu_current(), count);
        break;
    case MINIVMM_WORK_IOCTL:
        call_ioctl(lab, count);
        break;
    case MINIVMM_WORK_EVENTFD:
        result = use_eventfd(count, err);
        break;
    case MINIVMM_WORK_WAKEUP:
        return time_wakeups(count, ticks, err);
    case MINIVMM_WORK_COUNT:
        break;
    }
    *ticks = clock_ticks() - start;
    return result;
}

static int lab_interrupt(void *ctx, unsigned vcpu, unsigned vector, unsigned delay_ns,
                         struct err *err)
{
    struct lab *lab = ctx;

    return injector_request(&lab->injector, vcpu, vector, delay_ns, err);
}

static uint64_t lab_interrupt_time(void *ctx)
{
    struct lab *lab = ctx;
    uint64_t sent = injector_sent(&lab->injector);

    return sent ? sent + (uint64_t)vcpu_current()->tsc_offset : 0;
}

static int lab_keep_times(void *ctx, bool keep, struct err *err)
{
    struct exit_times *times = &vcpu_current()->times;

    (void)ctx;
    times->end = 0;
    if (!keep)
        return 0;
    if (!times->ns)
        times->ns = calloc(MINIVMM_CONTROL_TIMES_MAX, sizeof(*times->ns));
    if (!times->ns)
        return err_sys(err, ERR_FAILED, "no memory for the times of exits");
    times->end = MINIVMM_CONTROL_TIMES_MAX;
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
                delivery_event(vm, &address, way == MINIVMM_PROBE_MATCH ? &value : NULL);
            works = side->event[way] >= 0;
        } else if (way == MINIVMM_PROBE_COALESCED) {
            works = delivery_coalesce(vm, &address);
        }
        side->ways |= (unsigned)works << way;
    }
}

static void lab_connect(void *ctx)
{
    struct lab *lab = ctx;
    const struct vcpu *vcpu = vcpu_current();
    unsigned run_bytes = vcpu->shared->kvm->run_bytes;

    connect_side(&lab->probe.mmio, lab->vm, false, MINIVMM_PROBE_BASE);
    connect_side(&lab->probe.pio, lab->vm, true, MINIVMM_PROBE_PORT);
    coalesced_set_ring(lab->coalesced, delivery_ring(lab->vm, vcpu->run, run_bytes));
}

void lab_init(struct lab *lab, struct coalesced *coalesced)
{
    const struct probe_host host = {
        .connect = lab_connect,
        .work = lab_work,
        .interrupt = lab_interrupt,
        .interrupt_time = lab_interrupt_time,
        .keep_times = lab_keep_times,
        .ctx = lab,
    };

    *lab = (struct lab){.coalesced = coalesced, .vm = -1};
    probe_init(&lab->probe, &host);
    injector_init(&lab->injector, NULL);
}

void lab_begin(struct lab *lab, int vm, struct delivery_routes *routes)
{
    lab->vm = vm;
    injector_init(&lab->injector, routes);
}

static void close_side(struct probe_side *side)
{
    for (unsigned way = 0; way < MINIVMM_PROBE_WAYS; way++)
        if (side->event[way] >= 0)
            close(side->event[way]);
}

void lab_end(struct lab *lab)
{
    injector_end(&lab->injector);
    close_side(&lab->probe.mmio);
    close_side(&lab->probe.pio);
    lab_init(lab, lab->coalesced);
}
