/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/support/suite.h"
#include "tests/unit/sample.h"
#include "vmm/core/report/summary.h"

static struct sample sample;

static struct summary summary_at(uint32_t i)
{
    struct summary summary;

    ck_assert_int_eq(summary_of(&sample.report, i, &summary), 0);
    return summary;
}

START_TEST(the_median_of_the_samples_is_found)
{
    struct summary summary;

    sample_init(&sample);
    sample_row(&sample, "first", "", 3);
    sample_row(&sample, "second", "", 9);
    /* Unsorted; the samples of the previous row do not count. */
    sample.result.sample[3] = 9;
    sample.result.sample[11] = 1;
    summary = summary_at(1);
    ck_assert_uint_eq(summary.samples, 9);
    ck_assert_double_eq(summary.median, 5);
    ck_assert_double_eq(summary.ci95.low, 2);
    ck_assert_double_eq(summary.ci95.high, 8);
    ck_assert_double_eq_tol(summary.spread_pct, 60, 1e-9);
    ck_assert_double_eq(sample.result.sample[3], 9);
    sample_free(&sample);
}
END_TEST

START_TEST(few_samples_give_the_whole_range)
{
    struct summary summary;

    sample_init(&sample);
    sample_row(&sample, "one", "", 1);
    sample_row(&sample, "five", "", 5);
    summary = summary_at(0);
    ck_assert_double_eq(summary.median, 1);
    ck_assert_double_eq(summary.ci95.low, 1);
    ck_assert_double_eq(summary.ci95.high, 1);
    ck_assert_double_eq(summary.confidence, 0);
    ck_assert(!summary.has_spread);
    summary = summary_at(1);
    ck_assert_double_eq(summary.ci95.low, 1);
    ck_assert_double_eq(summary.ci95.high, 5);
    ck_assert_double_eq_tol(summary.confidence, 0.9375, 1e-12);
    ck_assert(!summary.has_spread);
    sample_free(&sample);
}
END_TEST

START_TEST(a_median_of_zero_has_no_spread_in_percent)
{
    struct summary summary;

    sample_init(&sample);
    sample_row(&sample, "zero", "", 7);
    for (int i = 0; i < 7; i++)
        sample.result.sample[i] = i - 3;
    summary = summary_at(0);
    ck_assert_double_eq(summary.median, 0);
    ck_assert(!summary.has_spread);
    /* A negative median has a positive spread. */
    for (int i = 0; i < 7; i++)
        sample.result.sample[i] = i - 7;
    ck_assert(summary_at(0).has_spread);
    ck_assert_double_eq(summary_at(0).spread_pct, 75);
    sample_free(&sample);
}
END_TEST

START_TEST(exits_of_the_harness_are_not_charged)
{
    struct result_row *row;
    struct summary summary;

    sample_init(&sample);
    row = sample_row(&sample, "row", "", 1);
    row->usage.count[EXIT_PIO_OUT] = 7;
    row->usage.count[EXIT_SIGNAL] = 2;
    row->usage.handler_ns[EXIT_PIO_OUT] = 700;
    row->usage.handler_ns[EXIT_OTHER] = 30;
    /* Exits to a device of the benchmark are counted by reason already. */
    row->usage.count[exitstat_device(SAMPLE_DISK)] = 7;
    row->usage.handler_ns[exitstat_device(SAMPLE_DISK)] = 700;
    row->usage.count[exitstat_device(SAMPLE_CHANNEL)] = 3;
    row->usage.handler_ns[exitstat_device(SAMPLE_CHANNEL)] = 9000;
    row->usage.count[exitstat_device(SAMPLE_PARAVIRT)] = 40;
    row->usage.in_run_ns = 9876543;
    row->usage.time = (struct cpus_time){.on_cpu_ns = 9000000, .runqueue_ns = 4321};
    row->usage.kvm[SAMPLE_HALT_WAIT] = 1000;
    row->usage.kvm[SAMPLE_HALT_POLL] = 40;
    row->usage.kvm[SAMPLE_HALT_FOUND] = 10;
    summary = summary_at(0);
    ck_assert_uint_eq(summary.window_ns, 10000000);
    ck_assert_uint_eq(summary.exits_user, 9);
    ck_assert_uint_eq(summary.handler_ns, 730);
    ck_assert_uint_eq(summary.in_run_ns, 9876543);
    ck_assert_uint_eq(summary.time.runqueue_ns, 4321);
    ck_assert_uint_eq(summary.running_ns, 9000000);
    ck_assert_uint_eq(summary.asleep_ns, 10000000 - 9000000 - 4321 - 730);
    ck_assert_uint_eq(summary.halted_ns, 1050);
    sample_free(&sample);
}
END_TEST

