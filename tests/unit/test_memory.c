/* SPDX-License-Identifier: MIT */
#include <linux/memfd.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "vmm/core/host/file.h"
#include "vmm/core/host/memory.h"

#define PAGE ((size_t)4096)
#define HUGE ((size_t)2 << 20)

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25 /* since Linux 6.1 */
#endif

/*
 * Create an anonymous mapping of `bytes`, aligned to 2 MiB, between unmapped addresses, so that the
 * kernel does not merge it with its neighbours.
 */
static uint8_t *map(size_t bytes)
{
    uint8_t *room = mmap(NULL, bytes + 2 * HUGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint8_t *base;

    ck_assert(room != MAP_FAILED);
    base = (uint8_t *)(((uintptr_t)room + HUGE) & ~(HUGE - 1));
    ck_assert_int_eq(mprotect(base, bytes, PROT_READ | PROT_WRITE), 0);
    return base;
}

static void touch(uint8_t *base, size_t pages)
{
    for (size_t i = 0; i < pages; i++)
        base[i * PAGE] = 1;
}

START_TEST(small_pages_are_counted_one_by_one)
{
    uint8_t *base = map(2 * HUGE);
    struct memory_usage usage;

    madvise(base, 2 * HUGE, MADV_NOHUGEPAGE);
    ck_assert_int_eq(memory_usage(base, 2 * HUGE, &usage), 0);
    ck_assert_uint_eq(usage.resident_bytes, 0);
    ck_assert_uint_eq(usage.pss_bytes, 0);
    ck_assert_uint_gt(usage.other_pss_bytes, 0);
    touch(base, 100);
    ck_assert_int_eq(memory_usage(base, 2 * HUGE, &usage), 0);
    ck_assert_uint_eq(usage.resident_bytes, 100 * PAGE);
    ck_assert_uint_eq(usage.pss_bytes, 100 * PAGE);
    ck_assert_uint_eq(usage.huge_bytes, 0);
    ck_assert_uint_eq(usage.hugetlb_bytes, 0);
    ck_assert_uint_eq(usage.hugetlb_page_bytes, 0);
}
END_TEST

START_TEST(only_the_range_asked_for_counts)
{
    uint8_t *first = map(HUGE), *second = map(HUGE);
    struct memory_usage of_first, of_second;

    madvise(first, HUGE, MADV_NOHUGEPAGE);
    madvise(second, HUGE, MADV_NOHUGEPAGE);
    touch(first, 300);
    touch(second, 7);
    ck_assert_int_eq(memory_usage(first, HUGE, &of_first), 0);
    ck_assert_int_eq(memory_usage(second, HUGE, &of_second), 0);
    ck_assert_uint_eq(of_first.resident_bytes, 300 * PAGE);
    ck_assert_uint_eq(of_second.resident_bytes, 7 * PAGE);
    ck_assert_uint_eq(of_second.pss_bytes, 7 * PAGE);
    ck_assert_uint_ge(of_second.other_pss_bytes, 300 * PAGE);
}
END_TEST

/* A range with different permissions consists of several mappings. */
START_TEST(a_range_of_several_mappings_is_added_up)
{
    uint8_t *base = map(HUGE);
    struct memory_usage usage;

    madvise(base, HUGE, MADV_NOHUGEPAGE);
    touch(base, 64);
    ck_assert_int_eq(mprotect(base + 16 * PAGE, 16 * PAGE, PROT_READ), 0);
    ck_assert_int_eq(memory_usage(base, HUGE, &usage), 0);
    ck_assert_uint_eq(usage.resident_bytes, 64 * PAGE);
    /* Adjacent mappings do not count. */
    ck_assert_int_eq(memory_usage(base + 16 * PAGE, 16 * PAGE, &usage), 0);
    ck_assert_uint_eq(usage.resident_bytes, 16 * PAGE);
}
END_TEST

START_TEST(huge_pages_are_counted_separately)
{
    uint8_t *base = map(2 * HUGE);
    struct memory_usage usage;

    madvise(base, 2 * HUGE, MADV_NOHUGEPAGE);
    touch(base, 2 * HUGE / PAGE);
    madvise(base, 2 * HUGE, MADV_HUGEPAGE);
    /* The host may have no huge pages available. */
    if (madvise(base, HUGE, MADV_COLLAPSE)) {
        suite_skip_part("no transparent huge pages");
        return;
    }
    ck_assert_int_eq(memory_usage(base, 2 * HUGE, &usage), 0);
    ck_assert_uint_eq(usage.resident_bytes, 2 * HUGE);
    ck_assert_uint_ge(usage.huge_bytes, HUGE);
    ck_assert_uint_le(usage.huge_bytes, 2 * HUGE);
    ck_assert_uint_eq(usage.hugetlb_bytes, 0);
}
END_TEST

START_TEST(reserved_pages_are_resident_too)
{
    int fd = memfd_create("reserved", MFD_HUGETLB | MFD_HUGE_2MB);
    uint8_t *base;
    struct memory_usage usage;

    /* Most hosts have no reserved pages. */
    base = fd < 0 || ftruncate(fd, (off_t)(2 * HUGE))
               ? MAP_FAILED
               : mmap(NULL, 2 * HUGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (base == MAP_FAILED) {
        suite_skip_part("no pages of hugetlbfs are reserved");
        return;
    }
    base[0] = 1;
    ck_assert_int_eq(memory_usage(base, 2 * HUGE, &usage), 0);
    ck_assert_uint_eq(usage.hugetlb_bytes, HUGE);
    ck_assert_uint_eq(usage.resident_bytes, HUGE);
    ck_assert_uint_eq(usage.hugetlb_page_bytes, HUGE);
    ck_assert_uint_eq(usage.huge_bytes, 0);
}
END_TEST

START_TEST(the_limit_is_at_most_the_hosts_memory)
{
    struct memory_limit limit = memory_limit();
    uint64_t total = 0;

    ck_assert_int_eq(file_status_kb("/proc/meminfo", "MemTotal:", &total), 0);
    ck_assert_uint_gt(limit.bytes, 0);
    ck_assert_uint_le(limit.bytes, total);
    ck_assert_str_eq(limit.name, limit.bytes == total ? "the host's memory" : "the cgroup's limit");
}
END_TEST

START_TEST(available_memory_is_below_the_total)
{
    uint64_t total = 0;

    ck_assert_int_eq(file_status_kb("/proc/meminfo", "MemTotal:", &total), 0);
    ck_assert_uint_gt(memory_available(), 0);
    ck_assert_uint_lt(memory_available(), total);
}
END_TEST

START_TEST(trimmed_code_still_runs)
{
    extern const char __executable_start[], etext[];
    uintptr_t base = (uintptr_t)__executable_start & -PAGE;
    size_t bytes = ((uintptr_t)etext - base + PAGE - 1) & -PAGE;
    struct memory_usage before, after;

    ck_assert_int_eq(memory_usage((void *)base, bytes, &before), 0);
    ck_assert_uint_gt(before.resident_bytes, 0);
    memory_trim_code();
    ck_assert_int_eq(memory_usage((void *)base, bytes, &after), 0);
    ck_assert_uint_gt(after.resident_bytes, 0);
    ck_assert_uint_le(after.resident_bytes, before.resident_bytes);
}
END_TEST

SUITE_MAIN("memory", small_pages_are_counted_one_by_one, only_the_range_asked_for_counts,
           a_range_of_several_mappings_is_added_up, huge_pages_are_counted_separately,
           reserved_pages_are_resident_too, the_limit_is_at_most_the_hosts_memory,
           available_memory_is_below_the_total, trimmed_code_still_runs)
