/* SPDX-License-Identifier: MIT */
/*
 * The one table of benchmarks, in a section of its own that minivmm --list reads from the file.
 */
#ifndef BENCH_TABLE_H
#define BENCH_TABLE_H

#include "guest/bench/bench.h"

extern const struct bench bench_table[], bench_table_end[];

/* The keys of --args, which minivmm reads from the file as well. */
extern const struct minivmm_arg_info args_table[], args_table_end[];

/* The run functions; each in the file of its name. */
void linpack_run(struct bench_run *run);
void dgemm_run(struct bench_run *run);
void fma_run(struct bench_run *run);
void stream_copy_run(struct bench_run *run);
void stream_scale_run(struct bench_run *run);
void stream_add_run(struct bench_run *run);
void stream_triad_run(struct bench_run *run);
void gups_stream_run(struct bench_run *run);
void gups_forkjoin_run(struct bench_run *run);
void chase_line_run(struct bench_run *run);
void chase_page_run(struct bench_run *run);
void touch_4k_run(struct bench_run *run);
void touch_2m_run(struct bench_run *run);
void blk_run(struct bench_run *run);
void exits_run(struct bench_run *run);
void exits_floor_run(struct bench_run *run);
void exits_added_run(struct bench_run *run);
void load_idle_run(struct bench_run *run);
void load_cpu_run(struct bench_run *run);
void load_memory_run(struct bench_run *run);
void load_disk_run(struct bench_run *run);

#endif
