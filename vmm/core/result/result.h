/* SPDX-License-Identifier: MIT */
/*
 * The result of a run: the rows that the guest measured, each with the counters of its window.
 * Filled in from channel records (include/minivmm/channel.h), which are untrusted until checked;
 * read by the report.
 *
 * All tables are mapped at the start and populated on demand, so that applying a record neither
 * allocates memory nor locks.
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
#define RESULT_LOG_MAX     (16u << 20) /* bytes of log text in total */

/* The counters of all vCPUs added up, at a point in time or over a window. */
struct usage {
    uint64_t count[EXITSTAT_SLOTS];
    uint64_t handler_ns[EXITSTAT_SLOTS];
    uint64_t in_run_ns;
    struct cpus_time time;
    uint64_t process_ns;              /* CPU time of the process, user and system */
    uint64_t io[IO_COUNTERS];         /* of all disks */
    uint64_t kvm[RESULT_KVM_MAX];     /* KVM's binary statistics; see struct kvm_stat_names */
    bool kvm_partial;                 /* the statistics of some vCPUs are missing */
    uint64_t trace[RESULT_TRACE_MAX]; /* hits of KVM's tracepoints, in a traced run */
};

enum result_check {
    RESULT_UNCHECKED, /* the run ended before CHECK */
    RESULT_OK,
    RESULT_WRONG,
};

/* A single operation, timed by the guest and by the exit's handler. */
struct result_time {
    uint64_t ticks;
    uint32_t handler_ns; /* of all its exits; RESULT_NO_HANDLER: no exit to user space */
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
    bool ended; /* END was received: ops, window_ticks and usage are set */
    uint32_t first_sample, samples;
    uint64_t ops, window_ticks;
    uint64_t began_ns, ended_ns; /* the window on CLOCK_MONOTONIC; ended_ns is 0 before END */
    struct usage usage;
};

/* Callbacks to the environment of the run, a VM or threads. */
struct result_source {
    /* Read the current counters. */
    void (*snapshot)(void *ctx, struct usage *usage);
    void *snapshot_ctx;
    /* Write text to the guest's log: printable characters, newlines and tabs. */
    void (*log)(void *ctx, const char *text);
    void *log_ctx;
    /*
     * Set *ns to the handler times of the exits that `origin`, result_apply()'s argument, marked,
     * and return their number. NULL: not recorded.
     */
    unsigned (*handlers)(const void *origin, const uint32_t **ns);
    /* A record of `origin` opens or closes a row's window; `ctx` is snapshot_ctx. May be NULL. */
    void (*window)(void *ctx, void *origin, const struct result_row *row, uint32_t number,
                   bool open);
};

struct run_result {
    struct result_source source;
    unsigned threads_max;

    struct result_row *row; /* RESULT_ROWS_MAX */
    uint32_t rows;          /* started rows; atomic, release, for the progress line */
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
    uint32_t planned; /* number of benchmarks to run; 0: unknown */
    uint32_t current; /* atomic: index of the current benchmark */
    bool has_fault;
    struct channel_fault fault;
    bool exited; /* EXIT was received */
    uint32_t exit_status;

    enum { RESULT_IDLE, RESULT_OPEN, RESULT_ENDED } state;
    struct usage before; /* at the start of the open row */
    void *origin;        /* of the record that is being applied */
    uint64_t log_bytes;
};

/*
 * result_init(): set up an empty result for `threads_max` vCPUs or threads. Returns 0, or -1 with
 * *err set.
 */
int result_init(struct run_result *result, const struct result_source *source, unsigned threads_max,
                struct err *err);

/*
 * result_apply(): check and apply one record, which the guest must not be able to change meanwhile.
 * `origin` identifies the sender to the source's callbacks; it may be NULL. Returns 0, or -1 with
 * *err set and the result unchanged. Not thread-safe.
 */
int result_apply(struct run_result *result, const struct channel_record *record, void *origin,
                 struct err *err);

/* result_free(): unmap the tables. */
void result_free(struct run_result *result);

/* usage_subtract(): a -= b, with times not below 0. */
void usage_subtract(struct usage *a, const struct usage *b);

#endif
