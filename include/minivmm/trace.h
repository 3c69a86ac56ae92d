/* SPDX-License-Identifier: MIT */
/*
 * The file that --trace writes: a header, the names of the exit reasons, then records up to the end
 * of the file. The records of one vCPU are in order. Integers are little-endian.
 */
#ifndef MINIVMM_TRACE_H
#define MINIVMM_TRACE_H

#include <stdint.h>

#define TRACE_MAGIC    0x3165636172746d6dull /* "mmtrace1" */
#define TRACE_NAME_MAX 16

struct trace_header {
    uint64_t magic;
    uint64_t tsc_hz;
    uint64_t start; /* host TSC when the machine was created */
    uint32_t vcpus;
    uint32_t reasons; /* number of names that follow, char[TRACE_NAME_MAX] each */
};

/* Value of `reason`: `address` exits of this vCPU were dropped. */
#define TRACE_DROPPED 0xffffu

struct trace_record {
    uint64_t ticks;      /* host TSC when KVM_RUN returned */
    uint64_t address;    /* guest-physical address or I/O port; 0: none */
    uint32_t handler_ns; /* from KVM_RUN returning to its next call */
    uint16_t vcpu;       /* index, from 0 */
    uint16_t reason;     /* index into the names, or TRACE_DROPPED */
};

_Static_assert(sizeof(struct trace_record) == 24, "no padding");

#endif
