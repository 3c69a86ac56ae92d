/* SPDX-License-Identifier: MIT */
#include "guest/bench/bench.h"
#include "guest/bench/table.h"

__attribute__((section(MINIVMM_ARGS_SECTION), used)) const struct minivmm_arg_info args_rows[] = {
    {.key = "n", .least = 1, .most = BENCH_N_MAX},
    {.key = "isa", .words = "sse2|avx2|avx512"},
    {.key = "bs", .least = BENCH_BS_MIN, .most = BENCH_BS_MAX, .list = 1},
    {.key = "iodepth", .least = 1, .most = BENCH_IODEPTH_MAX, .list = 1},
    {.key = "grid", .words = "full"},
};
