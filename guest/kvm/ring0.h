/* SPDX-License-Identifier: MIT */
/*
 * The guest's ring 0: the interface between ring0.S, ring0.c and the program in ring 3.
 *
 * Ring 0 is minimal, since some hypervisors interpret it: it sets up descriptor tables, starts the
 * program in ring 3, counts interrupts, performs the few privileged operations and reports
 * unexpected exceptions. The VMM builds the page tables.
 *
 * The bottom of each vCPU's ring-0 stack page holds its struct percpu; code on that stack finds it
 * by rounding the stack pointer down.
 */
#ifndef KVM_RING0_H
#define KVM_RING0_H

#include "minivmm/abi.h"

/* Selectors. */
#define RING0_CS 0x08
#define RING0_DS 0x10
#define RING3_CS 0x1b
#define RING3_DS 0x23
#define TSS      0x28

/* Offsets in struct percpu. */
#define PERCPU_GDT    0
#define PERCPU_TSS    64
#define PERCPU_LOCAL  304
#define TSS_IO_BITMAP 104
#define TSS_BYTES     (TSS_IO_BITMAP + MINIVMM_PORT_END / 8 + 1)

/* Ring-3 memory per vCPU, after the last segment: a stack with a struct cpu_local above it. */
#define USER_BYTES      0x10000
#define CPU_LOCAL_BYTES 128

/* Vectors. */
#define VECTOR_GP        13
#define VECTOR_PF        14
#define VECTOR_INTERRUPT 32 /* the first vector that is not an exception */
#define VECTOR_SPURIOUS  255

#ifndef __ASSEMBLER__

#include "minivmm/channel.h"

/* Per-vCPU data of ring 3, at the FS base. */
struct cpu_local {
    struct cpu_local *self; /* at %fs:0, as the x86-64 TLS ABI requires */
    unsigned id;            /* vCPU index */
    uint32_t interrupts;    /* taken so far; incremented by ring 0, waited on with RING0_SLEEP */
    uint64_t faults;        /* page faults in the page window that ring 0 has handled */
    uint64_t reserved[2];
    uint64_t stack_guard; /* at %fs:0x28, for compilers' stack protectors */
};

/* Per-vCPU data of ring 0. */
struct percpu {
    uint64_t gdt[8];
    uint8_t tss[240];
    struct cpu_local *local;
    uint64_t expected; /* value of TSC_ADJUST set by RING0_EXPECT */
    uint64_t page[2];  /* page-table entries of the first two pages for the page window */
    uint64_t *window;  /* page table of MINIVMM_WINDOW_BASE; NULL before RING0_WINDOW */
    struct channel_record record;
};

_Static_assert(sizeof(struct cpu_local) <= CPU_LOCAL_BYTES, "CPU_LOCAL_BYTES is too small");
_Static_assert(__builtin_offsetof(struct cpu_local, stack_guard) == 0x28, "TLS ABI");
_Static_assert(__builtin_offsetof(struct percpu, tss) == PERCPU_TSS, "used in ring0.S");
_Static_assert(__builtin_offsetof(struct percpu, local) == PERCPU_LOCAL, "used in ring0.S");
_Static_assert(sizeof(struct percpu) < MINIVMM_STACK_BYTES / 2, "leaves no room for the stack");
_Static_assert(PERCPU_TSS + TSS_BYTES <= PERCPU_LOCAL, "the I/O bitmap overlaps `local`");

/* The stack frame that trap_common of ring0.S builds, from the lowest address up. */
struct trap_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
    uint64_t vector, error;
    uint64_t rip, cs, rflags, rsp, ss;
};

/* Services of ring 0, with their arguments. Without "returns", the return value is undefined. */
enum ring0_service {
    RING0_RDMSR,    /* a: MSR; returns its value */
    RING0_WRMSR,    /* a: MSR; b: value */
    RING0_SLEEP,    /* a: halt until an interrupt if cpu_local.interrupts equals this */
    RING0_NOTHING,  /* returns a + 1 */
    RING0_LOOP,     /* a: enum ring0_op; b: repeat count; returns the number of wrong results */
    RING0_SELF_IPI, /* send VECTOR_INTERRUPT to this vCPU, which takes it in ring 3 */
    /* a: APIC ID; send VECTOR_INTERRUPT to it; returns the TSC just before */
    RING0_IPI,
    /* a: ns until the APIC timer interrupts this vCPU, 0: disarm; returns the TSC just before */
    RING0_ONESHOT,
    RING0_DEADLINE, /* a: TSC at which the timer interrupts this vCPU, 0: disarm */
    /*
     * a: page table of the page window; b: address of MINIVMM_WINDOW_PAGES consecutive pages of
     * RAM to map there, each of which becomes present on its first page fault
     */
    RING0_WINDOW,
    RING0_WINDOW_CLEAR, /* a: number of pages, from the first, to make not present again */
    RING0_EXPECT,       /* a: value of TSC_ADJUST, for RING0_LOOP */
};

/* Operations of RING0_LOOP. */
enum ring0_op {
    RING0_OP_NOTHING,
    RING0_OP_RDMSR,    /* read TSC_ADJUST; wrong unless it has the expected value */
    RING0_OP_WRMSR,    /* write the expected value to TSC_ADJUST */
    RING0_OP_ONESHOT,  /* arm the timer, far ahead, in the mode of RING0_ONESHOT */
    RING0_OP_DEADLINE, /* arm the timer, far ahead, in the mode of RING0_DEADLINE */
    /*
     * Switch the first page of the page window between its first two pages of RAM: write the PTE,
     * INVLPG, read the page. Wrong unless it reads its own address, with which a page must begin.
     */
    RING0_OP_REMAP,
};

/*
 * ring0_call(): request a service of ring 0. The entry is a privileged instruction at a known
 * address, which raises #GP: SYSCALL does not work on every KVM back-end, and KVM intercepts
 * invalid opcodes.
 */
uint64_t ring0_call(enum ring0_service service, uint64_t a, uint64_t b);

#endif
#endif
