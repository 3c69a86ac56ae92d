/* SPDX-License-Identifier: MIT */
/*
 * What came of a run: the rows that the guest measured, each with what its window cost, and how
 * the run ended. Filled in from channel records (include/minivmm/channel.h), which are hostile
 * until checked; read by the report.
 *
 * All room is reserved at the start and takes up memory only where it is used, so that taking a
 * record neither allocates nor locks.
 */
#ifndef STAT_RESULT_H
#define STAT_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "minivmm/channel.h"
#include "vmm/core/base/err.h"
#include "vmm/core/host/cpus.h"
#include "vmm/core/host/kvm_stats.h"
#include "vmm/core/result/exitstat.h"
#include "vmm/core/result/iostat.h"

#define RESULT_ROWS_MAX    1024u
#define RESULT_TIMES_MAX   (1u << 19)
#define RESULT_SAMPLES_MAX (1u << 20)
#define RESULT_SKIPPED_MAX 256u
#define RESULT_FAILED_MAX  256u
#define RESULT_WARNED_MAX  64u
#define RESULT_KVM_MAX     KVM_STATS_MAX
#define RESULT_TRACE_MAX   128u
#define RESULT_LOG_MAX     (16u << 20) /* bytes of text in all */

/* The counters of all vCPUs added up, at one moment or between two. */
struct usage {
    uint64_t count[EXITSTAT_SLOTS];
    uint64_t handler_ns[EXITSTAT_SLOTS];
    uint64_t in_run_ns;
    struct cpus_time time;
    uint64_t process_ns;              /* CPU time of the whole process, its kernel side included */
    uint64_t io[IO_COUNTERS];         /* of all disks */
    uint64_t kvm[RESULT_KVM_MAX];     /* KVM's statistics, named by kvm_stat_names */
    bool kvm_partial;                 /* they lack those of some vCPUs */
    uint64_t trace[RESULT_TRACE_MAX]; /* KVM's tracepoints, of a traced run */
};

enum result_check {
    RESULT_UNCHECKED, /* the run ended before */
    RESULT_OK,
    RESULT_WRONG,
};

/* One operation as the guest saw it and as its exit's handler did. */
struct result_time {
    uint64_t ticks;
    uint32_t handler_ns; /* of all its exits; RESULT_NO_HANDLER: there was none to user space */
};

#define RESULT_NO_HANDLER UINT32_MAX

struct result_row {
    struct channel_begin begin;
    bool has_cost;
    struct channel_cost cost;
    uint32_t first_time, times;
    bool has_io;
    struct channel_io io;
    struct channel_check checked;
    enum result_check check;
    bool ended; /* the window was closed: ops, window_ticks and usage are there */
    uint32_t first_sample, samples;
    uint64_t ops, window_ticks;
    uint64_t began_ns, ended_ns; /* the window by the host's CLOCK_MONOTONIC; 0: not ended */
    struct usage usage;
};

/* What the run's environment does for the result. */
struct result_source {
    /* Fill in the counters now. */
    void (*snapshot)(void *ctx, struct usage *usage);
    void *snapshot_ctx;
    /* The guest says something to a person: printable text, which may hold newlines and tabs. */
    void (*log)(void *ctx, const char *text);
    void *log_ctx;
    /*
     * Set *ns to the recorded handler times of the exits of `origin`, result_apply()'s argument.
     * Returns their number. NULL: none are recorded.
     */
    unsigned (*handlers)(const void *origin, const uint32_t **ns);
    /* A record of `origin` opens or closes a row's window. `ctx` is the snapshot's. May be NULL. */
    void (*window)(void *ctx, void *origin, const struct result_row *row, uint32_t number,
                   bool open);
};

struct run_result {
    struct result_source source;
    unsigned threads_max;

    struct result_row *row; /* RESULT_ROWS_MAX of them */
    uint32_t rows;          /* begun; written with release order, for a progress display */
    double *sample;         /* RESULT_SAMPLES_MAX */
    uint32_t samples;
    struct result_time *time; /* RESULT_TIMES_MAX */
    uint32_t times;
    struct channel_skip *skip; /* RESULT_SKIPPED_MAX */
    uint32_t skipped;
    struct channel_skip *fail; /* RESULT_FAILED_MAX */
    uint32_t failed;
    struct channel_warn *warn; /* RESULT_WARNED_MAX */
    uint32_t warned;

    bool has_plan;
    uint32_t planned; /* benchmarks to be run; 0: not said */
    uint32_t current; /* the one that runs; with release order */
    bool has_fault;
    struct channel_fault fault;
    bool exited; /* the guest said that it is done */
    uint32_t exit_status;

    enum { RESULT_IDLE, RESULT_OPEN, RESULT_ENDED } state;
    struct usage before; /* at the open row's beginning */
    void *origin;        /* of the record that is applied now */
    uint64_t log_bytes;
};

/*
 * result_init(): an empty result for a run of `threads_max` vCPUs or threads. Returns 0, or -1.
 */
int result_init(struct run_result *result, const struct result_source *source, unsigned threads_max,
                struct err *err);

/*
 * result_apply(): take one record, which must be a copy that nobody else can change. `origin`,
 * which may be NULL, is whatever the source needs to know of the record's sender. Returns 0, or -1
 * with what rule it breaks; the result stays as it was then. One caller at a time.
 */
int result_apply(struct run_result *result, const struct channel_record *record, void *origin,
                 struct err *err);

/* result_free(): give the room back. */
void result_free(struct run_result *result);

/* usage_subtract(): what happened between two moments: a -= b, but no time below zero. */
void usage_subtract(struct usage *a, const struct usage *b);

#endif
