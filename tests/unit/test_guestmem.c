/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "minivmm/abi.h"
#include "tests/support/suite.h"
#include "tests/unit/fixture.h"
#include "vmm/core/host/memory.h"

#define MIB (1ull << 20)
#define GIB (1ull << 30)

START_TEST(low_memory_is_one_range)
{
    struct guestmem mem = fixture_memory(64 * MIB);

    ck_assert_uint_eq(mem.ranges, 1);
    ck_assert_uint_eq(mem.range[0].base, 0);
    ck_assert_uint_eq(mem.range[0].bytes, 64 * MIB);
    ck_assert_ptr_eq(mem.range[0].host, mem.backing.base);
    guestmem_free(&mem);
    ck_assert_ptr_null(guestmem_at(&mem, 0, 1));
}
END_TEST

START_TEST(every_edge_is_checked)
{
    struct guestmem mem = fixture_memory(64 * MIB);
    const uint64_t end = 64 * MIB;

    ck_assert_ptr_eq(guestmem_at(&mem, 0, 1), mem.backing.base);
    ck_assert_ptr_eq(guestmem_at(&mem, 0, end), mem.backing.base);
    ck_assert_ptr_eq(guestmem_at(&mem, end - 1, 1), mem.backing.base + end - 1);
    ck_assert_ptr_eq(guestmem_at(&mem, end - 8, 8), mem.backing.base + end - 8);
    ck_assert_ptr_null(guestmem_at(&mem, 0, end + 1));
    ck_assert_ptr_null(guestmem_at(&mem, end - 1, 2));
    ck_assert_ptr_null(guestmem_at(&mem, end - 7, 8));
    ck_assert_ptr_null(guestmem_at(&mem, end, 1));
    ck_assert_ptr_null(guestmem_at(&mem, end, 0));
    ck_assert_ptr_null(guestmem_at(&mem, MINIVMM_DEVICE_BASE, 1));
    guestmem_free(&mem);
}
END_TEST

START_TEST(sums_that_wrap_around_are_no_memory)
{
    struct guestmem mem = fixture_memory(64 * MIB);

    ck_assert_ptr_null(guestmem_at(&mem, 0, UINT64_MAX));
    ck_assert_ptr_null(guestmem_at(&mem, 1, UINT64_MAX));
    ck_assert_ptr_null(guestmem_at(&mem, 4096, UINT64_MAX - 4095));
    ck_assert_ptr_null(guestmem_at(&mem, UINT64_MAX, 1));
    ck_assert_ptr_null(guestmem_at(&mem, UINT64_MAX, 2));
    ck_assert_ptr_null(guestmem_at(&mem, UINT64_MAX - 7, 16));
    ck_assert_ptr_null(guestmem_at(&mem, 1ull << 63, 1));
    guestmem_free(&mem);
}
END_TEST

/* Nothing of it is touched, so that only addresses are needed. */
START_TEST(more_than_three_gigabytes_leave_a_hole)
{
    const uint64_t low_end = MINIVMM_RAM_LOW_END, high = MINIVMM_RAM_HIGH, bytes = 3 * GIB / 2;
    struct guestmem mem;

    /* A machine with less memory would refuse to promise as much. */
    if (memory_limit().bytes < low_end + bytes)
        return;
    mem = fixture_memory(low_end + bytes);
    ck_assert_uint_eq(mem.ranges, 2);
    ck_assert_uint_eq(mem.range[0].bytes, low_end);
    ck_assert_uint_eq(mem.range[1].base, high);
    ck_assert_uint_eq(mem.range[1].bytes, bytes);

    ck_assert_ptr_eq(guestmem_at(&mem, low_end - 1, 1), mem.backing.base + low_end - 1);
    ck_assert_ptr_null(guestmem_at(&mem, low_end - 1, 2));
    ck_assert_ptr_null(guestmem_at(&mem, low_end, 1));
    ck_assert_ptr_null(guestmem_at(&mem, high - 1, 1));
    ck_assert_ptr_null(guestmem_at(&mem, high - 1, 2));
    /* One is behind the other on the host, but not in the guest. */
    ck_assert_ptr_null(guestmem_at(&mem, low_end - 8, high - low_end + 16));
    ck_assert_ptr_eq(guestmem_at(&mem, high, 1), mem.backing.base + low_end);
    ck_assert_ptr_eq(guestmem_at(&mem, high, bytes), mem.backing.base + low_end);
    ck_assert_ptr_eq(guestmem_at(&mem, high + bytes - 1, 1),
                     mem.backing.base + low_end + bytes - 1);
    ck_assert_ptr_null(guestmem_at(&mem, high + bytes - 1, 2));
    ck_assert_ptr_null(guestmem_at(&mem, high + bytes, 1));
    guestmem_free(&mem);
}
END_TEST

