/* SPDX-License-Identifier: MIT */
/*
 * What every benchmark kernel is built on.
 *
 * A kernel is compiled once, into one object that is linked into the guest image and into the
 * native program alike; the object's SHA-256 is in every report. It therefore knows nothing of
 * its environment: no libc, no system call, no global state, only the memory and the team of
 * threads (team.h) that it is given. Everything inside a timed window lives here.
 */
#ifndef KERNELS_KERNEL_H
#define KERNELS_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#define KERNEL_CACHE_LINE 64

/* Vector instruction sets that a kernel may have a variant for; a higher one includes the lower. */
enum isa {
    ISA_SSE2,
    ISA_AVX2,   /* AVX2 and FMA */
    ISA_AVX512, /* AVX-512F */
    ISA_COUNT
};

/*
 * isa_best(): the widest set that CPUID offers and XCR0 has enabled, so that it is right in a
 * guest whose hypervisor hides a feature as well as on a bare machine.
 * Source: Intel SDM vol. 1, 14.3 and 15.2 (detection of AVX2, FMA and AVX-512F).
 */
enum isa isa_best(void);

/* isa_name(): "sse2", "avx2" or "avx512". */
const char *isa_name(enum isa isa);

/* ticks(): the time-stamp counter, ordered after every load and store before it. */
static inline uint64_t ticks(void)
{
    uint32_t lo, hi;

    __asm__ volatile("mfence; lfence; rdtsc; lfence" : "=a"(lo), "=d"(hi)::"memory");
    return (uint64_t)hi << 32 | lo;
}

/* cpu_relax(): tell the core that this is a spin loop. */
static inline void cpu_relax(void)
{
    __builtin_ia32_pause();
}

#endif
