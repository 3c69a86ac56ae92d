/* SPDX-License-Identifier: MIT */
/* Trap handling in ring 0. Compiled without vector instructions. */
#include <stdbool.h>

#include "guest/kvm/ring0.h"

#define HLT_BYTES 1

#define MSR_TSC_ADJUST        0x3b
#define MSR_TSC_DEADLINE      0x6e0
#define MSR_X2APIC_EOI        0x80b
#define MSR_X2APIC_ICR        0x830
#define MSR_X2APIC_LVT_TIMER  0x832
#define MSR_X2APIC_TIMER_INIT 0x838
#define MSR_X2APIC_TIMER_DIV  0x83e
#define MSR_X2APIC_SELF_IPI   0x83f
#define MSR_EFER              0xc0000080

#define TIMER_DIV_1    0xb
#define TIMER_DEADLINE (2u << 17)
#define FAR_AHEAD      (1ull << 62)

#define EFER_NXE (1ull << 11)

#define PTE_PRESENT 1ull
#define PTE_FLAGS   0x66ull /* writable, user, accessed, dirty */
#define PTE_NX      (1ull << 63)
#define PAGE_BYTES  4096u

extern const char ring0_call_instruction[], ring0_sleep_instruction[];

void ring0_sleep(void);

void ring0_trap(struct trap_frame *frame, struct percpu *percpu);

static uint64_t rdmsr(uint32_t msr)
{
    uint32_t low, high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (uint64_t)high << 32 | low;
}

static void wrmsr(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr" ::"c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
                     : "memory");
}

static uint32_t interrupts_of(const struct cpu_local *local)
{
    return __atomic_load_n(&local->interrupts, __ATOMIC_RELAXED);
}

/* Interrupts are disabled in ring 0, so none can arrive between the comparison and the halt. */
static void sleep_while(const struct cpu_local *local, uint32_t seen)
{
    if (interrupts_of(local) == seen)
        ring0_sleep();
}

static uint64_t read_cr2(void)
{
    uint64_t value;

    __asm__ volatile("mov %%cr2, %0" : "=r"(value));
    return value;
}

/* KVM's APIC timer counts at 1 GHz, so its ticks are nanoseconds. */
static uint64_t set_oneshot(uint64_t ns)
{
    uint64_t before;

    wrmsr(MSR_X2APIC_LVT_TIMER, VECTOR_INTERRUPT);
    wrmsr(MSR_X2APIC_TIMER_DIV, TIMER_DIV_1);
    before = __builtin_ia32_rdtsc();
    wrmsr(MSR_X2APIC_TIMER_INIT, ns);
    return before;
}

static void set_deadline(uint64_t tsc)
{
    wrmsr(MSR_X2APIC_LVT_TIMER, TIMER_DEADLINE | VECTOR_INTERRUPT);
    wrmsr(MSR_TSC_DEADLINE, tsc);
}

static void flush(uint64_t address)
{
    __asm__ volatile("invlpg (%0)" ::"r"(address) : "memory");
}

static void set_window(struct percpu *percpu, uint64_t table, uint64_t page)
{
    uint64_t nx = rdmsr(MSR_EFER) & EFER_NXE ? PTE_NX : 0;

    percpu->window = (uint64_t *)table;
    for (unsigned i = 0; i < MINIVMM_WINDOW_PAGES; i++) {
        percpu->window[i] = (page + i * PAGE_BYTES) | PTE_FLAGS | nx;
        flush(MINIVMM_WINDOW_BASE + i * PAGE_BYTES);
    }
    for (unsigned i = 0; i < 2; i++)
        percpu->page[i] = percpu->window[i] | PTE_PRESENT;
}

static void clear_window(struct percpu *percpu, uint64_t pages)
{
    for (uint64_t i = 0; i < pages && i < MINIVMM_WINDOW_PAGES; i++) {
        percpu->window[i] &= ~PTE_PRESENT;
        flush(MINIVMM_WINDOW_BASE + i * PAGE_BYTES);
    }
}

static uint64_t remap(struct percpu *percpu, uint64_t count)
{
    uint64_t wrong = 0;

    for (; count; count--) {
        uint64_t other = percpu->page[percpu->window[0] == percpu->page[0]];

        percpu->window[0] = other;
        flush(MINIVMM_WINDOW_BASE);
        wrong +=
            *(volatile uint64_t *)MINIVMM_WINDOW_BASE != (other & ~PTE_NX & -(uint64_t)PAGE_BYTES);
    }
    return wrong;
}

