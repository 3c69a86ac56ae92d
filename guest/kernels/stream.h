/* SPDX-License-Identifier: MIT */
/*
 * The four loops of STREAM (McCalpin, "Memory Bandwidth and Machine Balance in Current High
 * Performance Computers", 1995), in a variant: explicit vectors of each instruction set, and each
 * loop with ordinary and with non-temporal stores, since a compiler would choose one of them
 * silently. An ordinary store reads the line first; that traffic is not counted, as in the
 * original.
 */
#ifndef KERNELS_STREAM_H
#define KERNELS_STREAM_H

#include "guest/kernels/kernel.h"

enum stream_op {
    STREAM_COPY,  /* dst = x */
    STREAM_SCALE, /* dst = s * x */
    STREAM_ADD,   /* dst = x + y */
    STREAM_TRIAD, /* dst = x + s * y */
    STREAM_OPS
};

enum stream_store {
    STREAM_PLAIN,
    STREAM_NT, /* past the caches */
    STREAM_STORES
};

/*
 * One pass over n elements: n is a multiple of STREAM_BLOCK, the arrays are aligned to a cache
 * line and do not overlap. `y` is not used by copy and scale. Non-temporal stores have been
 * ordered before it returns.
 */
#define STREAM_BLOCK 64
typedef void (*stream_fn)(double *dst, const double *x, const double *y, double s, size_t n);

/* stream_kernel(): the loop for an instruction set that isa_best() allows. */
stream_fn stream_kernel(enum isa isa, enum stream_op op, enum stream_store store);

/* stream_bytes(): what a pass moves per element, by STREAM's rules: 16 or 24. */
unsigned stream_bytes(enum stream_op op);

/* The loops of one instruction set, each compiled with its own flags. */
extern const stream_fn stream_sse2[STREAM_OPS][STREAM_STORES];
extern const stream_fn stream_avx2[STREAM_OPS][STREAM_STORES];
extern const stream_fn stream_avx512[STREAM_OPS][STREAM_STORES];

#endif
