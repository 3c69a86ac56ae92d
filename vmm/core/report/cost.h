/* SPDX-License-Identifier: MIT */
/*
 * What one operation that leaves the guest costs, as its three observers saw it: the guest's round
 * trip, the VMM's handler, and between them KVM, the system call and the hardware's switch.
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
    bool has_times; /* single operations were timed by the guest */
    struct cost_spread roundtrip;
    bool has_handler; /* and each had an exit to user space, whose handler was timed */
    struct cost_spread handler, switched; /* switched: round trip less handler, one by one */
};

/* cost_of(): of a row that has_cost. Returns 0, or -1: no memory. */
int cost_of(const struct report *report, const struct result_row *row, struct cost *cost);

/* cost_traced(): the same row of the traced run, with its tracepoints; NULL: there is none. */
const struct result_row *cost_traced(const struct report *report, const struct result_row *row);

#define COST_ADDED_MAX 8

/* A bare KVM_RUN, and what the VMM's own work adds to it, in ns. */
struct cost_added {
    const char *exit;           /* its reason: "mmio_write" */
    double bare, added, ratio;  /* (bare + added) / bare */
    struct stats_interval ci95; /* of what is added */
    double confidence;          /* of that interval: 0.95 or more from six samples on */
};

/*
 * cost_added(): the pairs of a MINIVMM_BENCH_ADDED_WORK row with its MINIVMM_BENCH_BARE_RUN row, at
 * most `max`. Returns their number.
 */
unsigned cost_added(const struct report *report, struct cost_added *added, unsigned max);

#endif
