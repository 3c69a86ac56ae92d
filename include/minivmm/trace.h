/* SPDX-License-Identifier: MIT */
/*
 * The file that --trace writes: a header, the names of the exit reasons and of the devices, then
 * records up to the end of the file. The records of one vCPU are in order. Integers are
 * little-endian.
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
    uint64_t start; /* host TSC when the machine was created */
    uint32_t vcpus;
    uint32_t reasons; /* number of names of reasons, char[TRACE_NAME_MAX] each */
    uint32_t devices; /* number of names of devices, which follow those of the reasons */
    uint32_t reserved;
};

/* Values of `reason` in records that are not exits. */
enum trace_event {
    /* BEGIN of a row: `address` is its number, `handler_ns` its threads; its text follows. */
    TRACE_ROW_BEGIN = 0xfd,
    TRACE_ROW_END = 0xfe, /* END of row number `address` */
    TRACE_DROPPED = 0xff, /* `address` records of this vCPU were dropped */
};

#define TRACE_NO_DEVICE 0xffu

struct trace_record {
    uint64_t ticks;      /* host TSC when KVM_RUN returned */
    uint64_t address;    /* guest-physical address or I/O port; 0: none */
    uint32_t handler_ns; /* from KVM_RUN returning to its next call */
    uint16_t vcpu;       /* index, from 0 */
    uint8_t reason;      /* index into the names of reasons, or enum trace_event */
    uint8_t device;      /* index into the names of devices, or TRACE_NO_DEVICE */
};

_Static_assert(sizeof(struct trace_record) == 24, "no padding");

/* The text of a row, "NAME PARAMS", occupies this many records. */
#define TRACE_TEXT_RECORDS 4
#define TRACE_TEXT_MAX     (TRACE_TEXT_RECORDS * sizeof(struct trace_record))

#endif
