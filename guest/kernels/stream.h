/* SPDX-License-Identifier: MIT */
/*
 * The four loops of STREAM (McCalpin, "Memory Bandwidth and Machine Balance in Current High
 * Performance Computers", 1995), modified: explicit vectors for each instruction set, and each loop
 * with ordinary and with non-temporal stores, a choice that the original leaves to the compiler. An
 * ordinary store reads the line first; as in the original, that traffic is not counted.
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
    STREAM_NT, /* non-temporal, bypassing the caches */
    STREAM_STORES
};

/*
 * One pass over n elements: n is a multiple of STREAM_BLOCK, the arrays are aligned to a cache
 * line and do not overlap. Copy and scale ignore `y`. An SFENCE follows non-temporal stores.
 */
#define STREAM_BLOCK 64
typedef void (*stream_fn)(double *dst, const double *x, const double *y, double s, size_t n);

/* stream_kernel(): the loop for an instruction set of at most isa_best(). */
stream_fn stream_kernel(enum isa isa, enum stream_op op, enum stream_store store);

/* stream_bytes(): bytes moved per element, as STREAM counts them: 16 or 24. */
unsigned stream_bytes(enum stream_op op);

/* The loops of each instruction set, compiled with its own flags. */
extern const stream_fn stream_sse2[STREAM_OPS][STREAM_STORES];
extern const stream_fn stream_avx2[STREAM_OPS][STREAM_STORES];
extern const stream_fn stream_avx512[STREAM_OPS][STREAM_STORES];

#endif
