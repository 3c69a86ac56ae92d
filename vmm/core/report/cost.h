/* SPDX-License-Identifier: MIT */
/*
 * The cost of an operation that causes an exit, split into the guest's round trip, the VMM's
 * handler and the difference: hardware switch, KVM and the system call.
 */
#ifndef REPORT_COST_H
#define REPORT_COST_H

#include "vmm/core/base/stats.h"
#include "vmm/core/report/report.h"

/* Of single operations, in ns. */
struct cost_spread {
    double p50, p99, max;
};

struct cost {
    bool has_times; /* the guest timed single operations */
    struct cost_spread roundtrip;
    bool has_handler;                     /* each of them has a handler time */
    struct cost_spread handler, switched; /* switched: round trip minus handler, per operation */
};

/* cost_of(): the cost of a row with has_cost. Returns 0, or -1: out of memory. */
int cost_of(const struct report *report, const struct result_row *row, struct cost *cost);

/* cost_traced(): the same row in the traced run; NULL: none. */
const struct result_row *cost_traced(const struct report *report, const struct result_row *row);

#define COST_ADDED_MAX 8

/* The time of a bare KVM_RUN and the time added by the VMM's work, in ns. */
struct cost_added {
    const char *exit;           /* exit reason: "mmio_write" */
    double bare, added, ratio;  /* (bare + added) / bare */
    struct stats_interval ci95; /* of `added` */
    double confidence;          /* of that interval: >= 0.95 from six samples on */
};

/*
 * cost_added(): the pairs of a MINIVMM_BENCH_ADDED_WORK row with its MINIVMM_BENCH_BARE_RUN row, at
 * most `max`. Returns their number.
 */
unsigned cost_added(const struct report *report, struct cost_added *added, unsigned max);

#endif
