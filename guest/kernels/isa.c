/* SPDX-License-Identifier: MIT */
#include <cpuid.h>

#include "guest/kernels/kernel.h"

#define XCR0_AVX    0x06u /* SSE and AVX state */
#define XCR0_AVX512 0xe6u /* the same, opmask and both halves of the ZMM state */

static uint32_t xcr0(void)
{
    uint32_t lo, hi;

    __asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
    return lo;
}

enum isa isa_best(void)
{
    uint32_t a, b, c, d, state;

    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE) || !(c & bit_AVX) || !(c & bit_FMA))
        return ISA_SSE2;
    state = xcr0();
    if ((state & XCR0_AVX) != XCR0_AVX)
        return ISA_SSE2;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(b & bit_AVX2))
        return ISA_SSE2;
    if ((state & XCR0_AVX512) != XCR0_AVX512 || !(b & bit_AVX512F))
        return ISA_AVX2;
    return ISA_AVX512;
}

const char *isa_name(enum isa isa)
{
    static const char *const names[ISA_COUNT] = {
        [ISA_SSE2] = "sse2",
        [ISA_AVX2] = "avx2",
        [ISA_AVX512] = "avx512",
    };

    return names[isa];
}