START_TEST(exactly_three_gigabytes_have_no_second_range)
{
    struct guestmem mem;

    /* A machine with less memory would refuse to promise as much. */
    if (memory_limit().bytes < MINIVMM_RAM_LOW_END)
        return;
    mem = fixture_memory(MINIVMM_RAM_LOW_END);
    ck_assert_uint_eq(mem.ranges, 1);
    ck_assert_ptr_null(guestmem_at(&mem, MINIVMM_RAM_HIGH, 1));
    guestmem_free(&mem);
}
END_TEST

START_TEST(discarded_memory_reads_as_zeros)
{
    struct guestmem mem = fixture_memory(64 * MIB);
    uint8_t *host = guestmem_at(&mem, 4 * MIB, 8 * MIB), left = 0;

    memset(host, 0x5a, 8 * MIB);
    ck_assert_int_eq(guestmem_discard(&mem, 5 * MIB, 2 * MIB), 0);
    ck_assert_int_eq(host[MIB - 1], 0x5a);
    for (size_t i = MIB; i < 3 * MIB; i++)
        left |= host[i];
    ck_assert_uint_eq(left, 0);
    ck_assert_int_eq(host[3 * MIB], 0x5a);
    ck_assert_int_eq(guestmem_discard(&mem, 4 * MIB, 4096), 0);
    ck_assert_int_eq(host[0] | host[4095], 0);
    ck_assert_int_eq(host[4096], 0x5a);
    guestmem_free(&mem);
}
END_TEST

START_TEST(only_whole_pages_of_memory_are_discarded)
{
    struct guestmem mem = fixture_memory(64 * MIB);
    uint8_t *host = guestmem_at(&mem, 0, 64 * MIB);

    host[0] = host[64 * MIB - 1] = 1;
    ck_assert_int_eq(guestmem_discard(&mem, 0, 0), EINVAL);
    ck_assert_int_eq(guestmem_discard(&mem, 0, 64), EINVAL);
    ck_assert_int_eq(guestmem_discard(&mem, 64, 4096), EINVAL);
    ck_assert_int_eq(guestmem_discard(&mem, 0, 64 * MIB + 4096), EINVAL);
    ck_assert_int_eq(guestmem_discard(&mem, 64 * MIB - 4096, 8192), EINVAL);
    ck_assert_int_eq(guestmem_discard(&mem, MINIVMM_DEVICE_BASE, 4096), EINVAL);
    ck_assert_int_eq(guestmem_discard(&mem, 4096, UINT64_MAX - 4095), EINVAL);
    /* Another process could take a reserved page that was given back. */
    mem.backing.hugepage_bytes = 2 * MIB;
    ck_assert_int_eq(guestmem_discard(&mem, 0, 2 * MIB), EOPNOTSUPP);
    ck_assert_int_eq(host[0] & host[64 * MIB - 1], 1);
    guestmem_free(&mem);
}
END_TEST

START_TEST(high_memory_is_discarded_where_it_is)
{
    struct guestmem mem;
    uint8_t *first, *last_low;

    /* A machine with less memory would refuse to promise as much. */
    if (memory_limit().bytes < MINIVMM_RAM_LOW_END + 2 * MIB)
        return;
    mem = fixture_memory(MINIVMM_RAM_LOW_END + 2 * MIB);
    first = guestmem_at(&mem, MINIVMM_RAM_HIGH, 1);
    last_low = guestmem_at(&mem, MINIVMM_RAM_LOW_END - 1, 1);
    *first = *last_low = 7;
    ck_assert_int_eq(guestmem_discard(&mem, MINIVMM_RAM_HIGH, 4096), 0);
    ck_assert_int_eq(*first, 0);
    ck_assert_int_eq(*last_low, 7);
    guestmem_free(&mem);
}
END_TEST

SUITE_MAIN("guestmem", low_memory_is_one_range, every_edge_is_checked,
           sums_that_wrap_around_are_no_memory, more_than_three_gigabytes_leave_a_hole,
           exactly_three_gigabytes_have_no_second_range, discarded_memory_reads_as_zeros,
           only_whole_pages_of_memory_are_discarded, high_memory_is_discarded_where_it_is)
