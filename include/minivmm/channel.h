/* SPDX-License-Identifier: MIT */
/*
 * The channel: how a guest tells the VMM what it does and what came of it.
 *
 * Records of a fixed size lie in guest memory; a 64-bit write to MINIVMM_CHANNEL_DOORBELL, the
 * device's one register, hands over a batch of them: the address of the first in bits 0-47 and
 * their number, 1 to MINIVMM_CHANNEL_BATCH_MAX, in bits 48-63. The records have been taken when the
 * write returns. A record that breaks the rules below ends the run.
 *
 * The order: PLAN once; then for each row BEGIN, END and CHECK, with SAMPLES, TIMES, one COST and
 * one IO anywhere between BEGIN and CHECK (or SKIP or FAIL instead of all of them, or after the last); EXIT last. WARN, LOG
 * and FAULT may come at any time. The VMM snapshots the counters of all vCPUs at BEGIN and END, so
 * the other vCPUs should be asleep then, and preparation and checking belong outside.
 *
 * A native run hands the same records to the same code, without the doorbell.
 */
#ifndef MINIVMM_CHANNEL_H
#define MINIVMM_CHANNEL_H

#include <stdint.h>

#define MINIVMM_CHANNEL_DOORBELL    0x00
#define MINIVMM_CHANNEL_COUNT_SHIFT 48
#define MINIVMM_CHANNEL_BATCH_MAX   64u

/* Numbers that guests are built with: new ones come last. */
enum channel_type {
    CHANNEL_PLAN = 1, /* what will be run */
    CHANNEL_BEGIN,    /* a row starts: the window opens */
    CHANNEL_SAMPLES,  /* measured values of the open row */
    CHANNEL_END,      /* the window closes */
    CHANNEL_CHECK,    /* whether the row's result is right: the row is complete */
    CHANNEL_SKIP,     /* a benchmark cannot be measured here, and why */
    CHANNEL_WARN,     /* something that a reader of the results must know */
    CHANNEL_LOG,      /* text for a person */
    CHANNEL_FAULT,    /* the guest cannot go on: an exception nobody expected */
    CHANNEL_EXIT,     /* the guest is done */
    CHANNEL_COST,     /* the open row measures an exit: of what kind */
    CHANNEL_TIMES,    /* round trips of single operations of the open row, in their order */
    CHANNEL_IO,       /* the open row's operations are I/O: how much, how deep, how long */
    CHANNEL_FAIL,     /* a benchmark was tried and failed, by an I/O error, and why: as SKIP */
    CHANNEL_TYPE_COUNT
};

enum channel_better {
    CHANNEL_HIGHER, /* a higher value is better */
    CHANNEL_LOWER,
};

#define CHANNEL_NAME_MAX    32
#define CHANNEL_UNIT_MAX    16
#define CHANNEL_PARAMS_MAX  64
#define CHANNEL_SAMPLES_MAX 30
#define CHANNEL_TEXT_MAX    240

/* Strings are terminated and printable ASCII (a log's text may hold newlines and tabs). */
struct channel_plan {
    uint32_t benches; /* how many rows of the table of benchmarks will be run */
};

struct channel_begin {
    uint32_t bench;   /* which of the planned ones this is, from 0 */
    uint32_t threads; /* how many vCPUs take part */
    uint32_t better;  /* enum channel_better */
    char name[CHANNEL_NAME_MAX];
    char params[CHANNEL_PARAMS_MAX]; /* "bs=4096,store=nt", no key twice; may be empty */
    char unit[CHANNEL_UNIT_MAX];     /* of the samples: "GB/s" */
    char op[CHANNEL_UNIT_MAX];       /* what one operation is: "update" */
};

struct channel_samples {
    uint32_t count; /* 1 to CHANNEL_SAMPLES_MAX */
    double value[CHANNEL_SAMPLES_MAX];
};

/* Who answers the operation that a row measures. */
enum channel_answer {
    CHANNEL_BY_VMM,     /* an exit to user space per operation, for the reason `exit` */
    CHANNEL_BY_KVM,     /* KVM itself; `exit` names what it answers */
    CHANNEL_BY_GUEST,   /* the guest itself */
    CHANNEL_BY_MACHINE, /* hardware or KVM, as this machine has it: no exit is claimed */
    CHANNEL_ANSWERS
};

struct channel_cost {
    uint32_t answer;      /* enum channel_answer */
    uint32_t ring;        /* in which the operation is executed: 0 or 3 */
    uint32_t interpreted; /* 1 if that ring's instructions are interpreted here, or 0 */
    char exit[CHANNEL_UNIT_MAX];
    double loop_ns; /* of the loop around each operation: subtracted from the samples */
    double trap_ns; /* of the way from ring 3 to ring 0 and back: not in the samples; 0: none */
};

/*
 * The row's operations that were timed one by one, in their order. If the VMM has kept the times of
 * `total` exits meanwhile (MINIVMM_CONTROL_TIMES), the first belongs to the first, and so on; if of
 * a multiple, each has so many.
 */
struct channel_times {
    uint32_t count; /* 1 to CHANNEL_SAMPLES_MAX */
    uint32_t total; /* in all TIMES of this row */
    uint64_t ticks[CHANNEL_SAMPLES_MAX];
};

/* The percentages at which CHANNEL_IO gives the latency. */
#define CHANNEL_IO_PERCENTILES                                \
    {                                                         \
        0, 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100 \
    }
#define CHANNEL_IO_POINTS 13

/* The operations of the window; completion latency is from submission until it was noticed. */
struct channel_io {
    uint64_t bytes; /* moved by all of them */
    double depth;   /* operations in flight, on average over the window */
    uint64_t ticks[CHANNEL_IO_POINTS];
};

struct channel_end {
    uint64_t ops;          /* operations done in the window */
    uint64_t window_ticks; /* its length by the TSC */
};

struct channel_check {
    uint32_t ok;                 /* 1 or 0 */
    char what[CHANNEL_NAME_MAX]; /* what was checked: "residual" */
    double value;                /* what was found */
    double limit;                /* the most that is right */
};

struct channel_skip {
    char name[CHANNEL_NAME_MAX];
    char reason[CHANNEL_TEXT_MAX - CHANNEL_NAME_MAX];
};

struct channel_warn {
    char code[CHANNEL_NAME_MAX]; /* for programs: "small_arrays" */
    char text[CHANNEL_TEXT_MAX - CHANNEL_NAME_MAX];
};

struct channel_log {
    char text[CHANNEL_TEXT_MAX];
};

/* The general registers in the order of struct channel_fault's regs. */
#define CHANNEL_FAULT_REGS                                                                       \
    {                                                                                            \
        "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", \
            "r13", "r14", "r15"                                                                  \
    }

struct channel_fault {
    uint32_t vector;
    uint32_t vcpu;
    uint64_t error;
    uint64_t address; /* CR2, of a page fault */
    uint64_t rip, cs, rflags;
    uint64_t regs[16];
};

struct channel_exit {
    uint32_t status; /* 0: all is well */
};

struct channel_record {
    uint32_t type; /* enum channel_type */
    uint32_t reserved;
    union {
        struct channel_plan plan;
        struct channel_begin begin;
        struct channel_samples samples;
        struct channel_cost cost;
        struct channel_times times;
        struct channel_io io;
        struct channel_end end;
        struct channel_check check;
        struct channel_skip skip;
        struct channel_warn warn;
        struct channel_log log;
        struct channel_fault fault;
        struct channel_exit exit;
        uint8_t raw[248];
    };
};

_Static_assert(sizeof(struct channel_record) == 256, "records have a fixed size");

#endif
