/* SPDX-License-Identifier: MIT */
#include "guest/bench/table.h"

__attribute__((section(MINIVMM_BENCH_SECTION), used)) const struct bench bench_rows[] = {
    {"fma", "Multiply-add peak of the registers: the bound of all that computes", fma_run},
    {"dgemm", "C = A B, packed, blocked, in the widest vectors that CPUID offers", dgemm_run},
    {"linpack", "A x = b by LU with partial pivoting; HPL's residual", linpack_run},
    {"stream.copy", "c = a over arrays of 4x the last-level cache (after STREAM)", stream_copy_run},
    {"stream.scale", "b = s c", stream_scale_run},
    {"stream.add", "c = a + b", stream_add_run},
    {"stream.triad", "a = b + s c", stream_triad_run},
    {"gups.stream", "RandomAccess, every thread for itself", gups_stream_run},
    {"gups.forkjoin", "RandomAccess with a barrier after every 128 updates", gups_forkjoin_run},
    {"chase.line", "Latency of a load, by size of the working set", chase_line_run},
    {"chase.page", "The same with one line per page: the page walk", chase_page_run},
    {"touch.4k", "First touch of memory, every 4 KiB", touch_4k_run},
    {"touch.2m", "First touch of memory, every 2 MiB", touch_2m_run},
};
