/* SPDX-License-Identifier: MIT */
#include "guest/kernels/kernel.h"
#include "tests/support/suite.h"

/* What the compiler's own run-time library finds: by CPUID and XCR0, too. */
static enum isa by_compiler(void)
{
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        return ISA_SSE2;
    return __builtin_cpu_supports("avx512f") ? ISA_AVX512 : ISA_AVX2;
}

START_TEST(the_best_is_what_others_find)
{
    ck_assert_int_eq(isa_best(), by_compiler());
}
END_TEST

START_TEST(names_are_the_users)
{
    ck_assert_str_eq(isa_name(ISA_SSE2), "sse2");
    ck_assert_str_eq(isa_name(ISA_AVX2), "avx2");
    ck_assert_str_eq(isa_name(ISA_AVX512), "avx512");
}
END_TEST

START_TEST(ticks_follow_each_other)
{
    uint64_t last = ticks();

    for (unsigned i = 0; i < 1000; i++) {
        uint64_t now = ticks();

        ck_assert_uint_gt(now, last);
        last = now;
    }
}
END_TEST

SUITE_MAIN("isa", the_best_is_what_others_find, names_are_the_users, ticks_follow_each_other)
