/* SPDX-License-Identifier: MIT */
#include <immintrin.h>

#define VECTOR         __m128d
#define STORE_NT(p, v) _mm_stream_pd((double *)(p), (v))
#define LOOPS          stream_sse2

#include "guest/kernels/stream_loops.h"
