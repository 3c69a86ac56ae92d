/* SPDX-License-Identifier: MIT */
/* What a report says of a row of I/O, beside its throughput. */
#ifndef REPORT_IO_H
#define REPORT_IO_H

#include "vmm/core/report/report.h"

struct io_summary {
    double mb_per_s;   /* 10^6 bytes */
    double depth;      /* achieved, on average */
    double cpu_ns;     /* of the host's CPUs per operation: all threads of the process */
    double exits;      /* to user space, per operation */
    double kicks;      /* notifications per operation */
    double interrupts; /* per operation */
    uint64_t latency_ns[CHANNEL_IO_POINTS];
};

/* The percentages of latency_ns, and the places of some of them. */
extern const double io_percent[CHANNEL_IO_POINTS];
enum { IO_P50 = 5, IO_P99 = 9, IO_P999 = 10 };

/* io_summary_of(): of a row that has_io. Returns 0, or -1 if it did not come to its end. */
int io_summary_of(const struct report *report, const struct result_row *row,
                  struct io_summary *summary);

#endif
