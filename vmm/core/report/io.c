/* SPDX-License-Identifier: MIT */
#include "vmm/core/report/io.h"

const double io_percent[CHANNEL_IO_POINTS] = CHANNEL_IO_PERCENTILES;

int io_summary_of(const struct report *report, const struct result_row *row,
                  struct io_summary *summary)
{
    const struct clock_rate *rate = &report->info->rate;
    const struct usage *usage = &row->usage;
    double ops = (double)row->ops, window_ns = (double)clock_ns(rate, row->window_ticks);
    uint64_t exits = 0;

    if (!row->has_io || !row->ended || !row->ops || window_ns <= 0)
        return -1;
    for (unsigned i = 0; i < EXIT_REASONS; i++)
        exits += usage->count[i];
    *summary = (struct io_summary){
        .mb_per_s = (double)row->io.bytes * 1e3 / window_ns,
        .depth = row->io.depth,
        .cpu_ns = (double)usage->process_ns / ops,
        .exits = (double)exits / ops,
        .kicks = (double)usage->io[IO_KICKS] / ops,
        .interrupts = (double)usage->io[IO_INTERRUPTS] / ops,
    };
    for (unsigned i = 0; i < CHANNEL_IO_POINTS; i++)
        summary->latency_ns[i] = clock_ns(rate, row->io.ticks[i]);
    return 0;
}
