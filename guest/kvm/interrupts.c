/* SPDX-License-Identifier: MIT */
#include "guest/kvm/interrupts.h"
#include "guest/kvm/runtime.h"

/* Longer than KVM polls before it blocks a halted vCPU (halt_poll_ns, which may grow). */
#define DELAY_NS 1000000u

#define MSR_X2APIC_ID 0x802

static uint64_t tsc_rate; /* in Hz */
static uint32_t interrupts_before;
static uint64_t early; /* interrupts taken before they were due */

void interrupts_init(uint64_t tsc_hz)
{
    tsc_rate = tsc_hz;
}

void interrupts_begin(void)
{
    early = 0;
    interrupts_before = guest_local()->interrupts;
}

uint64_t interrupts_wrong(uint64_t ops)
{
    uint64_t taken_since = guest_local()->interrupts - interrupts_before;

    return early + (taken_since > ops ? taken_since - ops : ops - taken_since);
}

uint64_t interrupts_early(uint64_t ops)
{
    (void)ops;
    return early;
}

static uint32_t taken(const struct cpu_local *local)
{
    return __atomic_load_n(&local->interrupts, __ATOMIC_ACQUIRE);
}

void interrupts_self_ipi(uint64_t n, unsigned rounds)
{
    for (; n; n--) {
        uint32_t seen = taken(guest_local());

        ring0_call(RING0_SELF_IPI, 0, 0);
        while (taken(guest_local()) == seen)
            cpu_relax();
        exits_work(rounds);
    }
}

/* Wait, spinning or halted, for the next interrupt after `seen`. Returns the TSC after it. */
static uint64_t await(uint32_t seen, bool halted)
{
    const struct cpu_local *local = guest_local();

    while (taken(local) == seen) {
        if (halted)
            ring0_call(RING0_SLEEP, seen, 0);
        else
            cpu_relax();
    }
    return __builtin_ia32_rdtsc();
}

static uint64_t late(uint64_t now, uint64_t due)
{
    early += now < due;
    return now < due ? 0 : now - due;
}

static uint64_t ticks_of(uint64_t ns)
{
    return tsc_rate / 1000000 * ns / 1000;
}

static uint64_t once_oneshot(bool halted)
{
    uint32_t seen = taken(guest_local());
    uint64_t due = ring0_call(RING0_ONESHOT, DELAY_NS, 0) + ticks_of(DELAY_NS);

    return late(await(seen, halted), due);
}

uint64_t interrupts_deadline(void)
{
    uint32_t seen = taken(guest_local());
    uint64_t due = __builtin_ia32_rdtsc() + ticks_of(DELAY_NS);

    ring0_call(RING0_DEADLINE, due, 0);
    return late(await(seen, false), due);
}

uint64_t interrupts_oneshot(void)
{
    return once_oneshot(false);
}

uint64_t interrupts_hlt(void)
{
    return once_oneshot(true);
}

static uint64_t once_irqfd(bool halted)
{
    volatile uint64_t *request =
        (volatile uint64_t *)(MINIVMM_PROBE_CONTROL_BASE + MINIVMM_CONTROL_INTERRUPT);
    uint32_t seen = taken(guest_local());
    uint64_t now, sent;

    *request = guest_local()->id | VECTOR_INTERRUPT << MINIVMM_CONTROL_VECTOR_SHIFT |
               (uint64_t)DELAY_NS << MINIVMM_CONTROL_DELAY_SHIFT;
    now = await(seen, halted);
    do
        sent = *request;
    while (!sent);
    return late(now, sent);
}

uint64_t interrupts_irqfd(void)
{
    return once_irqfd(false);
}

uint64_t interrupts_irqfd_halted(void)
{
    return once_irqfd(true);
}

/* State of the vCPU that receives IPIs. */
static struct {
    _Alignas(KERNEL_CACHE_LINE) uint64_t arrived; /* TSC when it took the last one; 0: not yet */
    uint32_t ready;                               /* incremented before each wait */
    uint32_t apic_id;
} peer;

/* The value of peer.ready for which the last IPI was sent. */
static uint32_t answered;

static void answer(bool halted)
{
    struct cpu_local *local = guest_local();

    peer.apic_id = (uint32_t)ring0_call(RING0_RDMSR, MSR_X2APIC_ID, 0);
    for (;;) {
        uint32_t seen = taken(local);

        __atomic_store_n(&peer.ready, peer.ready + 1, __ATOMIC_RELEASE);
        await(seen, halted);
        if (exits_partner_done())
            return;
        __atomic_store_n(&peer.arrived, __builtin_ia32_rdtsc(), __ATOMIC_RELEASE);
    }
}

void interrupts_answer(void)
{
    answer(false);
}

void interrupts_answer_halted(void)
{
    answer(true);
}

void interrupts_meet(struct bench_run *run)
{
    (void)run;
    answered = peer.ready;
}

/* Wait until the other vCPU waits for the next interrupt. */
static void await_peer(void)
{
    uint32_t ready;

    while ((ready = __atomic_load_n(&peer.ready, __ATOMIC_ACQUIRE)) == answered)
        cpu_relax();
    answered = ready;
}

void interrupts_release(void)
{
    await_peer();
    ring0_call(RING0_IPI, peer.apic_id, 0);
}

static uint64_t once_ipi(bool halted)
{
    uint64_t start, sent, arrived;

    await_peer();
    __atomic_store_n(&peer.arrived, 0, __ATOMIC_RELEASE);
    /* Let the other vCPU halt first. */
    start = __builtin_ia32_rdtsc();
    while (halted && __builtin_ia32_rdtsc() - start < ticks_of(DELAY_NS))
        cpu_relax();
    sent = ring0_call(RING0_IPI, peer.apic_id, 0);
    while (!(arrived = __atomic_load_n(&peer.arrived, __ATOMIC_ACQUIRE)))
        cpu_relax();
    return late(arrived, sent);
}

uint64_t interrupts_ipi(void)
{
    return once_ipi(false);
}

uint64_t interrupts_ipi_halted(void)
{
    return once_ipi(true);
}