/* Nothing but the operation: all exits in here are charged to it. */
static uint64_t repeat(struct percpu *percpu, enum ring0_op op, uint64_t count)
{
    uint64_t wrong = 0;

    switch (op) {
    case RING0_OP_NOTHING:
        for (; count; count--)
            __asm__ volatile("");
        break;
    case RING0_OP_RDMSR:
        for (; count; count--)
            wrong += rdmsr(MSR_TSC_ADJUST) != percpu->expected;
        break;
    case RING0_OP_WRMSR:
        for (; count; count--)
            wrmsr(MSR_TSC_ADJUST, percpu->expected);
        break;
    case RING0_OP_ONESHOT:
        for (; count; count--)
            wrmsr(MSR_X2APIC_TIMER_INIT, UINT32_MAX);
        break;
    case RING0_OP_DEADLINE:
        for (; count; count--)
            wrmsr(MSR_TSC_DEADLINE, FAR_AHEAD);
        break;
    case RING0_OP_REMAP:
        wrong = remap(percpu, count);
        break;
    }
    return wrong;
}

/* Handle a page fault in the page window. Returns whether it was one. */
static bool handle_window_fault(const struct trap_frame *frame, struct percpu *percpu)
{
    uint64_t page = (read_cr2() - MINIVMM_WINDOW_BASE) / PAGE_BYTES;

    if (!percpu->window || page >= MINIVMM_WINDOW_PAGES || frame->error & PTE_PRESENT)
        return false;
    percpu->window[page] |= PTE_PRESENT;
    percpu->local->faults++;
    return true;
}

static void serve(struct trap_frame *frame, struct percpu *percpu)
{
    switch (frame->rax) {
    case RING0_RDMSR:
        frame->rax = rdmsr((uint32_t)frame->rsi);
        break;
    case RING0_WRMSR:
        wrmsr((uint32_t)frame->rsi, frame->rdx);
        break;
    case RING0_SLEEP:
        sleep_while(percpu->local, (uint32_t)frame->rsi);
        break;
    case RING0_NOTHING:
        frame->rax = frame->rsi + 1;
        break;
    case RING0_LOOP:
        frame->rax = repeat(percpu, frame->rsi, frame->rdx);
        break;
    case RING0_SELF_IPI:
        wrmsr(MSR_X2APIC_SELF_IPI, VECTOR_INTERRUPT);
        break;
    case RING0_IPI:
        frame->rax = __builtin_ia32_rdtsc();
        wrmsr(MSR_X2APIC_ICR, frame->rsi << 32 | VECTOR_INTERRUPT);
        break;
    case RING0_ONESHOT:
        frame->rax = set_oneshot(frame->rsi);
        break;
    case RING0_DEADLINE:
        set_deadline(frame->rsi);
        break;
    case RING0_WINDOW:
        set_window(percpu, frame->rsi, frame->rdx);
        break;
    case RING0_WINDOW_CLEAR:
        clear_window(percpu, frame->rsi);
        break;
    case RING0_EXPECT:
        percpu->expected = frame->rsi;
        break;
    }
    frame->rip += HLT_BYTES;
}

/* Report an unexpected exception to the VMM, which ends the run. */
static void report_fault(const struct trap_frame *frame, struct percpu *percpu)
{
    struct channel_record *record = &percpu->record;
    const uint64_t regs[16] = {
        frame->rax, frame->rbx, frame->rcx, frame->rdx, frame->rsi, frame->rdi,
        frame->rbp, frame->rsp, frame->r8,  frame->r9,  frame->r10, frame->r11,
        frame->r12, frame->r13, frame->r14, frame->r15,
    };

    record->type = CHANNEL_FAULT;
    record->fault.vector = (uint32_t)frame->vector;
    record->fault.vcpu = percpu->local->id;
    record->fault.error = frame->error;
    record->fault.address = frame->vector == VECTOR_PF ? read_cr2() : 0;
    record->fault.rip = frame->rip;
    record->fault.cs = frame->cs;
    record->fault.rflags = frame->rflags;
    for (unsigned i = 0; i < 16; i++)
        record->fault.regs[i] = regs[i];
    *(volatile uint64_t *)(MINIVMM_CHANNEL_BASE + MINIVMM_CHANNEL_DOORBELL) =
        1ull << MINIVMM_CHANNEL_COUNT_SHIFT | (uint64_t)record;
    for (;;)
        __asm__ volatile("cli; hlt");
}

void ring0_trap(struct trap_frame *frame, struct percpu *percpu)
{
    if (frame->vector >= VECTOR_INTERRUPT) {
        __atomic_store_n(&percpu->local->interrupts, percpu->local->interrupts + 1,
                         __ATOMIC_RELAXED);
        if (frame->rip == (uint64_t)ring0_sleep_instruction)
            frame->rip += HLT_BYTES;
        if (frame->vector != VECTOR_SPURIOUS)
            wrmsr(MSR_X2APIC_EOI, 0);
    } else if (frame->vector == VECTOR_GP && frame->rip == (uint64_t)ring0_call_instruction) {
        serve(frame, percpu);
    } else if (frame->vector == VECTOR_PF && handle_window_fault(frame, percpu)) {
        return;
    } else {
        report_fault(frame, percpu);
    }
}
