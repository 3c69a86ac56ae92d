/* SPDX-License-Identifier: MIT */
/*
 * The file that --trace writes: a header, the names of the reasons and of the devices, then records
 * to its end, those of one vCPU in their order. Integers are little-endian.
 */
#ifndef MINIVMM_TRACE_H
#define MINIVMM_TRACE_H

#include <stdint.h>

/* "mmtrace2"; the last character is the version of the format. */
#define TRACE_MAGIC         0x3265636172746d6dull
#define TRACE_VERSION_SHIFT 56
#define TRACE_NAME_MAX      16

struct trace_header {
    uint64_t magic;
    uint64_t tsc_hz;
    uint64_t start; /* TSC of the host when the machine was created */
    uint32_t vcpus;
    uint32_t reasons; /* of that many char[TRACE_NAME_MAX], which follow */
    uint32_t devices; /* and as many of these */
    uint32_t reserved;
};

/* In place of a reason: what is no exit. */
enum trace_event {
    /* A row of a benchmark begins: number `address`, on `handler_ns` threads; its text follows. */
    TRACE_ROW_BEGIN = 0xfd,
    TRACE_ROW_END = 0xfe, /* and ends */
    TRACE_DROPPED = 0xff, /* `address` records of this vCPU are not in the file */
};

#define TRACE_NO_DEVICE 0xffu

struct trace_record {
    uint64_t ticks;   /* TSC of the host when KVM_RUN returned */
    uint64_t address; /* guest-physical, or a port; 0: none */
    uint32_t handler_ns;
    uint16_t vcpu;
    uint8_t reason;
    uint8_t device; /* that served it; TRACE_NO_DEVICE */
};

_Static_assert(sizeof(struct trace_record) == 24, "compact");

/* A row's name and its parameters with a blank between, in place of so many records. */
#define TRACE_TEXT_RECORDS 4
#define TRACE_TEXT_MAX     (TRACE_TEXT_RECORDS * sizeof(struct trace_record))

#endif
