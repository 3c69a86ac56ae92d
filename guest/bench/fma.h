/* SPDX-License-Identifier: MIT */
/*
 * The bound of all floating-point results: what the machine does when nothing but the arithmetic
 * units are in the way, measured in the same run.
 */
#ifndef BENCH_FMA_H
#define BENCH_FMA_H

#include "guest/bench/bench.h"
#include "guest/kernels/gemm.h"

/*
 * fma_warn_above_bound(): measure the bound on `threads` threads and warn if the best of the
 * run's samples is above it: such a result cannot be.
 */
void fma_warn_above_bound(struct bench_run *run, const struct gemm_kernel *kernel,
                          unsigned threads);

#endif
