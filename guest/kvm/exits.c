/* SPDX-License-Identifier: MIT */
#include <cpuid.h>
#include <stddef.h>

#include "guest/kvm/exits.h"
#include "guest/kvm/interrupts.h"
#include "guest/kvm/runtime.h"

#define REGISTER_STRIDE 8u
#define STRING_COUNT    8u
#define PAGE_BYTES      4096u
#define WINDOW_BYTES    (MINIVMM_WINDOW_PAGES * (size_t)PAGE_BYTES)

/* Slowdown that proves interpretation: far more than cache misses can cause. */
#define INTERPRETED_TIMES 20

#define CPUID_TSC_DEADLINE (1u << 24) /* leaf 1, ECX */
#define CPUID_TSC_ADJUST   (1u << 1)  /* leaf 7, EBX */

static const struct guest_machine *machine;

/* --- the probe --- */

static volatile uint64_t *control(unsigned reg)
{
    return (volatile uint64_t *)(MINIVMM_PROBE_CONTROL_BASE + reg);
}

static volatile uint32_t *mmio(enum minivmm_probe_way way)
{
    return (volatile uint32_t *)(MINIVMM_PROBE_BASE + way * REGISTER_STRIDE);
}

static uint16_t port(enum minivmm_probe_way way)
{
    return (uint16_t)(MINIVMM_PROBE_PORT + way * REGISTER_STRIDE);
}

static void out(enum minivmm_probe_way way, uint32_t value)
{
    __asm__ volatile("outl %0, %w1" ::"a"(value), "Nd"(port(way)));
}

static void in(enum minivmm_probe_way way)
{
    uint32_t value;

    __asm__ volatile("inl %w1, %0" : "=a"(value) : "Nd"(port(way)));
}

static void out_string(void)
{
    static const uint32_t values[STRING_COUNT];
    const uint32_t *from = values;
    uint64_t count = STRING_COUNT;

    __asm__ volatile("rep outsl" : "+S"(from), "+c"(count) : "d"(port(MINIVMM_PROBE_USER)));
}

/* Number of delivered accesses when the row began. */
static uint64_t before;

/* The number of operations that were not delivered, or delivered more than once. */
static uint64_t miscount(uint64_t delivered, uint64_t ops)
{
    return delivered > ops ? delivered - ops : ops - delivered;
}