/* Time of the row's threads that is neither on a CPU nor in the run queue. */
START_TEST(the_rest_of_the_window_is_sleep)
{
    struct result_row *row;

    sample_init(&sample);
    row = sample_row(&sample, "row", "", 1);
    row->usage.in_run_ns = 9000000;
    row->usage.time = (struct cpus_time){.on_cpu_ns = 3000000, .runqueue_ns = 1000000};
    ck_assert_uint_eq(summary_at(0).asleep_ns, 6000000);
    /* Each vCPU contributes a window. */
    row->begin.threads = 2;
    ck_assert_uint_eq(summary_at(0).asleep_ns, 16000000);
    row->begin.threads = 1;
    /* A sleeping handler counts as handler time. */
    row->usage.count[EXIT_PIO_OUT] = 1;
    row->usage.handler_ns[EXIT_PIO_OUT] = 2000000;
    ck_assert_uint_eq(summary_at(0).asleep_ns, 4000000);
    /* CPU time in handlers of the harness is not sleep. */
    row->usage.in_run_ns = 1000000;
    row->usage.time.on_cpu_ns = 8000000;
    ck_assert_uint_eq(summary_at(0).running_ns, 1000000);
    ck_assert_uint_eq(summary_at(0).asleep_ns, 1000000);
    /* The sleep time is not negative. */
    row->usage.time.runqueue_ns = 50000000;
    ck_assert_uint_eq(summary_at(0).asleep_ns, 0);
    row->usage.time = (struct cpus_time){.on_cpu_ns = UINT64_MAX - 1};
    ck_assert_uint_eq(summary_at(0).asleep_ns, 0);
    sample_free(&sample);
}
END_TEST

/* Values computed from unknown values are unknown. */
START_TEST(values_missing_in_the_kernel_are_unknown)
{
    struct result_row *row;

    sample_init(&sample);
    row = sample_row(&sample, "row", "", 1);
    row->usage.in_run_ns = 9000000;
    row->usage.time = (struct cpus_time){.on_cpu_ns = 3000000, .runqueue_ns = CPUS_UNKNOWN};
    ck_assert_uint_eq(summary_at(0).running_ns, 3000000);
    ck_assert_uint_eq(summary_at(0).asleep_ns, RUN_INFO_UNKNOWN);
    row->usage.time = (struct cpus_time){.on_cpu_ns = CPUS_UNKNOWN, .runqueue_ns = 1000000};
    ck_assert_uint_eq(summary_at(0).running_ns, RUN_INFO_UNKNOWN);
    ck_assert_uint_eq(summary_at(0).asleep_ns, RUN_INFO_UNKNOWN);
    row->usage.time.on_cpu_ns = 3000000;
    ck_assert_uint_eq(summary_at(0).asleep_ns, 6000000);
    /* One of the three parts of the halted time. */
    sample.info.vcpu_stats.name[SAMPLE_HALT_FOUND] = "something_else";
    ck_assert_uint_eq(summary_at(0).halted_ns, RUN_INFO_UNKNOWN);
    ck_assert_uint_eq(summary_at(0).running_ns, RUN_INFO_UNKNOWN);
    ck_assert_uint_eq(summary_at(0).asleep_ns, RUN_INFO_UNKNOWN);
    /* A native run has no halted time. */
    sample_native(&sample);
    row->usage.in_run_ns = 0;
    ck_assert_uint_eq(summary_at(0).running_ns, 3000000);
    ck_assert_uint_eq(summary_at(0).asleep_ns, 6000000);
    row->usage.time.runqueue_ns = CPUS_UNKNOWN;
    ck_assert_uint_eq(summary_at(0).running_ns, 3000000);
    ck_assert_uint_eq(summary_at(0).asleep_ns, RUN_INFO_UNKNOWN);
    sample_free(&sample);
}
END_TEST

