/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "tests/support/suite.h"
#include "tests/unit/fixture.h"
#include "vmm/core/host/quota.h"

static char root[FIXTURE_PATH_MAX];

static void add_v1(const char *group, const char *us, unsigned periods, unsigned long long ns)
{
    char path[256];

    snprintf(path, sizeof(path), "/cg/cpu%s/cpu.cfs_quota_us", group);
    fixture_add(root, path, "%s\n", us);
    snprintf(path, sizeof(path), "/cg/cpu%s/cpu.cfs_period_us", group);
    fixture_add(root, path, "100000\n");
    snprintf(path, sizeof(path), "/cg/cpu%s/cpu.stat", group);
    fixture_add(root, path, "nr_periods 99\nnr_throttled %u\nthrottled_time %llu\n", periods, ns);
}

static void add_v2(const char *group, const char *max, unsigned periods, unsigned long long us)
{
    char path[256];

    snprintf(path, sizeof(path), "/cg/two%s/cpu.max", group);
    fixture_add(root, path, "%s\n", max);
    snprintf(path, sizeof(path), "/cg/two%s/cpu.stat", group);
    fixture_add(root, path, "usage_usec 5\nnr_periods 99\nnr_throttled %u\nthrottled_usec %llu\n",
                periods, us);
}

static void set_up(const char *groups)
{
    fixture_tree(root);
    fixture_add(root, "/proc/self/cgroup", "%s", groups);
    fixture_add(root, "/proc/self/mountinfo",
                "32 31 0:29 / /cg/cpu rw - cgroup cgroup rw,cpu\n"
                "33 31 0:30 / /cg/two rw - cgroup2 cgroup2 rw\n");
}

static void check_limit(double cpus, const char *text)
{
    struct quota quota;

    quota_read(root, &quota);
    ck_assert_double_eq(quota.cpus, cpus);
    ck_assert_str_eq(quota.text, text);
}

START_TEST(the_tightest_of_version_1_counts)
{
    set_up("1:cpu:/outer/inner\n");
    add_v1("", "-1", 0, 0);
    add_v1("/outer", "-1", 0, 0);
    add_v1("/outer/inner", "-1", 0, 0);
    check_limit(0, "");
    add_v1("/outer/inner", "150000", 0, 0);
    check_limit(1.5, "150000 100000");
    add_v1("/outer", "20000", 0, 0);
    check_limit(0.2, "20000 100000");
    /* A sibling's quota does not apply. */
    add_v1("/outer/other", "1000", 0, 0);
    check_limit(0.2, "20000 100000");
    fixture_remove(root);
}
END_TEST

START_TEST(the_tightest_of_version_2_counts)
{
    set_up("0::/outer/inner\n");
    add_v2("/outer/inner", "max 100000", 0, 0);
    check_limit(0, "");
    add_v2("/outer/inner", "400000 200000", 0, 0);
    check_limit(2, "400000 200000");
    add_v2("/outer", "50000 100000", 0, 0);
    check_limit(0.5, "50000 100000");
    fixture_remove(root);
}
END_TEST

START_TEST(invalid_quotas_are_ignored)
{
    static const char *const texts[] = {"", "0 100000", "-5 100000", "100 0", "x y", "100"};

    set_up("0::/a\n");
    for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        add_v2("/a", texts[i], 0, 0);
        check_limit(0, "");
    }
    fixture_remove(root);
}
END_TEST

START_TEST(throttling_is_the_difference_of_two_readings)
{
    struct quota_throttled throttled;
    struct quota before, after;

    set_up("1:cpu:/outer/inner\n0::/b\n");
    add_v1("/outer", "20000", 7, 5000000);
    add_v1("/outer/inner", "150000", 3, 900000000);
    quota_read(root, &before);
    add_v1("/outer", "20000", 19, 705000000);
    add_v1("/outer/inner", "150000", 4, 900000001);
    quota_read(root, &after);
    ck_assert_int_eq(quota_throttled(&before, &after, &throttled), 0);
    ck_assert_uint_eq(throttled.periods, 12);
    ck_assert_uint_eq(throttled.ns, 700000000);
    ck_assert_int_eq(quota_throttled(&after, &after, &throttled), 0);
    ck_assert_uint_eq(throttled.periods, 0);
    ck_assert_uint_eq(throttled.ns, 0);
    /* A counter that decreased is unknown. */
    ck_assert_int_eq(quota_throttled(&after, &before, &throttled), -1);
    fixture_remove(root);
}
END_TEST

START_TEST(version_2_counts_in_microseconds)
{
    struct quota_throttled throttled;
    struct quota before, after;

    set_up("0::/a\n");
    add_v2("/a", "20000 100000", 1, 10);
    quota_read(root, &before);
    add_v2("/a", "20000 100000", 3, 25);
    quota_read(root, &after);
    ck_assert_int_eq(quota_throttled(&before, &after, &throttled), 0);
    ck_assert_uint_eq(throttled.periods, 2);
    ck_assert_uint_eq(throttled.ns, 15000);
    fixture_remove(root);
}
END_TEST

START_TEST(without_a_quota_throttling_is_unknown)
{
    struct quota_throttled throttled;
    struct quota before, after;

    set_up("0::/a\n");
    add_v2("/a", "max 100000", 0, 0);
    quota_read(root, &before);
    quota_read(root, &after);
    ck_assert_int_eq(quota_throttled(&before, &after, &throttled), -1);
    /* A quota that was set meanwhile has no first reading. */
    add_v2("/a", "1000 100000", 1, 1);
    quota_read(root, &after);
    ck_assert_int_eq(quota_throttled(&before, &after, &throttled), -1);
    /* After a move to another group, the difference is unknown. */
    fixture_add(root, "/proc/self/cgroup", "0::/b\n");
    add_v2("/b", "1000 100000", 50, 50);
    quota_read(root, &after);
    ck_assert_int_eq(quota_throttled(&before, &after, &throttled), -1);
    fixture_remove(root);
}
END_TEST

START_TEST(a_quota_may_lack_counters)
{
    struct quota_throttled throttled;
    struct quota quota;

    set_up("0::/a\n");
    fixture_add(root, "/cg/two/a/cpu.max", "20000 100000\n");
    quota_read(root, &quota);
    ck_assert_double_eq(quota.cpus, 0.2);
    ck_assert_int_eq(quota_throttled(&quota, &quota, &throttled), -1);
    fixture_remove(root);
}
END_TEST

SUITE_MAIN("quota", the_tightest_of_version_1_counts, the_tightest_of_version_2_counts,
           invalid_quotas_are_ignored, throttling_is_the_difference_of_two_readings,
           version_2_counts_in_microseconds, without_a_quota_throttling_is_unknown,
           a_quota_may_lack_counters)
