/* SPDX-License-Identifier: MIT */
/* The I/O figures of a row: latency, depth and costs per operation. */
#ifndef REPORT_IO_H
#define REPORT_IO_H

#include "vmm/core/report/report.h"

struct io_summary {
    double mb_per_s;   /* 10^6 bytes */
    double depth;      /* mean number of operations in flight */
    double cpu_ns;     /* host CPU time of the process per operation */
    double exits;      /* to user space, per operation */
    double kicks;      /* notifications per operation */
    double interrupts; /* per operation */
    uint64_t latency_ns[CHANNEL_IO_POINTS];
};

/* The percentages of latency_ns[], and some of its indices. */
extern const double io_percent[CHANNEL_IO_POINTS];
enum { IO_P50 = 5, IO_P99 = 9, IO_P999 = 10 };

/* io_summary_of(): the figures of a row with has_io. Returns 0, or -1 if the row has no END. */
int io_summary_of(const struct report *report, const struct result_row *row,
                  struct io_summary *summary);

#endif
