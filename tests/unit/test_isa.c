/* SPDX-License-Identifier: MIT */
#include "guest/kernels/kernel.h"
#include "tests/support/suite.h"

/* The detection of the compiler's run-time library, also by CPUID and XCR0. */
static enum isa by_compiler(void)
{
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        return ISA_SSE2;
    return __builtin_cpu_supports("avx512f") ? ISA_AVX512 : ISA_AVX2;
}

START_TEST(best_matches_the_compilers_detection)
{
    ck_assert_int_eq(isa_best(), by_compiler());
}
END_TEST

START_TEST(names_match_the_command_line)
{
    ck_assert_str_eq(isa_name(ISA_SSE2), "sse2");
    ck_assert_str_eq(isa_name(ISA_AVX2), "avx2");
    ck_assert_str_eq(isa_name(ISA_AVX512), "avx512");
}
END_TEST

START_TEST(ticks_increase)
{
    uint64_t last = ticks();

    for (unsigned i = 0; i < 1000; i++) {
        uint64_t now = ticks();

        ck_assert_uint_gt(now, last);
        last = now;
    }
}
END_TEST

SUITE_MAIN("isa", best_matches_the_compilers_detection, names_match_the_command_line,
           ticks_increase)
