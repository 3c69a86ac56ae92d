/* SPDX-License-Identifier: MIT */
#include <immintrin.h>

#define VECTOR         __m256d
#define STORE_NT(p, v) _mm256_stream_pd((double *)(p), (v))
#define LOOPS          stream_avx2

#include "guest/kernels/stream_loops.h"
