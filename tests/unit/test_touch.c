/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "guest/kernels/touch.h"
#include "tests/support/suite.h"

#define PAGE  ((size_t)4096)
#define BYTES (16 * PAGE)

static uint8_t *make(void)
{
    uint8_t *base = calloc(1, BYTES + PAGE);

    ck_assert(base != NULL);
    return base;
}

START_TEST(one_byte_of_each_stride_is_written)
{
    static const size_t strides[] = {64, PAGE, 4 * PAGE, BYTES};

    for (unsigned i = 0; i < sizeof(strides) / sizeof(strides[0]); i++) {
        uint8_t *base = make();

        touch_pages(base, BYTES, strides[i]);
        for (size_t at = 0; at < BYTES + PAGE; at++)
            if (!!base[at] != (at < BYTES && at % strides[i] == 0))
                ck_abort_msg("byte %zu of a stride of %zu", at, strides[i]);
        ck_assert_uint_eq(touch_count(base, BYTES, strides[i]), BYTES / strides[i]);
        free(base);
    }
}
END_TEST

START_TEST(partial_stride_is_touched)
{
    uint8_t *base = make();

    touch_pages(base, 2 * PAGE + 8, PAGE);
    ck_assert_uint_eq(touch_count(base, BYTES, PAGE), 3);
    ck_assert_uint_eq(touch_count(base, 2 * PAGE, PAGE), 2);
    touch_pages(base + 8 * PAGE, 0, PAGE);
    ck_assert_uint_eq(touch_count(base, BYTES, PAGE), 3);
    free(base);
}
END_TEST

START_TEST(missing_and_stale_bytes_are_detected)
{
    uint8_t *base = make();

    ck_assert_uint_eq(touch_count(base, BYTES, PAGE), 0);
    base[3 * PAGE + 7] = 1;
    touch_pages(base, BYTES, PAGE);
    ck_assert_uint_eq(touch_count(base, BYTES, PAGE), 15);
    base[5 * PAGE] = 0;
    ck_assert_uint_eq(touch_count(base, BYTES, PAGE), 14);
    free(base);
}
END_TEST

SUITE_MAIN("touch", one_byte_of_each_stride_is_written, partial_stride_is_touched,
           missing_and_stale_bytes_are_detected)
