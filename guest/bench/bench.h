/* SPDX-License-Identifier: MIT */
/*
 * The interface of a benchmark. To add one, write a file with its run function and add a row to
 * table.c.
 *
 * A run function prepares its data and then, for each row of results, calls row_begin(), measures,
 * calls row_sample() for each value, calls row_end(), verifies the result and calls row_check().
 * Only the measured work may be between row_begin() and row_end(): the VMM charges the row for
 * everything in between. A kernel (guest/kernels) does the work, so that the same machine code runs
 * in every environment.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include "guest/bench/env.h"
#include "minivmm/abi.h"

struct bench_run;

/* A row of the table; the layout is that of struct minivmm_bench_info. */
struct bench {
    char name[32]; /* dotted; --bench also takes a prefix up to a dot */
    char help[84];
    uint32_t flags; /* BENCH_* */
    void (*run)(struct bench_run *run);
};

_Static_assert(sizeof(struct bench) == sizeof(struct minivmm_bench_info), "layouts differ");
_Static_assert(sizeof(((struct bench *)0)->name) <= CHANNEL_NAME_MAX, "BEGIN holds any name");

#define BENCH_DISK       MINIVMM_BENCH_DISK
#define BENCH_WRITES     (MINIVMM_BENCH_DISK | MINIVMM_BENCH_WRITES)
#define BENCH_BARE_RUN   MINIVMM_BENCH_BARE_RUN
#define BENCH_ADDED_WORK MINIVMM_BENCH_ADDED_WORK

#define ROW_SAMPLES_MAX 256

/* A row of results. */
struct row {
    const char *params; /* "store=nt,mib=128", or "" */
    unsigned threads;
    const char *unit; /* of the samples */
    const char *op;   /* name of one operation */
    enum channel_better better;
};

/* A running benchmark. */
struct bench_run {
    const struct env *env;
    const char *name;
    uint32_t flags; /* BENCH_* */
    unsigned index; /* among the chosen benchmarks, from 0 */
    unsigned wrong; /* failed checks of all benchmarks so far */
    double sample[ROW_SAMPLES_MAX];
    unsigned samples;
    size_t arena_used;
};

/*
 * bench_main(): run the chosen benchmarks of the table, one after the other. Returns 0; 1 if a
 * check failed; 2 if env->args is invalid. Benchmarks report other failures with bench_fail().
 */
uint32_t bench_main(const struct env *env);

/*
 * bench_chosen(): whether a comma-separated list contains a name. NULL contains all benchmarks that
 * end by themselves.
 */
bool bench_chosen(const char *list, const char *name);

/* row_begin(): open a row and its measurement window. */
void row_begin(struct bench_run *run, const struct row *row);

/* row_sample(): add a value to the row; values beyond ROW_SAMPLES_MAX are dropped. */
void row_sample(struct bench_run *run, double value);

/* row_end(): close the measurement window: `ops` operations in `window` ticks. */
void row_end(struct bench_run *run, uint64_t ops, uint64_t window);

/* row_check(): complete the row; the check named `what` passes if `value` is at most `limit`. */
void row_check(struct bench_run *run, const char *what, double value, double limit);

/* bench_skip(): report that the benchmark, or the rest of it, cannot be measured here. */
void bench_skip(struct bench_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* bench_fail(): report that the benchmark failed with an I/O error; the run then fails, too. */
void bench_fail(struct bench_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* bench_warn(): report a caveat about the results; `code` is machine-readable. */
void bench_warn(struct bench_run *run, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * bench_alloc(): memory from the arena, aligned to 2 MiB, not cleared. Allocations are consecutive,
 * so that they have the same relative offsets in every environment; all are freed when the
 * benchmark ends. Returns NULL if there is not enough.
 */
void *bench_alloc(struct bench_run *run, size_t bytes);

/* bench_room(): bytes that bench_alloc() can still return. */
size_t bench_room(const struct bench_run *run);

/* bench_seconds(): convert TSC ticks to seconds; bench_ticks(): the inverse. */
double bench_seconds(const struct bench_run *run, uint64_t ticks);
uint64_t bench_ticks(const struct bench_run *run, double seconds);

/* Bounds of the keys of --args; args.c has the table of keys. */
#define BENCH_N_MAX       200000
#define BENCH_BS_MIN      512u
#define BENCH_BS_MAX      (1u << 20)
#define BENCH_IODEPTH_MAX 64u
#define BENCH_LIST_MAX    12u /* powers of two within these bounds */

/* bench_arg(): the value of `key`, such as "n=", in --args, or `otherwise` if it is absent. */
uint64_t bench_arg(const struct bench_run *run, const char *key, uint64_t otherwise);

/* bench_arg_list(): the values of `key` in --args. Returns their number, 0 if it is absent. */
unsigned bench_arg_list(const struct bench_run *run, const char *key,
                        uint64_t values[BENCH_LIST_MAX]);

/* bench_arg_is(): whether --args has `key` with the value `word`. */
bool bench_arg_is(const struct bench_run *run, const char *key, const char *word);

/* bench_isa_missing(): whether `args` requests an instruction set that is not supported here. */
bool bench_isa_missing(const char *args);

/*
 * bench_isa(): the instruction set to use: the one that isa=sse2|avx2|avx512 in --args requests, if
 * it is supported here, otherwise isa_best().
 */
enum isa bench_isa(const struct bench_run *run);

/*
 * bench_teams(): the numbers of threads to run a benchmark on: 1, and all threads if there are
 * more. Returns the number of entries.
 */
unsigned bench_teams(const struct bench_run *run, unsigned threads[2]);

#endif
