/* SPDX-License-Identifier: MIT */
/*
 * The basis of all benchmark kernels.
 *
 * The kernels are compiled once, into one object that both the guest image and the native program
 * link; the SHA-256 of the object is in every report. A kernel must not depend on its environment:
 * no libc, no system calls, no global state, only the memory and the team of threads (team.h) that
 * the caller passes. All code that a benchmark times is in this folder.
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
 * isa_best(): the widest instruction set that CPUID reports and XCR0 enables; right also in a guest
 * whose hypervisor masks features.
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

/* cpu_relax(): PAUSE, for spin loops. */
static inline void cpu_relax(void)
{
    __builtin_ia32_pause();
}

#endif