#define DELIVERED(name, side, way)                                                               \
    static void begin_##name(void)                                                               \
    {                                                                                            \
        before = *control(MINIVMM_CONTROL_##side + (way)*REGISTER_STRIDE);                       \
    }                                                                                            \
    static uint64_t wrong_##name(uint64_t ops)                                                   \
    {                                                                                            \
        return miscount(*control(MINIVMM_CONTROL_##side + (way)*REGISTER_STRIDE) - before, ops); \
    }

DELIVERED(mmio, MMIO, MINIVMM_PROBE_USER)
DELIVERED(mmio_event, MMIO, MINIVMM_PROBE_EVENT)
DELIVERED(mmio_match, MMIO, MINIVMM_PROBE_MATCH)
DELIVERED(mmio_coalesced, MMIO, MINIVMM_PROBE_COALESCED)
DELIVERED(pio, PIO, MINIVMM_PROBE_USER)
DELIVERED(pio_event, PIO, MINIVMM_PROBE_EVENT)
DELIVERED(pio_match, PIO, MINIVMM_PROBE_MATCH)
DELIVERED(pio_coalesced, PIO, MINIVMM_PROBE_COALESCED)

static uint64_t wrong_string(uint64_t ops)
{
    return wrong_pio(ops * STRING_COUNT);
}

static bool has_way(unsigned way)
{
    static uint64_t ways;

    if (!ways)
        ways = *control(MINIVMM_CONTROL_WAYS);
    return ways >> way & 1;
}

#define MISSING(name, condition, reason)                     \
    static const char *missing_##name(const struct env *env) \
    {                                                        \
        (void)env;                                           \
        return (condition) ? NULL : reason;                  \
    }

MISSING(mmio_event, has_way(MINIVMM_PROBE_EVENT), "this KVM has no ioeventfd for MMIO")
MISSING(mmio_match, has_way(MINIVMM_PROBE_MATCH), "this KVM has no ioeventfd datamatch for MMIO")
MISSING(mmio_coalesced, has_way(MINIVMM_PROBE_COALESCED), "this KVM has no coalesced MMIO")
MISSING(pio_event, has_way(8 + MINIVMM_PROBE_EVENT), "this KVM has no ioeventfd for ports")
MISSING(pio_match, has_way(8 + MINIVMM_PROBE_MATCH),
        "this KVM has no ioeventfd datamatch for ports")
MISSING(pio_coalesced, has_way(8 + MINIVMM_PROBE_COALESCED), "this KVM has no coalesced PIO")
MISSING(kernel_port, false,
        "KVM handles no I/O port with a split irqchip (no PIC or PIT in the kernel)")

/* --- loops --- */

#define LOOP(name, statement)                             \
    static void loop_##name(uint64_t n, unsigned rounds)  \
    {                                                     \
        for (; n; n--) {                                  \
            statement;                                    \
            exits_work(rounds);                           \
        }                                                 \
    }                                                     \
    static void stamp_##name(uint64_t *taken, unsigned n) \
    {                                                     \
        for (unsigned i = 0; i < n; i++) {                \
            uint64_t start = ticks();                     \
                                                          \
            statement;                                    \
            taken[i] = ticks() - start;                   \
        }                                                 \
    }

/* Wrong results of the operations since the row began. */
static uint64_t errors;

static void begin_errors(void)
{
    errors = 0;
}

static uint64_t count_errors(uint64_t ops)
{
    (void)ops;
    return errors;
}

static void do_cpuid(void)
{
    static unsigned first;
    unsigned a, b, c, d;

    __cpuid(0, a, b, c, d);
    if (!first)
        first = a;
    errors += a != first;
}

static void do_rdtsc(void)
{
    static uint64_t last;
    uint64_t now = __builtin_ia32_rdtsc();

    errors += now < last;
    last = now;
}

LOOP(mmio_write, *mmio(MINIVMM_PROBE_USER) = 1)
LOOP(mmio_read, errors += *mmio(MINIVMM_PROBE_USER))
LOOP(mmio_event, *mmio(MINIVMM_PROBE_EVENT) = 1)
LOOP(mmio_match, *mmio(MINIVMM_PROBE_MATCH) = MINIVMM_PROBE_VALUE)
LOOP(mmio_coalesced, *mmio(MINIVMM_PROBE_COALESCED) = 1)
LOOP(pio_out, out(MINIVMM_PROBE_USER, 1))
LOOP(pio_in, in(MINIVMM_PROBE_USER))
LOOP(pio_string, out_string())
LOOP(pio_event, out(MINIVMM_PROBE_EVENT, 1))
LOOP(pio_match, out(MINIVMM_PROBE_MATCH, MINIVMM_PROBE_VALUE))
LOOP(pio_coalesced, out(MINIVMM_PROBE_COALESCED, 1))
LOOP(cpuid, do_cpuid())
LOOP(rdtsc, do_rdtsc())
LOOP(pause, cpu_relax())
LOOP(trap, errors += ring0_call(RING0_NOTHING, n, 0) != n + 1)

/* --- ring 0 --- */

static void repeat(enum ring0_op op, uint64_t n, unsigned rounds)
{
    if (!rounds) {
        errors += ring0_call(RING0_LOOP, op, n);
        return;
    }
    for (; n; n--) {
        errors += ring0_call(RING0_LOOP, op, 1);
        exits_work(rounds);
    }
}

#define RING0_LOOP_OF(name, op)                          \
    static void loop_##name(uint64_t n, unsigned rounds) \
    {                                                    \
        repeat(op, n, rounds);                           \
    }

RING0_LOOP_OF(ring0_nothing, RING0_OP_NOTHING)
RING0_LOOP_OF(rdmsr, RING0_OP_RDMSR)
RING0_LOOP_OF(wrmsr, RING0_OP_WRMSR)
RING0_LOOP_OF(oneshot, RING0_OP_ONESHOT)
RING0_LOOP_OF(deadline, RING0_OP_DEADLINE)
RING0_LOOP_OF(remap, RING0_OP_REMAP)

#define MSR_TSC_ADJUST 0x3b

/* TSC_ADJUST when a row began. */
static uint64_t adjust;

static void begin_msr(void)
{
    errors = 0;
    adjust = ring0_call(RING0_RDMSR, MSR_TSC_ADJUST, 0);
    ring0_call(RING0_EXPECT, adjust, 0);
}

static uint64_t wrong_msr(uint64_t ops)
{
    (void)ops;
    return errors + (ring0_call(RING0_RDMSR, MSR_TSC_ADJUST, 0) != adjust);
}

/* Select the mode of the timer before a row, disarm the timer after it. */
static void begin_oneshot(void)
{
    errors = 0;
    ring0_call(RING0_ONESHOT, 0, 0);
}

static uint64_t wrong_oneshot(uint64_t ops)
{
    ring0_call(RING0_ONESHOT, 0, 0);
    return count_errors(ops);
}

static void begin_deadline(void)
{
    errors = 0;
    ring0_call(RING0_DEADLINE, 0, 0);
}

static uint64_t wrong_deadline(uint64_t ops)
{
    ring0_call(RING0_DEADLINE, 0, 0);
    return count_errors(ops);
}

/* The minimum of a few tries, in case the vCPU is preempted during one. */
static uint64_t least_ticks(void (*loop)(uint64_t, unsigned), uint64_t n)
{
    uint64_t least = UINT64_MAX;

    for (unsigned i = 0; i < 5; i++) {
        uint64_t start = ticks(), took;

        loop(n, 0);
        took = ticks() - start;
        least = took < least ? took : least;
    }
    return least;
}

static bool ring0_interpreted(void)
{
    enum { LOOPS = 5000 };
    static int known = -1;

    if (known < 0)
        known = least_ticks(loop_ring0_nothing, LOOPS) >
                INTERPRETED_TIMES * least_ticks(exits_nothing, LOOPS);
    return known;
}

static double trap(void)
{
    enum { TRAPS = 200 };
    static double known;

    if (known == 0)
        known = (double)least_ticks(loop_trap, TRAPS) / TRAPS;
    return known;
}

static bool has_cpuid(unsigned leaf, bool in_ecx, unsigned bit)
{
    unsigned a, b, c, d;

    return __get_cpuid_count(leaf, 0, &a, &b, &c, &d) && (in_ecx ? c : b) & bit;
}

MISSING(tsc_adjust, has_cpuid(7, false, CPUID_TSC_ADJUST), "CPUID has no TSC_ADJUST")
MISSING(deadline, has_cpuid(1, true, CPUID_TSC_DEADLINE), "CPUID has no TSC-deadline timer")

/* --- the page window --- */

static uint64_t faults_before;

/* Allocate the pages for the page window; each begins with its address. */
static void prepare_window(struct bench_run *run)
{
    uint8_t *pages = bench_alloc(run, WINDOW_BYTES);

    for (unsigned i = 0; i < MINIVMM_WINDOW_PAGES; i++)
        *(uint64_t *)(pages + i * PAGE_BYTES) = (uintptr_t)pages + i * PAGE_BYTES;
    ring0_call(RING0_WINDOW, machine->window, (uintptr_t)pages);
}

static void begin_faults(void)
{
    errors = 0;
    faults_before = guest_local()->faults;
}

static const char *missing_window(const struct env *env)
{
    return env->arena_bytes < 2 * WINDOW_BYTES ? "not enough memory" : NULL;
}

/* Touch pages that are not present; once all have been touched, ring 0 clears them again. */
static void fault(uint64_t n, unsigned rounds, bool touch)
{
    unsigned page = MINIVMM_WINDOW_PAGES;

    for (; n; n--) {
        if (page == MINIVMM_WINDOW_PAGES) {
            ring0_call(RING0_WINDOW_CLEAR, n, 0);
            page = 0;
        }
        if (touch)
            errors += !*(volatile uint64_t *)(MINIVMM_WINDOW_BASE + page * PAGE_BYTES);
        page++;
        exits_work(rounds);
    }
}

static void loop_fault(uint64_t n, unsigned rounds)
{
    fault(n, rounds, true);
}

static void base_fault(uint64_t n, unsigned rounds)
{
    fault(n, rounds, false);
}

static uint64_t wrong_faults(uint64_t ops)
{
    return errors + miscount(guest_local()->faults - faults_before, ops);
}

/* --- the table --- */

#define RING3(function) .loop = loop_##function, .base = exits_nothing, .stamp = stamp_##function
/* The base includes the trap to ring 0, so the result excludes it. */
#define RING0(function) .less_trap = true, .loop = loop_##function, .base = loop_ring0_nothing

static const struct exits_op table[] = {
    {"exits.pio.out", "outl", CHANNEL_BY_VMM, "pio_out", 3, .begin = begin_pio, .wrong = wrong_pio,
     RING3(pio_out)},
    {"exits.pio.in", "inl", CHANNEL_BY_VMM, "pio_in", 3, .begin = begin_pio, .wrong = wrong_pio,
     RING3(pio_in)},
    {"exits.pio.string", "outsl*8", CHANNEL_BY_VMM, "pio_out", 3, .begin = begin_pio,
     .wrong = wrong_string, RING3(pio_string)},
    {"exits.pio.event", "outl", CHANNEL_BY_KVM, "ioeventfd", 3, .missing = missing_pio_event,
     .begin = begin_pio_event, .wrong = wrong_pio_event, RING3(pio_event)},
    {"exits.pio.match", "outl", CHANNEL_BY_KVM, "ioeventfd", 3, .missing = missing_pio_match,
     .begin = begin_pio_match, .wrong = wrong_pio_match, RING3(pio_match)},
    {"exits.pio.coalesced", "outl", CHANNEL_BY_KVM, "coalesced_pio", 3,
     .missing = missing_pio_coalesced, .begin = begin_pio_coalesced, .wrong = wrong_pio_coalesced,
     RING3(pio_coalesced)},
    {"exits.pio.kernel", "inl", CHANNEL_BY_KVM, "pio", 3, .missing = missing_kernel_port},
    {"exits.mmio.write", "mov", CHANNEL_BY_VMM, "mmio_write", 3, .begin = begin_mmio,
     .wrong = wrong_mmio, RING3(mmio_write)},
    {"exits.mmio.read", "mov", CHANNEL_BY_VMM, "mmio_read", 3, .begin = begin_mmio,
     .wrong = wrong_mmio, RING3(mmio_read)},
    {"exits.mmio.event", "mov", CHANNEL_BY_KVM, "ioeventfd", 3, .missing = missing_mmio_event,
     .begin = begin_mmio_event, .wrong = wrong_mmio_event, RING3(mmio_event)},
    {"exits.mmio.match", "mov", CHANNEL_BY_KVM, "ioeventfd", 3, .missing = missing_mmio_match,
     .begin = begin_mmio_match, .wrong = wrong_mmio_match, RING3(mmio_match)},
    {"exits.mmio.coalesced", "mov", CHANNEL_BY_KVM, "coalesced_mmio", 3,
     .missing = missing_mmio_coalesced, .begin = begin_mmio_coalesced,
     .wrong = wrong_mmio_coalesced, RING3(mmio_coalesced)},
    {"exits.cpuid", "cpuid", CHANNEL_BY_KVM, "cpuid", 3, .begin = begin_errors,
     .wrong = count_errors, RING3(cpuid)},
    {"exits.rdtsc", "rdtsc", CHANNEL_BY_GUEST, "none", 3, .begin = begin_errors,
     .wrong = count_errors, RING3(rdtsc)},
    {"exits.pause", "pause", CHANNEL_BY_GUEST, "none", 3, .begin = begin_errors,
     .wrong = count_errors, RING3(pause)},
    {"exits.rdmsr", "rdmsr", CHANNEL_BY_KVM, "rdmsr", 0, .missing = missing_tsc_adjust,
     .begin = begin_msr, .wrong = wrong_msr, RING0(rdmsr)},
    {"exits.wrmsr", "wrmsr", CHANNEL_BY_KVM, "wrmsr", 0, .missing = missing_tsc_adjust,
     .begin = begin_msr, .wrong = wrong_msr, RING0(wrmsr)},
    {"exits.ipi.self", "wrmsr", CHANNEL_BY_MACHINE, "wrmsr", 0, .begin = interrupts_begin,
     .wrong = interrupts_wrong, .less_trap = true, .loop = interrupts_self_ipi, .base = loop_trap},
    {"exits.ipi.spinning", "ipi", CHANNEL_BY_MACHINE, "wrmsr", 0, .prepare = interrupts_meet,
     .begin = interrupts_begin, .wrong = interrupts_early, .once = interrupts_ipi,
     .partner = interrupts_answer, .release = interrupts_release},
    {"exits.ipi.halted", "ipi", CHANNEL_BY_MACHINE, "wrmsr", 0, .prepare = interrupts_meet,
     .begin = interrupts_begin, .wrong = interrupts_early, .once = interrupts_ipi_halted,
     .partner = interrupts_answer_halted, .release = interrupts_release},
    {"exits.timer.oneshot", "wrmsr", CHANNEL_BY_KVM, "wrmsr", 0, .begin = begin_oneshot,
     .wrong = wrong_oneshot, RING0(oneshot)},
    {"exits.timer.deadline", "wrmsr", CHANNEL_BY_KVM, "wrmsr", 0, .missing = missing_deadline,
     .begin = begin_deadline, .wrong = wrong_deadline, RING0(deadline)},
    {"exits.late.oneshot", "interrupt", CHANNEL_BY_MACHINE, "interrupt", 3,
     .begin = interrupts_begin, .wrong = interrupts_wrong, .once = interrupts_oneshot},
    {"exits.late.deadline", "interrupt", CHANNEL_BY_MACHINE, "interrupt", 3,
     .missing = missing_deadline, .begin = interrupts_begin, .wrong = interrupts_wrong,
     .once = interrupts_deadline},
    {"exits.late.hlt", "interrupt", CHANNEL_BY_MACHINE, "hlt", 0, .begin = interrupts_begin,
     .wrong = interrupts_wrong, .once = interrupts_hlt},
    {"exits.irqfd.spinning", "interrupt", CHANNEL_BY_MACHINE, "interrupt", 3,
     .begin = interrupts_begin, .wrong = interrupts_wrong, .once = interrupts_irqfd},
    {"exits.irqfd.halted", "interrupt", CHANNEL_BY_MACHINE, "hlt", 0, .begin = interrupts_begin,
     .wrong = interrupts_wrong, .once = interrupts_irqfd_halted},
    {"exits.trap", "trap", CHANNEL_BY_GUEST, "none", 0, .begin = begin_errors,
     .wrong = count_errors, RING3(trap)},
    {"exits.fault", "page_fault", CHANNEL_BY_GUEST, "none", 0, .missing = missing_window,
     .prepare = prepare_window, .begin = begin_faults, .wrong = wrong_faults, .loop = loop_fault,
     .base = base_fault},
    {"exits.remap", "pte+invlpg", CHANNEL_BY_MACHINE, "invlpg", 0, .missing = missing_window,
     .prepare = prepare_window, .begin = begin_errors, .wrong = count_errors, RING0(remap)},
};

static void keep_times(bool keep)
{
    *control(MINIVMM_CONTROL_TIMES) = keep;
}

static void bare(uint64_t count)
{
    *control(MINIVMM_CONTROL_WORK) =
        (uint64_t)MINIVMM_WORK_BARE << MINIVMM_CONTROL_WORK_SHIFT | count;
}

static uint64_t work(unsigned kind, uint64_t count)
{
    *control(MINIVMM_CONTROL_WORK) = (uint64_t)kind << MINIVMM_CONTROL_WORK_SHIFT | count;
    return *control(MINIVMM_CONTROL_WORK);
}

const struct exits *exits_begin(const struct guest_machine *found)
{
    static const struct exits exits = {
        .op = table,
        .ops = sizeof(table) / sizeof(table[0]),
        .ring0_interpreted = ring0_interpreted,
        .trap = trap,
        .keep_times = keep_times,
        .work = work,
        .bare = bare,
    };

    machine = found;
    interrupts_init(found->tsc_hz);
    return &exits;
}
