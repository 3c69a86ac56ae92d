/* SPDX-License-Identifier: MIT */
/*
 * The upper bound of all floating-point results: the multiply-add peak of the registers, measured
 * in the same run.
 */
#ifndef BENCH_FMA_H
#define BENCH_FMA_H

#include "guest/bench/bench.h"
#include "guest/kernels/gemm.h"

/*
 * fma_warn_above_bound(): measure the bound on `threads` threads and warn if the best sample of the
 * run exceeds it, which indicates a wrong measurement.
 */
void fma_warn_above_bound(struct bench_run *run, const struct gemm_kernel *kernel,
                          unsigned threads);

#endif
