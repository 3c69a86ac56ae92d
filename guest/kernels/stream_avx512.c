/* SPDX-License-Identifier: MIT */
#include <immintrin.h>

#define VECTOR         __m512d
#define STORE_NT(p, v) _mm512_stream_pd((double *)(p), (v))
#define LOOPS          stream_avx512

#include "guest/kernels/stream_loops.h"
