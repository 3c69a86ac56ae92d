/* SPDX-License-Identifier: MIT */
/*
 * Of 32 registers, 24 are accumulators. A tile of this height takes eleven loads for 24
 * multiply-adds, so loads do not limit a core that does two of each per cycle.
 */
#define VECTOR       8
#define TILE_VECTORS 3
#define TILE_COLS    8
#define COPIES       1
#include "guest/kernels/gemm_micro.h"

const struct gemm_kernel gemm_avx512 = {
    .name = "avx512",
    .kc = 168,
    .mc = 192,
    .nc = 240,
    MICRO_KERNEL,
};
