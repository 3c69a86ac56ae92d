/* SPDX-License-Identifier: MIT */
/*
 * The guest's ring 0: what ring0.S, ring0.c and the program in ring 3 agree on.
 *
 * Ring 0 is kept as small as it can be, since some hypervisors interpret it: it sets up descriptor
 * tables, starts the program in ring 3, counts interrupts, does the few things that need privilege,
 * and reports a fault that nobody expected. Page tables are the VMM's work.
 *
 * The bottom of each vCPU's ring-0 stack page holds its struct percpu; whoever runs on that stack
 * finds it by rounding the stack pointer down.
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

/* Memory of ring 3 per vCPU, behind the last segment: a stack with a struct cpu_local on top. */
#define USER_BYTES      0x10000
#define CPU_LOCAL_BYTES 128

/* Vectors. */
#define VECTOR_GP        13
#define VECTOR_PF        14
#define VECTOR_INTERRUPT 32 /* the first that is an interrupt's */
#define VECTOR_SPURIOUS  255

#ifndef __ASSEMBLER__

#include "minivmm/channel.h"

/* At the FS base of the program: what each vCPU knows of itself, writable by ring 3. */
struct cpu_local {
    struct cpu_local *self; /* where C libraries expect it */
    unsigned id;
    uint32_t interrupts; /* taken so far; ring 0 counts them, ring 3 may sleep until it changes */
    uint64_t faults;     /* page faults in the window that ring 0 has mended */
    uint64_t reserved[2];
    uint64_t stack_guard; /* at offset 0x28, where a compiler looks for it */
};

struct percpu {
    uint64_t gdt[8];
    uint8_t tss[240];
    struct cpu_local *local;
    uint64_t expected; /* TSC_ADJUST, as RING0_EXPECT gave it */
    uint64_t page[2];  /* the window's first two pages of RAM, as entries of its table */
    uint64_t *window;  /* the page table of MINIVMM_WINDOW_BASE, once RING0_WINDOW has set it up */
    struct channel_record record;
};

_Static_assert(sizeof(struct cpu_local) <= CPU_LOCAL_BYTES, "fits");
_Static_assert(__builtin_offsetof(struct cpu_local, stack_guard) == 0x28, "the ABI's place");
_Static_assert(__builtin_offsetof(struct percpu, tss) == PERCPU_TSS, "as ring0.S has it");
_Static_assert(__builtin_offsetof(struct percpu, local) == PERCPU_LOCAL, "as ring0.S has it");
_Static_assert(sizeof(struct percpu) < MINIVMM_STACK_BYTES / 2, "leaves room for the stack");
_Static_assert(PERCPU_TSS + TSS_BYTES <= PERCPU_LOCAL, "the I/O bitmap ends before");

/* What the stubs of ring0.S push, from the lowest address up. */
struct trap_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
    uint64_t vector, error;
    uint64_t rip, cs, rflags, rsp, ss;
};

/* What ring 3 can ask for, through ring0_call(). */
enum ring0_service {
    RING0_RDMSR,    /* a: the register; returns its value */
    RING0_WRMSR,    /* a: the register; b: the value */
    RING0_SLEEP,    /* a: wait for an interrupt if cpu_local.interrupts is still this */
    RING0_NOTHING,  /* returns a + 1 */
    RING0_LOOP,     /* a: enum ring0_op; b: how often; returns how many went wrong */
    RING0_SELF_IPI, /* sends this vCPU VECTOR_INTERRUPT, to be taken in ring 3 */
    /* a: an APIC id; sends it VECTOR_INTERRUPT; returns the TSC just before */
    RING0_IPI,
    /* a: ns, 0: none; interrupts this vCPU then, by the APIC's timer; returns the TSC just before
     */
    RING0_ONESHOT,
    RING0_DEADLINE, /* a: a TSC value, 0: none; interrupts this vCPU then */
    /*
     * a: the window's page table; b: the first of MINIVMM_WINDOW_PAGES pages of RAM for it, none
     * of which is present until it is touched
     */
    RING0_WINDOW,
    RING0_WINDOW_CLEAR, /* a: how many of them, from the first, are made absent again */
    RING0_EXPECT,       /* a: what TSC_ADJUST is, for RING0_LOOP */
};

/* What RING0_LOOP repeats. */
enum ring0_op {
    RING0_OP_NOTHING,
    RING0_OP_RDMSR,    /* TSC_ADJUST, wrong if it is not as expected */
    RING0_OP_WRMSR,    /* the expected value */
    RING0_OP_ONESHOT,  /* the timer set, far ahead, in the mode of RING0_ONESHOT */
    RING0_OP_DEADLINE, /* and in that of RING0_DEADLINE */
    /*
     * The window's first page mapped to its first and to its second page of RAM in turn, `invlpg`,
     * and a look: each page begins with its address.
     */
    RING0_OP_REMAP,
};

/*
 * ring0_call(): have ring 0 do something. It is a trap: `syscall` is not available on every
 * back-end of KVM, and KVM itself looks at invalid instructions, so that a privileged one at a
 * known place is the way in.
 */
uint64_t ring0_call(enum ring0_service service, uint64_t a, uint64_t b);

#endif
#endif
