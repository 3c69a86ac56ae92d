/* SPDX-License-Identifier: MIT */
/*
 * Sixteen registers hold twelve accumulators, two vectors of A, and two products. SSE2 has neither
 * a broadcast nor a non-destructive multiplication; packing each element of B twice saves the
 * shuffles, which would compete with the arithmetic.
 */
#define VECTOR       2
#define TILE_VECTORS 2
#define TILE_COLS    6
#define COPIES       2
#include "guest/kernels/gemm_micro.h"

const struct gemm_kernel gemm_sse2 = {
    .name = "sse2",
    .kc = 192,
    .mc = 192,
    .nc = 120,
    MICRO_KERNEL,
};
