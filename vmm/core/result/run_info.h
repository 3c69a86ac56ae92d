/* SPDX-License-Identifier: MIT */
/*
 * Properties of a run other than its rows: start and end, clock, memory, and the counters of vCPUs
 * and devices. Plain data, filled in after the run and read by the report.
 */
#ifndef RESULT_RUN_INFO_H
#define RESULT_RUN_INFO_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/core/base/clock.h"
#include "vmm/core/base/err.h"
#include "vmm/core/config/config.h"
#include "vmm/core/host/memory.h"
#include "vmm/core/host/placement.h"
#include "vmm/core/result/exitstat.h"
#include "vmm/core/result/result.h"

/* An unknown value, which reports omit. */
#define RUN_INFO_UNKNOWN UINT64_MAX

enum run_env {
    RUN_VM,
    RUN_NATIVE,
    RUN_CONTAINER,
};

/* Why a run ended. */
enum run_stop {
    STOP_NONE,    /* still running */
    STOP_GUEST,   /* ended by the guest */
    STOP_SIGNAL,  /* a stop signal */
    STOP_TIMEOUT, /* --timeout */
    STOP_ERROR,
};

/* Points of the start-up on the host's TSC; 0: unknown. */
struct run_ticks {
    uint64_t entry;     /* first KVM_RUN of vCPU 0; first thread of a native run */
    uint64_t user;      /* its first instruction in ring 3 */
    uint64_t last_user; /* the same of the last vCPU */
};

/* Durations of the start-up in ns; RUN_INFO_UNKNOWN: unknown. */
struct run_startup {
    uint64_t exec_to_main;
    uint64_t main_to_entry;
    uint64_t entry_to_user;
    uint64_t exec_to_user;
    uint64_t exec_to_last_user;
    uint64_t teardown; /* from the end of the run until all resources are freed */
};

struct run_vcpu {
    struct exitstat *stat; /* NULL in a native run */
    struct cpus_time time;
    uint64_t kvm[RESULT_KVM_MAX];
    bool has_kvm;
};

/* A disk; a native run has at most one. */
struct run_disk {
    char name[16]; /* "blk0" */
    const struct config_disk *config;
    const char *engine; /* the engine in use */
    uint64_t bytes;
    bool opened;              /* used by the guest's driver, or by the benchmarks of a native run */
    bool cached;              /* I/O uses the host's page cache */
    uint64_t io[IO_COUNTERS]; /* only IO_ERRORS in a native run */
    int io_error;             /* errno of the first failed request; 0: none */
    struct err error;         /* the first of IO_DEVICE_ERRORS; empty text: none */
};

struct run_info {
    enum run_env env;
    enum run_stop stop;
    struct err error; /* of STOP_ERROR */
    struct run_ticks ticks;
    struct run_startup startup;

    struct clock_rate rate;
    struct clock_point begin, end;
    int64_t tsc_offset; /* guest TSC minus host TSC */

    uint64_t trace_dropped; /* exits missing from the --trace file */
    struct err trace_error; /* why the --trace file is incomplete; empty text: it is complete */

    struct memory_usage memory;
    bool has_memory;

    struct placement_node node[CONFIG_NODES_MAX]; /* the guest's NUMA nodes, if bound */
    bool has_nodes;

    unsigned traces; /* number of counters of a traced run */
    const char *trace_name[RESULT_TRACE_MAX];
    bool trace_reason[RESULT_TRACE_MAX]; /* counts an exit reason rather than a tracepoint */

    unsigned vcpus;
    struct run_vcpu *vcpu;
    unsigned devices;
    const char *device[EXITSTAT_DEVICES_MAX];
    bool device_for_harness[EXITSTAT_DEVICES_MAX];

    unsigned disks;
    struct run_disk disk[CONFIG_DISKS_MAX];

    struct kvm_stat_names vcpu_stats, vm_stats;
    uint64_t vm_stat[RESULT_KVM_MAX];

    char kernels_sha256[65]; /* empty: no kernels in the guest */
    uint64_t xcr0;           /* XCR0 of the guest */
    struct features_masked masked;
};

/* run_info_free(): free the vCPUs' part and their counters; safe on properties that are all zero. */
void run_info_free(struct run_info *info);

/*
 * run_info_startup(): set info->startup, except teardown, from info->ticks. `main` is the start of
 * main(); `exec_ns` is CLOCK_MONOTONIC at exec, or 0.
 */
void run_info_startup(struct run_info *info, const struct clock_point *main, uint64_t exec_ns);

/*
 * run_info_drift(): the deviation of info->rate from CLOCK_MONOTONIC_RAW during the run, in parts
 * per million. Returns 0, or -1 if the run was too short to measure it.
 */
int run_info_drift(const struct run_info *info, double *ppm);

#endif
