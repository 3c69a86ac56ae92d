/* SPDX-License-Identifier: MIT */
/* Sixteen registers hold twelve accumulators, three vectors of A and an element of B. */
#define VECTOR       4
#define TILE_VECTORS 3
#define TILE_COLS    4
#define COPIES       1
#include "guest/kernels/gemm_micro.h"

const struct gemm_kernel gemm_avx2 = {
    .name = "avx2",
    .kc = 192,
    .mc = 192,
    .nc = 240,
    MICRO_KERNEL,
};
