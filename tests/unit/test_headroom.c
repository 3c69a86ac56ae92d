/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/support/suite.h"
#include "tests/unit/fixture.h"
#include "vmm/core/host/headroom.h"

#define MIB (1ull << 20)

static char root[FIXTURE_PATH_MAX];

static void set_up(const char *groups)
{
    fixture_tree(root);
    fixture_add(root, "/proc/meminfo",
                "MemTotal: 8388608 kB\nMemAvailable: 4194304 kB\nCommitLimit: 2097152 kB\n"
                "Committed_AS: 1572864 kB\n");
    fixture_add(root, "/proc/self/cgroup", "%s", groups);
    fixture_add(root, "/proc/self/mountinfo",
                "32 31 0:29 / /cg/memory rw - cgroup cgroup rw,memory\n"
                "33 31 0:31 / /cg/hugetlb rw - cgroup cgroup rw,hugetlb\n"
                "34 31 0:30 / /cg/two rw - cgroup2 cgroup2 rw\n");
}

static void check_left(uint64_t mib, const char *name)
{
    struct memory_limit room = headroom_left(root);

    ck_assert_uint_eq(room.bytes, mib * MIB);
    ck_assert_str_eq(room.name, name);
}

START_TEST(available_memory_is_the_upper_bound)
{
    set_up("1:memory:/a\n");
    check_left(4096, "available");
    fixture_add(root, "/cg/memory/a/memory.limit_in_bytes", "9223372036854771712\n");
    fixture_add(root, "/cg/memory/a/memory.usage_in_bytes", "4096\n");
    check_left(4096, "available");
    fixture_remove(root);
    fixture_tree(root);
    ck_assert_uint_eq(headroom_left(root).bytes, UINT64_MAX);
    fixture_remove(root);
}
END_TEST

START_TEST(a_group_has_its_unused_memory)
{
    set_up("1:memory:/a/b\n");
    fixture_add(root, "/cg/memory/a/b/memory.limit_in_bytes", "%llu\n", 1024 * MIB);
    fixture_add(root, "/cg/memory/a/b/memory.usage_in_bytes", "%llu\n", 600 * MIB);
    check_left(424, "left of the cgroup's limit");
    /* Reclaimable page cache counts as free; "inactive_file" is part of "total_inactive_file". */
    fixture_add(root, "/cg/memory/a/b/memory.stat",
                "inactive_file %llu\ntotal_inactive_file %llu\n", MIB, 100 * MIB);
    check_left(524, "left of the cgroup's limit");
    /* The tightest limit at any level applies. */
    fixture_add(root, "/cg/memory/a/memory.limit_in_bytes", "%llu\n", 2048 * MIB);
    fixture_add(root, "/cg/memory/a/memory.usage_in_bytes", "%llu\n", 2000 * MIB);
    check_left(48, "left of the cgroup's limit");
    fixture_add(root, "/cg/memory/a/memory.usage_in_bytes", "%llu\n", 2100 * MIB);
    check_left(0, "left of the cgroup's limit");
    fixture_remove(root);
}
END_TEST

START_TEST(version_2_has_two_limits)
{
    set_up("0::/a\n");
    fixture_add(root, "/cg/two/a/memory.max", "%llu\n", 1024 * MIB);
    fixture_add(root, "/cg/two/a/memory.high", "max\n");
    fixture_add(root, "/cg/two/a/memory.current", "%llu\n", 600 * MIB);
    fixture_add(root, "/cg/two/a/memory.stat", "anon 5\ninactive_file %llu\n", 100 * MIB);
    check_left(524, "left of the cgroup's limit");
    fixture_add(root, "/cg/two/a/memory.high", "%llu\n", 512 * MIB);
    check_left(12, "left of the cgroup's limit");
    fixture_remove(root);
}
END_TEST

START_TEST(fits_is_the_inverse_of_needed)
{
    static const uint64_t rooms[] = {
        0, MIB, 32 * MIB, 35 * MIB, 100 * MIB + 1, 512 * MIB, 5000 * MIB - 1, 1ull << 40};

    for (unsigned i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++)
        for (uint64_t extra = 0; extra <= 64 * MIB; extra += 32 * MIB) {
            uint64_t fits = headroom_fits(rooms[i], extra);

            ck_assert_uint_eq(fits % (2 * MIB), 0);
            if (fits)
                ck_assert_uint_le(headroom_needed(fits, extra), rooms[i]);
            ck_assert_uint_gt(headroom_needed(fits + 2 * MIB, extra), rooms[i]);
        }
    ck_assert_uint_lt(headroom_fits(1ull << 30, 0), (1ull << 30) - (30 * MIB));
    ck_assert_uint_gt(headroom_fits(1ull << 30, 0), 900 * MIB);
}
END_TEST

START_TEST(hugetlb_has_separate_limits)
{
    set_up("3:hugetlb:/a\n0::/a\n");
    ck_assert_uint_eq(headroom_hugetlb(root, 2 * MIB), UINT64_MAX);
    fixture_add(root, "/cg/hugetlb/a/hugetlb.2MB.limit_in_bytes", "%llu\n", 64 * MIB);
    fixture_add(root, "/cg/hugetlb/a/hugetlb.2MB.usage_in_bytes", "%llu\n", 16 * MIB);
    ck_assert_uint_eq(headroom_hugetlb(root, 2 * MIB), 48 * MIB);
    ck_assert_uint_eq(headroom_hugetlb(root, 1024 * MIB), UINT64_MAX);
    fixture_add(root, "/cg/two/a/hugetlb.1GB.max", "%llu\n", 2048 * MIB);
    fixture_add(root, "/cg/two/a/hugetlb.1GB.current", "%llu\n", 3072 * MIB);
    ck_assert_uint_eq(headroom_hugetlb(root, 1024 * MIB), 0);
    fixture_remove(root);
}
END_TEST

START_TEST(only_strict_overcommit_limits_mappings)
{
    set_up("");
    ck_assert_uint_eq(headroom_commit(root), UINT64_MAX);
    fixture_add(root, "/proc/sys/vm/overcommit_memory", "0\n");
    ck_assert_uint_eq(headroom_commit(root), UINT64_MAX);
    fixture_add(root, "/proc/sys/vm/overcommit_memory", "2\n");
    ck_assert_uint_eq(headroom_commit(root), 512 * MIB);
    fixture_add(root, "/proc/meminfo", "CommitLimit: 5 kB\nCommitted_AS: 6 kB\n");
    ck_assert_uint_eq(headroom_commit(root), 0);
    fixture_add(root, "/proc/meminfo", "CommitLimit: 5 kB\n");
    ck_assert_uint_eq(headroom_commit(root), UINT64_MAX);
    fixture_remove(root);
}
END_TEST

SUITE_MAIN("headroom", available_memory_is_the_upper_bound, a_group_has_its_unused_memory,
           version_2_has_two_limits, fits_is_the_inverse_of_needed, hugetlb_has_separate_limits,
           only_strict_overcommit_limits_mappings)
