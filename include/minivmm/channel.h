/* SPDX-License-Identifier: MIT */
/*
 * The channel device ("minivmm,channel"): a guest reports its progress and results to the VMM.
 *
 * Records have a fixed size and lie in guest RAM. A 64-bit write to MINIVMM_CHANNEL_DOORBELL, the
 * only register, submits a batch of them: bits 0-47 hold the address of the first, bits 48-63 their
 * number, 1 to MINIVMM_CHANNEL_BATCH_MAX. The VMM has copied the records when the write completes.
 * A record that breaks the rules below ends the run with an error.
 *
 * Order: PLAN first, at most once; for each row of results BEGIN, END, CHECK; EXIT last. SAMPLES
 * and TIMES, and at most one COST and one IO per row, come between its BEGIN and its CHECK; a row
 * has at least one sample. SKIP and FAIL come between rows. WARN, LOG and FAULT are valid at any
 * time; nothing may follow FAULT or EXIT.
 *
 * The time from BEGIN to END is the measurement window of the row: the VMM snapshots the counters
 * of all vCPUs at both ends, when the other vCPUs should be asleep. Set-up and verification belong
 * outside the window.
 *
 * A native run passes the same records to the same code, without the doorbell.
 */
#ifndef MINIVMM_CHANNEL_H
#define MINIVMM_CHANNEL_H

#include <stdint.h>

#define MINIVMM_CHANNEL_DOORBELL    0x00
#define MINIVMM_CHANNEL_COUNT_SHIFT 48
#define MINIVMM_CHANNEL_BATCH_MAX   64u

/* Part of the ABI: append new types at the end. */
enum channel_type {
    CHANNEL_PLAN = 1, /* number of benchmarks to run */
    CHANNEL_BEGIN,    /* opens a row and its measurement window */
    CHANNEL_SAMPLES,  /* measured values of the open row */
    CHANNEL_END,      /* closes the measurement window */
    CHANNEL_CHECK,    /* verification of the result; completes the row */
    CHANNEL_SKIP,     /* a benchmark cannot be measured here, with the reason */
    CHANNEL_WARN,     /* a caveat about the results, for the report */
    CHANNEL_LOG,      /* text for the log */
    CHANNEL_FAULT,    /* unhandled exception: ends the run */
    CHANNEL_EXIT,     /* end of the run, with a status */
    CHANNEL_COST,     /* the open row measures an exit: kind and corrections */
    CHANNEL_TIMES,    /* round-trip times of single operations of the open row, in order */
    CHANNEL_IO,       /* the operations of the open row are I/O: bytes, queue depth, latencies */
    CHANNEL_FAIL,     /* a benchmark failed with an I/O error, with the reason; uses `skip` */
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

/*
 * Strings are NUL-terminated printable ASCII; log text may also hold newlines and tabs. All except
 * reasons, warnings and log text are non-empty (`params` may be empty) and without blanks, quotes
 * and backslashes. No two rows have the same name, parameters and number of threads.
 */
struct channel_plan {
    uint32_t benches; /* number of entries of the benchmark table that will run */
};

struct channel_begin {
    uint32_t bench;   /* index among the planned benchmarks, from 0 */
    uint32_t threads; /* number of vCPUs that take part */
    uint32_t better;  /* enum channel_better */
    char name[CHANNEL_NAME_MAX];
    char params[CHANNEL_PARAMS_MAX]; /* "bs=4096,store=nt" with unique keys, or empty */
    char unit[CHANNEL_UNIT_MAX];     /* of the samples: "GB/s" */
    char op[CHANNEL_UNIT_MAX];       /* name of one operation: "update" */
    uint32_t flags;                  /* MINIVMM_BENCH_* of its benchmark */
};

struct channel_samples {
    uint32_t count;                    /* 1 to CHANNEL_SAMPLES_MAX */
    double value[CHANNEL_SAMPLES_MAX]; /* finite */
};

/* Which component handles the operation that a row measures. */
enum channel_answer {
    CHANNEL_BY_VMM,     /* the VMM: each operation exits to user space for the reason `exit` */
    CHANNEL_BY_KVM,     /* KVM: each operation exits to KVM; `exit` names the reason */
    CHANNEL_BY_GUEST,   /* the guest: no exit */
    CHANNEL_BY_MACHINE, /* hardware or KVM, depending on the machine: no claim about exits */
    CHANNEL_ANSWERS
};

struct channel_cost {
    uint32_t answer;      /* enum channel_answer */
    uint32_t ring;        /* privilege level of the operation: 0 or 3 */
    uint32_t interpreted; /* 1 if the hypervisor interprets the instructions of that ring, else 0 */
    char exit[CHANNEL_UNIT_MAX];
    double loop_ns; /* loop overhead per operation, already subtracted from the samples */
    double trap_ns; /* trap from ring 3 to ring 0 and back, not part of the samples; 0: no trap */
};

/*
 * Operations of the row that were timed individually, in order. If MINIVMM_CONTROL_TIMES recorded
 * `total` exits, exit i belongs to operation i; if it recorded n * total, operation i has the n
 * exits from i * n on.
 */
struct channel_times {
    uint32_t count; /* 1 to CHANNEL_SAMPLES_MAX */
    uint32_t total; /* number of times in all TIMES records of the row */
    uint64_t ticks[CHANNEL_SAMPLES_MAX];
};

/* The percentiles of `ticks` in struct channel_io. */
#define CHANNEL_IO_PERCENTILES                                \
    {                                                         \
        0, 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100 \
    }
#define CHANNEL_IO_POINTS 13

/* All operations of the measurement window. */
struct channel_io {
    uint64_t bytes;                    /* transferred */
    double depth;                      /* mean number of operations in flight */
    uint64_t ticks[CHANNEL_IO_POINTS]; /* latency from submission until the driver reaped it */
};

struct channel_end {
    uint64_t ops;          /* operations completed in the measurement window */
    uint64_t window_ticks; /* length of the window in TSC ticks */
};

struct channel_check {
    uint32_t ok;                 /* 1: passed, 0: failed */
    char what[CHANNEL_NAME_MAX]; /* quantity that was checked: "residual" */
    double value;                /* measured; the check fails if it is not finite */
    double limit;                /* largest value that passes */
};

struct channel_skip {
    char name[CHANNEL_NAME_MAX];
    char reason[CHANNEL_TEXT_MAX - CHANNEL_NAME_MAX];
};

struct channel_warn {
    char code[CHANNEL_NAME_MAX]; /* machine-readable: "small_arrays" */
    char text[CHANNEL_TEXT_MAX - CHANNEL_NAME_MAX];
};

struct channel_log {
    char text[CHANNEL_TEXT_MAX];
};

/* Names of the general-purpose registers in struct channel_fault, in order. */
#define CHANNEL_FAULT_REGS                                                                       \
    {                                                                                            \
        "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", \
            "r13", "r14", "r15"                                                                  \
    }

struct channel_fault {
    uint32_t vector;
    uint32_t vcpu;    /* index, from 0 */
    uint64_t error;   /* error code; 0 if the vector has none */
    uint64_t address; /* CR2 if a page fault, else 0 */
    uint64_t rip, cs, rflags;
    uint64_t regs[16];
};

struct channel_exit {
    uint32_t status; /* 0: success */
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

_Static_assert(sizeof(struct channel_record) == 256, "record size is part of the ABI");

#endif
