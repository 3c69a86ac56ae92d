/* SPDX-License-Identifier: MIT */
#include "guest/kernels/stream.h"

stream_fn stream_kernel(enum isa isa, enum stream_op op, enum stream_store store)
{
    switch (isa) {
    case ISA_AVX512:
        return stream_avx512[op][store];
    case ISA_AVX2:
        return stream_avx2[op][store];
    default:
        return stream_sse2[op][store];
    }
}

unsigned stream_bytes(enum stream_op op)
{
    return op == STREAM_COPY || op == STREAM_SCALE ? 16 : 24;
}
