/* SPDX-License-Identifier: MIT */
#include "tests/support/suite.h"
#include "vmm/core/result/run_info.h"

/* Two ticks per ns. */
#define HZ 2000000000ull

static struct run_info info;
static struct clock_point start = {.ticks = 1000000, .mono_ns = 5000000000};

static void set_up(void)
{
    info = (struct run_info){
        .rate = clock_rate_of(HZ),
        .ticks = {.entry = 1200000, .user = 1500000, .last_user = 1900000},
    };
}

START_TEST(the_startup_is_split_into_parts)
{
    set_up();
    run_info_startup(&info, &start, 4999700000);
    ck_assert_uint_eq(info.startup.exec_to_main, 300000);
    ck_assert_uint_eq(info.startup.main_to_entry, 100000);
    ck_assert_uint_eq(info.startup.entry_to_user, 150000);
    ck_assert_uint_eq(info.startup.exec_to_user, 300000 + 250000);
    ck_assert_uint_eq(info.startup.exec_to_last_user, 300000 + 450000);
    ck_assert_uint_eq(info.startup.teardown, RUN_INFO_UNKNOWN);
}
END_TEST

START_TEST(a_native_run_has_no_entry_to_user_time)
{
    static const enum run_env envs[] = {RUN_NATIVE, RUN_CONTAINER};

    for (unsigned i = 0; i < 2; i++) {
        set_up();
        info.env = envs[i];
        info.ticks.entry = info.ticks.user;
        run_info_startup(&info, &start, 4999700000);
        ck_assert_uint_eq(info.startup.main_to_entry, 250000);
        ck_assert_uint_eq(info.startup.entry_to_user, RUN_INFO_UNKNOWN);
        ck_assert_uint_eq(info.startup.exec_to_user, 300000 + 250000);
    }
}
END_TEST

START_TEST(without_an_exec_time_its_part_is_absent)
{
    set_up();
    run_info_startup(&info, &start, 0);
    ck_assert_uint_eq(info.startup.exec_to_main, RUN_INFO_UNKNOWN);
    ck_assert_uint_eq(info.startup.exec_to_user, RUN_INFO_UNKNOWN);
    ck_assert_uint_eq(info.startup.exec_to_last_user, RUN_INFO_UNKNOWN);
    ck_assert_uint_eq(info.startup.main_to_entry, 100000);
    /* An exec time later than main(). */
    run_info_startup(&info, &start, start.mono_ns + 1000);
    ck_assert_uint_eq(info.startup.exec_to_main, RUN_INFO_UNKNOWN);
    run_info_startup(&info, &start, start.mono_ns);
    ck_assert_uint_eq(info.startup.exec_to_main, 0);
}
END_TEST

START_TEST(unknown_times_give_no_durations)
{
    set_up();
    info.ticks = (struct run_ticks){.entry = 1200000};
    run_info_startup(&info, &start, 4999700000);
    ck_assert_uint_eq(info.startup.main_to_entry, 100000);
    ck_assert_uint_eq(info.startup.entry_to_user, RUN_INFO_UNKNOWN);
    ck_assert_uint_eq(info.startup.exec_to_user, RUN_INFO_UNKNOWN);
    info.ticks = (struct run_ticks){0};
    run_info_startup(&info, &start, 4999700000);
    ck_assert_uint_eq(info.startup.main_to_entry, RUN_INFO_UNKNOWN);
    ck_assert_uint_eq(info.startup.entry_to_user, RUN_INFO_UNKNOWN);
}
END_TEST

START_TEST(drift_is_in_parts_per_million)
{
    double ppm = 7;

    set_up();
    info.begin = (struct clock_point){.ticks = 77, .raw_ns = 1000};
    info.end = (struct clock_point){.ticks = 77 + 10 * HZ, .raw_ns = 1000 + 10000000000};
    ck_assert_int_eq(run_info_drift(&info, &ppm), 0);
    ck_assert_double_eq_tol(ppm, 0, 0.001);
    info.end.ticks += 10 * HZ / 10000;
    ck_assert_int_eq(run_info_drift(&info, &ppm), 0);
    ck_assert_double_eq_tol(ppm, 100, 0.001);
    info.end.ticks -= 10 * HZ / 5000;
    ck_assert_int_eq(run_info_drift(&info, &ppm), 0);
    ck_assert_double_eq_tol(ppm, -100, 0.001);
}
END_TEST

START_TEST(a_short_run_has_no_drift)
{
    double ppm;

    set_up();
    info.end = (struct clock_point){.ticks = HZ / 10 - 2, .raw_ns = 99999999};
    ck_assert_int_eq(run_info_drift(&info, &ppm), -1);
    info.end = (struct clock_point){.ticks = HZ / 10, .raw_ns = 100000000};
    ck_assert_int_eq(run_info_drift(&info, &ppm), 0);
    info.end = info.begin;
    ck_assert_int_eq(run_info_drift(&info, &ppm), -1);
}
END_TEST

SUITE_MAIN("run_info", the_startup_is_split_into_parts, a_native_run_has_no_entry_to_user_time,
           without_an_exec_time_its_part_is_absent, unknown_times_give_no_durations,
           drift_is_in_parts_per_million, a_short_run_has_no_drift)