START_TEST(kvms_statistics_are_found_by_name)
{
    struct result_row *row;

    sample_init(&sample);
    row = sample_row(&sample, "row", "", 1);
    row->usage.kvm[SAMPLE_IRQS] = 5;
    ck_assert_uint_eq(summary_kvm(&sample.report, &row->usage, "irq_injections"), 5);
    ck_assert_uint_eq(summary_kvm(&sample.report, &row->usage, "irq"), 0);
    ck_assert(summary_has_kvm(&sample.report, &row->usage, "irq_injections"));
    ck_assert(!summary_has_kvm(&sample.report, &row->usage, "irq"));
    /* A sum without all vCPUs is unknown. */
    row->usage.kvm_partial = true;
    ck_assert(!summary_has_kvm(&sample.report, &row->usage, "irq_injections"));
    ck_assert_uint_eq(summary_kvm(&sample.report, &row->usage, "irq_injections"), 0);
    ck_assert_uint_eq(summary_at(0).halted_ns, RUN_INFO_UNKNOWN);
    row->usage.kvm_partial = false;
    sample.info.vcpu_stats.count = 0;
    ck_assert_uint_eq(summary_kvm(&sample.report, &row->usage, "irq_injections"), 0);
    sample_free(&sample);
}
END_TEST

START_TEST(a_complete_run_has_not_failed)
{
    sample_init(&sample);
    ck_assert(!report_failed(&sample.report));
    sample_row(&sample, "right", "", 1);
    ck_assert(!report_failed(&sample.report));
    sample_free(&sample);
}
END_TEST

START_TEST(each_failure_is_detected)
{
    static const enum run_stop stops[] = {STOP_NONE, STOP_SIGNAL, STOP_TIMEOUT, STOP_ERROR};
    struct result_row *row;

    sample_init(&sample);
    for (unsigned i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
        sample.info.stop = stops[i];
        ck_assert(report_failed(&sample.report));
    }
    sample.info.stop = STOP_GUEST;
    sample.result.has_fault = true;
    ck_assert(report_failed(&sample.report));
    sample.result.has_fault = false;
    sample.result.exit_status = 1;
    ck_assert(report_failed(&sample.report));
    sample.result.exit_status = 0;
    sample_row(&sample, "right", "", 1);
    row = sample_row(&sample, "wrong", "", 1);
    row->check = RESULT_WRONG;
    ck_assert(report_failed(&sample.report));
    row->check = RESULT_UNCHECKED;
    ck_assert(report_failed(&sample.report));
    row->check = RESULT_OK;
    ck_assert(!report_failed(&sample.report));
    sample_free(&sample);
}
END_TEST

START_TEST(faults_have_names)
{
    struct channel_fault fault = {.vector = 14, .error = 4};
    char text[80];

    ck_assert_str_eq(report_fault(text, &fault), "page fault (vector 14, error 0x4)");
    fault = (struct channel_fault){.vector = 2};
    ck_assert_str_eq(report_fault(text, &fault), "trap (vector 2, error 0)");
    fault = (struct channel_fault){.vector = UINT32_MAX, .error = UINT64_MAX};
    ck_assert_str_eq(report_fault(text, &fault),
                     "trap (vector 4294967295, error 0xffffffffffffffff)");
    for (fault.vector = 0; fault.vector < 40; fault.vector++) {
        ck_assert_ptr_eq(report_fault(text, &fault), text);
        ck_assert_int_eq(text[strlen(text) - 1], ')');
    }
}
END_TEST

START_TEST(ends_and_environments_have_names)
{
    ck_assert_str_eq(report_stop_name(STOP_GUEST), "guest");
    ck_assert_str_eq(report_stop_name(STOP_SIGNAL), "signal");
    ck_assert_str_eq(report_stop_name(STOP_TIMEOUT), "timeout");
    ck_assert_str_eq(report_stop_name(STOP_ERROR), "error");
    ck_assert_str_eq(report_env_name(RUN_VM), "vm");
    ck_assert_str_eq(report_env_name(RUN_NATIVE), "native");
    ck_assert_str_eq(report_env_name(RUN_CONTAINER), "container");
}
END_TEST

SUITE_MAIN("summary", the_median_of_the_samples_is_found, few_samples_give_the_whole_range,
           a_median_of_zero_has_no_spread_in_percent, exits_of_the_harness_are_not_charged,
           the_rest_of_the_window_is_sleep, values_missing_in_the_kernel_are_unknown,
           kvms_statistics_are_found_by_name, a_complete_run_has_not_failed,
           each_failure_is_detected, faults_have_names, ends_and_environments_have_names)
