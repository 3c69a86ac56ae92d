/* SPDX-License-Identifier: MIT */
/*
 * The loops of stream.h for one instruction set. Before including this file, define
 *     VECTOR                a vector of doubles
 *     STORE_NT(p, v)        a non-temporal store
 *     LOOPS                 the name of the table
 */
#include "guest/kernels/stream.h"

#define STORE_PLAIN(p, v) (*(p) = (v))
#define LANES             (sizeof(VECTOR) / sizeof(double))

#define FENCE_PLAIN() ((void)0)
#define FENCE_NT()    __builtin_ia32_sfence()

/* Four cache lines per iteration; `expression` combines the vectors X and Y and the scalar S. */
#define LOOP(name, store, expression)                                                             \
    static void name##_##store(double *dst, const double *x, const double *y, double s, size_t n) \
    {                                                                                             \
        VECTOR *to = (VECTOR *)dst;                                                               \
        const VECTOR *from_x = (const VECTOR *)x, *from_y = (const VECTOR *)y;                    \
        const VECTOR S = s - (VECTOR){0};                                                         \
                                                                                                  \
        (void)from_y, (void)S;                                                                    \
        for (size_t i = 0; i < n / LANES; i += 32 / LANES) {                                      \
            _Pragma("GCC unroll 16") for (size_t j = i; j < i + 32 / LANES; j++)                  \
            {                                                                                     \
                const VECTOR X = from_x[j];                                                       \
                                                                                                  \
                STORE_##store(&to[j], expression);                                                \
            }                                                                                     \
        }                                                                                         \
        FENCE_##store();                                                                          \
    }

#define LOOP_PAIR(name, expression) \
    LOOP(name, PLAIN, expression)   \
    LOOP(name, NT, expression)

LOOP_PAIR(copy, X)
LOOP_PAIR(scale, S *X)
LOOP_PAIR(add, X + from_y[j])
LOOP_PAIR(triad, X + S * from_y[j])

const stream_fn LOOPS[STREAM_OPS][STREAM_STORES] = {
    [STREAM_COPY] = {copy_PLAIN, copy_NT},
    [STREAM_SCALE] = {scale_PLAIN, scale_NT},
    [STREAM_ADD] = {add_PLAIN, add_NT},
    [STREAM_TRIAD] = {triad_PLAIN, triad_NT},
};
