/* SPDX-License-Identifier: MIT */
/* What ring 0 does when it is entered. Compiled without vector instructions. */
#include "guest/kvm/ring0.h"

#define UD2_BYTES      2
#define MSR_X2APIC_EOI 0x80b

extern const char ring0_call_instruction[];

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

/*
 * Interrupts are off in here, so none can come between the look at the count and `hlt`, which
 * `sti` lets through before it takes one.
 */
static void sleep_while(const struct cpu_local *local, uint32_t seen)
{
    if (__atomic_load_n(&local->interrupts, __ATOMIC_RELAXED) == seen)
        __asm__ volatile("sti; hlt; cli" ::: "memory");
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
    }
    frame->rip += UD2_BYTES;
}

static uint64_t read_cr2(void)
{
    uint64_t value;

    __asm__ volatile("mov %%cr2, %0" : "=r"(value));
    return value;
}

/* Tell the VMM, which ends the run. */
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
        if (frame->vector != VECTOR_SPURIOUS)
            wrmsr(MSR_X2APIC_EOI, 0);
    } else if (frame->vector == VECTOR_UD && frame->rip == (uint64_t)ring0_call_instruction) {
        serve(frame, percpu);
    } else {
        report_fault(frame, percpu);
    }
}
