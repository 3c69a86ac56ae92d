/* SPDX-License-Identifier: MIT */
/*
 * The figures of a result row, computed from its samples and counters.
 */
#ifndef REPORT_SUMMARY_H
#define REPORT_SUMMARY_H

#include "vmm/core/base/stats.h"
#include "vmm/core/report/report.h"

struct summary {
    size_t samples;
    double median;
    struct stats_interval ci95; /* of the median; with fewer than six samples, the whole range */
    double confidence;          /* of that interval: >= 0.95 from six samples on */
    bool has_spread;            /* confidence >= 0.95 and median != 0 */
    double spread_pct;          /* half the interval, in percent of the median */

    uint64_t window_ns;
    uint64_t exits_user; /* exits to user space caused by the benchmark */

    /* Times summed over all vCPUs in the window; RUN_INFO_UNKNOWN: unknown for some vCPU. */
    uint64_t in_run_ns;  /* in KVM_RUN: guest code, exits handled by KVM, halted */
    uint64_t halted_ns;  /* of that, halted, from KVM's statistics */
    uint64_t handler_ns; /* handling the benchmark's exits */
    struct cpus_time time;

    /*
     * Times of the threads of this row; other vCPUs sleep. A vCPU can be preempted in KVM_RUN or in
     * a handler, so that its CPU time is the upper bound of its time in guest code.
     */
    uint64_t running_ns; /* guest code, or benchmark code of a native run */
    uint64_t asleep_ns;  /* the rest of the window */
};

/* Minimum confidence of an interval that is shown. */
#define SUMMARY_CONFIDENCE 0.95

/* summary_of(): summarize row `i`, which must have samples. Returns 0, or -1: out of memory. */
int summary_of(const struct report *report, uint32_t i, struct summary *summary);

/*
 * summary_has_kvm(): whether the KVM statistic `name` is known for all vCPUs in a row's window.
 */
bool summary_has_kvm(const struct report *report, const struct usage *usage, const char *name);

/* summary_kvm(): the sum of that statistic over all vCPUs; 0 if unknown. */
uint64_t summary_kvm(const struct report *report, const struct usage *usage, const char *name);

#endif
