/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/core/report/outcome.h"
#include "vmm/core/report/summary.h"

bool report_failed(const struct report *report)
{
    const struct run_result *result = report->result;
    const char *bench = report->config->bench;
    struct outcome_missing missing;

    if (report->info->stop != STOP_GUEST || *report->info->trace_error.text || result->has_fault ||
        result->exit_status || result->failed || outcome_missing(report, &bench, &missing) ||
        outcome_interrupted_rows(report))
        return true;
    for (uint32_t i = 0; i < result->rows; i++)
        if (result->row[i].check != RESULT_OK)
            return true;
    return false;
}

const char *report_fault(char text[80], const struct channel_fault *fault)
{
    /* Intel SDM vol. 3, table 6-1 */
    static const char *const names[32] = {
        [0] = "divide error",         [1] = "debug",
        [3] = "breakpoint",           [6] = "invalid opcode",
        [7] = "device not available", [8] = "double fault",
        [10] = "invalid TSS",         [11] = "segment not present",
        [12] = "stack fault",         [13] = "general protection",
        [14] = "page fault",          [16] = "x87 floating point",
        [17] = "alignment check",     [18] = "machine check",
        [19] = "SIMD floating point", [21] = "control protection",
    };
    const char *name = fault->vector < 32 ? names[fault->vector] : NULL;

    snprintf(text, 80, "%s (vector %u, error %#" PRIx64 ")", name ? name : "trap", fault->vector,
             fault->error);
    return text;
}

const char *report_stop_name(enum run_stop stop)
{
    static const char *const names[] = {
        [STOP_NONE] = "none",       [STOP_GUEST] = "guest", [STOP_SIGNAL] = "signal",
        [STOP_TIMEOUT] = "timeout", [STOP_ERROR] = "error",
    };

    return names[stop];
}

const char *report_env_name(enum run_env env)
{
    static const char *const names[] = {
        [RUN_VM] = "vm",
        [RUN_NATIVE] = "native",
        [RUN_CONTAINER] = "container",
    };

    return names[env];
}

/* The index of a KVM statistic, or -1. */
static int kvm_index(const struct report *report, const char *name)
{
    const struct kvm_stat_names *names = &report->info->vcpu_stats;

    for (unsigned i = 0; i < names->count; i++)
        if (!strcmp(names->name[i], name))
            return (int)i;
    return -1;
}

bool summary_has_kvm(const struct report *report, const struct usage *usage, const char *name)
{
    return !usage->kvm_partial && kvm_index(report, name) >= 0;
}

uint64_t summary_kvm(const struct report *report, const struct usage *usage, const char *name)
{
    return summary_has_kvm(report, usage, name) ? usage->kvm[kvm_index(report, name)] : 0;
}

/* The sum of several statistics; RUN_INFO_UNKNOWN unless all are known. */
static uint64_t sum_kvm(const struct report *report, const struct usage *usage,
                        const char *const *names, unsigned count)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < count; i++) {
        if (!summary_has_kvm(report, usage, names[i]))
            return RUN_INFO_UNKNOWN;
        sum += summary_kvm(report, usage, names[i]);
    }
    return sum;
}

static int summarize_samples(const struct report *report, const struct result_row *row,
                             struct summary *summary)
{
    double *sorted = malloc(row->samples * sizeof(*sorted));

    if (!sorted)
        return -1;
    memcpy(sorted, report->result->sample + row->first_sample, row->samples * sizeof(*sorted));
    stats_sort(sorted, row->samples);
    summary->samples = row->samples;
    summary->median = stats_median(sorted, row->samples);
    summary->ci95 = stats_median_ci95(sorted, row->samples, &summary->confidence);
    summary->has_spread = summary->confidence >= SUMMARY_CONFIDENCE && summary->median != 0;
    if (summary->has_spread)
        summary->spread_pct =
            (summary->ci95.high - summary->ci95.low) / 2 / fabs(summary->median) * 100;
    free(sorted);
    return 0;
}

static uint64_t minus(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

/* The time in guest code. Without KVM's statistics, the halted time is unknown. */
static uint64_t running_of(const struct run_info *info, const struct summary *summary)
{
    uint64_t on_cpu = summary->time.on_cpu_ns, in_guest;

    if (info->env != RUN_VM || on_cpu == CPUS_UNKNOWN)
        return on_cpu;
    if (summary->halted_ns == RUN_INFO_UNKNOWN)
        return RUN_INFO_UNKNOWN;
    in_guest = minus(summary->in_run_ns, summary->halted_ns);
    return on_cpu < in_guest ? on_cpu : in_guest;
}

static void share_time(const struct run_info *info, const struct result_row *row,
                       struct summary *summary)
{
    uint64_t awake;

    summary->asleep_ns = RUN_INFO_UNKNOWN;
    summary->running_ns = running_of(info, summary);
    if (summary->running_ns == RUN_INFO_UNKNOWN || summary->time.runqueue_ns == CPUS_UNKNOWN)
        return;
    /* A handler may sleep, and exits of the harness use CPU time, too. */
    awake = summary->running_ns + summary->handler_ns;
    if (awake < summary->time.on_cpu_ns)
        awake = summary->time.on_cpu_ns;
    summary->asleep_ns = minus(summary->window_ns * row->begin.threads, awake);
    summary->asleep_ns = minus(summary->asleep_ns, summary->time.runqueue_ns);
}

int summary_of(const struct report *report, uint32_t i, struct summary *summary)
{
    static const char *const halted[] = {"halt_wait_ns", "halt_poll_success_ns",
                                         "halt_poll_fail_ns"};
    const struct run_info *info = report->info;
    const struct result_row *row = &report->result->row[i];
    const struct usage *usage = &row->usage;

    *summary = (struct summary){0};
    if (summarize_samples(report, row, summary))
        return -1;
    summary->window_ns = clock_ns(&info->rate, row->window_ticks);
    summary->in_run_ns = usage->in_run_ns;
    summary->time = usage->time;
    summary->halted_ns = sum_kvm(report, usage, halted, sizeof(halted) / sizeof(halted[0]));
    for (unsigned reason = 0; reason < EXIT_REASONS; reason++) {
        summary->exits_user += usage->count[reason];
        summary->handler_ns += usage->handler_ns[reason];
    }
    share_time(info, row, summary);
    return 0;
}
