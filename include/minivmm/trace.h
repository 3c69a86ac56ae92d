/* SPDX-License-Identifier: MIT */
/*
 * The file that --trace writes: a header, the names of the reasons, then records to its end, those
 * of one vCPU in their order. Integers are little-endian.
 */
#ifndef MINIVMM_TRACE_H
#define MINIVMM_TRACE_H

#include <stdint.h>

#define TRACE_MAGIC    0x3165636172746d6dull /* "mmtrace1" */
#define TRACE_NAME_MAX 16

struct trace_header {
    uint64_t magic;
    uint64_t tsc_hz;
    uint64_t start; /* TSC of the host when the machine was created */
    uint32_t vcpus;
    uint32_t reasons; /* of that many char[TRACE_NAME_MAX], which follow */
};

/* Instead of a reason: `address` exits of this vCPU are not in the file. */
#define TRACE_DROPPED 0xffffu

struct trace_record {
    uint64_t ticks;   /* TSC of the host when KVM_RUN returned */
    uint64_t address; /* guest-physical, or a port; 0: none */
    uint32_t handler_ns;
    uint16_t vcpu;
    uint16_t reason;
};

_Static_assert(sizeof(struct trace_record) == 24, "compact");

#endif
