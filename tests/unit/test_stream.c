/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "guest/kernels/stream.h"
#include "tests/support/suite.h"

#define ELEMENTS_MAX (STREAM_BLOCK * 1001)
#define SCALAR       3.0
#define UNTOUCHED    -12345.0

static double *dst, *x, *y, *x_before, *y_before;

/* An array with a guard block before and after it. */
static double *make(void)
{
    double *array = aligned_alloc(KERNEL_CACHE_LINE, (ELEMENTS_MAX + 2 * STREAM_BLOCK) * 8);

    ck_assert(array != NULL);
    return array + STREAM_BLOCK;
}

static void set_up(bool integers)
{
    uint64_t state = 1;

    dst = make();
    x = make();
    y = make();
    x_before = make();
    y_before = make();
    for (int i = -STREAM_BLOCK; i < (int)(ELEMENTS_MAX + STREAM_BLOCK); i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        dst[i] = UNTOUCHED;
        x[i] = integers ? i : (double)(state >> 11) * 0x1p-53 - 0.5;
        y[i] = integers ? 2 * i + 1 : (double)(state >> 13) * 0x1p-51 - 1;
        x_before[i] = x[i];
        y_before[i] = y[i];
    }
}

static void tear_down(void)
{
    double *arrays[] = {dst, x, y, x_before, y_before};

    for (unsigned i = 0; i < 5; i++)
        free(arrays[i] - STREAM_BLOCK);
}

static double expected(enum stream_op op, size_t i)
{
    switch (op) {
    case STREAM_COPY:
        return x[i];
    case STREAM_SCALE:
        return SCALAR * x[i];
    case STREAM_ADD:
        return x[i] + y[i];
    default:
        return x[i] + SCALAR * y[i];
    }
}

/* Tolerant: a multiply-add may round once (FMA) or twice. */
static bool close_to(double found, double right)
{
    return fabs(found - right) <= 4 * 0x1p-53 * (fabs(right) + 4);
}

static void check_pass(enum isa isa, enum stream_op op, enum stream_store store, size_t n,
                       bool integers)
{
    size_t wrong = 0;

    for (int i = -STREAM_BLOCK; i < (int)(n + STREAM_BLOCK); i++)
        dst[i] = UNTOUCHED;
    stream_kernel(isa, op, store)(dst, x, y, SCALAR, n);
    for (size_t i = 0; i < n; i++)
        wrong += integers ? dst[i] != expected(op, i) : !close_to(dst[i], expected(op, i));
    ck_assert_msg(!wrong, "%s, loop %d, store %d, %zu elements: %zu wrong elements", isa_name(isa),
                  op, store, n, wrong);
    for (int i = 1; i <= STREAM_BLOCK; i++)
        wrong += dst[-i] != UNTOUCHED || dst[n + (size_t)i - 1] != UNTOUCHED;
    ck_assert_msg(!wrong, "%s, loop %d, store %d, %zu elements: wrote outside the array",
                  isa_name(isa), op, store, n);
}

static void check_all(bool integers)
{
    static const size_t blocks[] = {0, 1, 2, 3, 5, 8, 17, 101, 1001};
    const size_t bytes = (ELEMENTS_MAX + 2 * STREAM_BLOCK) * sizeof(double);

    set_up(integers);
    for (enum isa isa = ISA_SSE2; isa <= isa_best(); isa++)
        for (enum stream_op op = 0; op < STREAM_OPS; op++)
            for (enum stream_store store = 0; store < STREAM_STORES; store++)
                for (unsigned i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
                    check_pass(isa, op, store, blocks[i] * STREAM_BLOCK, integers);
    ck_assert_mem_eq(x - STREAM_BLOCK, x_before - STREAM_BLOCK, bytes);
    ck_assert_mem_eq(y - STREAM_BLOCK, y_before - STREAM_BLOCK, bytes);
    tear_down();
}

START_TEST(every_loop_is_right_for_integers)
{
    check_all(true);
}
END_TEST

START_TEST(every_loop_is_right_for_fractions)
{
    check_all(false);
}
END_TEST

START_TEST(variants_are_distinct_functions)
{
    for (enum stream_op op = 0; op < STREAM_OPS; op++) {
        for (enum stream_store store = 0; store < STREAM_STORES; store++) {
            stream_fn kernels[] = {stream_kernel(ISA_SSE2, op, store),
                                   stream_kernel(ISA_AVX2, op, store),
                                   stream_kernel(ISA_AVX512, op, store)};

            ck_assert(kernels[0] == stream_sse2[op][store]);
            ck_assert(kernels[0] != kernels[1] && kernels[1] != kernels[2] &&
                      kernels[0] != kernels[2]);
        }
        ck_assert(stream_sse2[op][STREAM_PLAIN] != stream_sse2[op][STREAM_NT]);
    }
}
END_TEST

START_TEST(bytes_follow_the_rules_of_stream)
{
    ck_assert_uint_eq(stream_bytes(STREAM_COPY), 16);
    ck_assert_uint_eq(stream_bytes(STREAM_SCALE), 16);
    ck_assert_uint_eq(stream_bytes(STREAM_ADD), 24);
    ck_assert_uint_eq(stream_bytes(STREAM_TRIAD), 24);
}
END_TEST

SUITE_MAIN("stream", every_loop_is_right_for_integers, every_loop_is_right_for_fractions,
           variants_are_distinct_functions, bytes_follow_the_rules_of_stream)
