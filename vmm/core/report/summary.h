/* SPDX-License-Identifier: MIT */
/*
 * What a report says of one row of results, computed from its samples and counters.
 */
#ifndef REPORT_SUMMARY_H
#define REPORT_SUMMARY_H

#include "vmm/core/base/stats.h"
#include "vmm/core/report/report.h"

struct summary {
    size_t samples;
    double median;
    struct stats_interval ci95; /* of the median; the whole range below six samples */
    double confidence;          /* of that interval: 0.95 or more from six samples on */
    bool has_spread;            /* it is one of 95 %, and the median is not 0 */
    double spread_pct;          /* half the interval's width, in percent of the median */

    uint64_t window_ns;
    uint64_t exits_user; /* the benchmark's own */

    /* Time of all vCPUs in the window; FACT_ABSENT where a part of it is not known. */
    uint64_t in_run_ns;  /* in KVM_RUN: the guest, what KVM answers itself, and halted */
    uint64_t halted_ns;  /* of that, by KVM's own word */
    uint64_t handler_ns; /* serving the benchmark's exits */
    struct cpus_time time;

    /*
     * Of those that took part; the others sleep. A vCPU that has lost its CPU has done so in
     * KVM_RUN or in a handler, so that its time on a CPU is the bound of that in the guest.
     */
    uint64_t running_ns; /* the guest's code, or a native run's */
    uint64_t asleep_ns;  /* what is left of the window */
};

/* A median's interval is one of 95 % from this confidence on. */
#define SUMMARY_CONFIDENCE 0.95

/* summary_of(): of row `i`, which must have at least one sample. Returns 0, or -1: no memory. */
int summary_of(const struct report *report, uint32_t i, struct summary *summary);

/*
 * summary_has_kvm(): whether a KVM statistic of this name is known of all vCPUs, in a row's window.
 */
bool summary_has_kvm(const struct report *report, const struct usage *usage, const char *name);

/* summary_kvm(): that statistic; 0 if it is not known. */
uint64_t summary_kvm(const struct report *report, const struct usage *usage, const char *name);

#endif
