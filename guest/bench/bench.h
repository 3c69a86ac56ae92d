/* SPDX-License-Identifier: MIT */
/*
 * What a benchmark is, and what it calls. To add one, write a file with its run function and a row
 * in table.c.
 *
 * A run function prepares its data and then, for each row of results, calls row_begin(), measures,
 * row_sample() for each value, row_end(), verifies, and row_check(). Only what is measured stands
 * between row_begin() and row_end(): the VMM attributes to the row what happens there. A kernel
 * (guest/kernels) does the work, so that the same machine code runs in every environment.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include "guest/bench/env.h"
#include "minivmm/abi.h"

struct bench_run;

/* A row of the table; the layout is that of struct minivmm_bench_info. */
struct bench {
    char name[32]; /* dotted: a prefix chooses all below it */
    char help[84];
    uint32_t flags; /* BENCH_* */
    void (*run)(struct bench_run *run);
};

_Static_assert(sizeof(struct bench) == sizeof(struct minivmm_bench_info), "one table for both");

#define BENCH_DISK   MINIVMM_BENCH_DISK
#define BENCH_WRITES (MINIVMM_BENCH_DISK | MINIVMM_BENCH_WRITES)

#define ROW_SAMPLES_MAX 256

/* A row of results. */
struct row {
    const char *params; /* "store=nt,mib=128", or "" */
    unsigned threads;
    const char *unit; /* of the samples */
    const char *op;   /* what one operation is */
    enum channel_better better;
};

/* A benchmark being run. */
struct bench_run {
    const struct env *env;
    const char *name;
    unsigned index; /* among those that were chosen */
    unsigned wrong; /* checks that failed, of all so far */
    double sample[ROW_SAMPLES_MAX];
    unsigned samples;
    size_t arena_used;
};

/*
 * bench_main(): run what was chosen from the table, one after the other. Returns 0; 1 if a check
 * failed; 2 if the user's arguments are not understood. A benchmark that failed has said so to the
 * VMM.
 */
uint32_t bench_main(const struct env *env);

/*
 * bench_chosen(): whether a name is in a comma-separated list of names; NULL: all are, but for
 * those that never end.
 */
bool bench_chosen(const char *list, const char *name);

/* row_begin(): see above. */
void row_begin(struct bench_run *run, const struct row *row);

/* row_sample(): a value; those beyond ROW_SAMPLES_MAX are left out. */
void row_sample(struct bench_run *run, double value);

/* row_end(): `ops` operations were done in `window` ticks. */
void row_end(struct bench_run *run, uint64_t ops, uint64_t window);

/* row_check(): the result is right if `value` is at most `limit`. */
void row_check(struct bench_run *run, const char *what, double value, double limit);

/* bench_skip(): the benchmark, or what is left of it, cannot be measured here. */
void bench_skip(struct bench_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* bench_fail(): it was tried and failed: an I/O error. The run is a failure. */
void bench_fail(struct bench_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* bench_warn(): something that a reader of the results must know; `code` is for programs. */
void bench_warn(struct bench_run *run, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * bench_alloc(): memory from the arena, aligned to 2 MiB, where it begins at the same distance from
 * the arena's start in every environment; it holds whatever the last benchmark left. All of it is
 * free again when the benchmark ends. NULL if there is not enough.
 */
void *bench_alloc(struct bench_run *run, size_t bytes);

/* bench_room(): how much bench_alloc() can still give. */
size_t bench_room(const struct bench_run *run);

/* bench_seconds(): a number of ticks in seconds; bench_ticks(): the inverse. */
double bench_seconds(const struct bench_run *run, uint64_t ticks);
uint64_t bench_ticks(const struct bench_run *run, double seconds);

/* The keys of the user's arguments, of which args.c has the table. */
#define BENCH_N_MAX       200000
#define BENCH_BS_MIN      512u
#define BENCH_BS_MAX      (1u << 20)
#define BENCH_IODEPTH_MAX 64u
#define BENCH_LIST_MAX    12u /* powers of two between such bounds */

/* bench_arg(): the number given for `key`, "n=", in the user's arguments, or `otherwise`. */
uint64_t bench_arg(const struct bench_run *run, const char *key, uint64_t otherwise);

/* bench_arg_list(): the numbers given for `key`. Returns how many; 0: the user says none. */
unsigned bench_arg_list(const struct bench_run *run, const char *key,
                        uint64_t values[BENCH_LIST_MAX]);

/* bench_arg_is(): whether the user gives this word for `key`. */
bool bench_arg_is(const struct bench_run *run, const char *key, const char *word);

/* bench_isa_missing(): whether the user asks for an instruction set that is not there. */
bool bench_isa_missing(const char *args);

/*
 * bench_isa(): the instruction set to use: the best there is, or the one that the user's argument
 * isa=sse2|avx2|avx512 asks for, if there is that.
 */
enum isa bench_isa(const struct bench_run *run);

/*
 * bench_teams(): the numbers of threads that a benchmark runs on: one, and all if that is more.
 * Returns how many there are.
 */
unsigned bench_teams(const struct bench_run *run, unsigned threads[2]);

#endif
