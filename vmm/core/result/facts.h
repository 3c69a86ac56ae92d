/* SPDX-License-Identifier: MIT */
/*
 * What is known of a run beside its rows: how it started and ended, its clock, its memory, and
 * every vCPU's counters. Plain data, filled in when the run is over, read by the report.
 */
#ifndef STAT_FACTS_H
#define STAT_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/core/base/clock.h"
#include "vmm/core/base/err.h"
#include "vmm/core/config/config.h"
#include "vmm/core/host/memory.h"
#include "vmm/core/host/placement.h"
#include "vmm/core/result/exitstat.h"
#include "vmm/core/result/result.h"

/* A figure that is not known; a report leaves it out. */
#define FACT_ABSENT UINT64_MAX

enum run_env {
    RUN_VM,
    RUN_NATIVE,
    RUN_CONTAINER,
};

/* Why a run ended. */
enum run_stop {
    STOP_NONE,    /* it has not */
    STOP_GUEST,   /* the guest was done */
    STOP_SIGNAL,  /* the user interrupted it */
    STOP_TIMEOUT, /* --timeout */
    STOP_ERROR,
};

/* Moments of the start by the host's TSC; 0: not known. */
struct run_ticks {
    uint64_t entry;     /* the first KVM_RUN of vCPU 0; a native run's first thread */
    uint64_t user;      /* its first instruction in ring 3 */
    uint64_t last_user; /* that of the vCPU that came last */
};

/* The same as durations in ns; FACT_ABSENT where not known. */
struct run_startup {
    uint64_t exec_to_main;
    uint64_t main_to_entry;
    uint64_t entry_to_user;
    uint64_t exec_to_user;
    uint64_t exec_to_last_user;
    uint64_t teardown; /* from the stop until everything was given back */
};

struct run_vcpu {
    struct exitstat *stat; /* NULL in a native run */
    struct cpus_time time;
    uint64_t kvm[RESULT_KVM_MAX];
    bool has_kvm;
};

/* What is known of a disk; a native run has at most one. */
struct run_disk {
    char name[16]; /* "blk0" */
    const struct config_disk *config;
    const char *engine; /* the one that it really had */
    uint64_t bytes;
    bool opened;              /* the benchmarks used it, or the guest's driver */
    bool cached;              /* by way of the host's page cache */
    uint64_t io[IO_COUNTERS]; /* of a virtual disk; IO_ERRORS of any */
    int io_error;             /* the errno of the first that failed on the host; 0: none */
    struct err error;         /* the first of IO_DEVICE_ERRORS; no text: there was none */
};

struct run_facts {
    enum run_env env;
    enum run_stop stop;
    struct err error; /* of STOP_ERROR */
    struct run_ticks ticks;
    struct run_startup startup;

    struct clock_rate rate;
    struct clock_point begin, end;
    int64_t tsc_offset; /* what the guest's TSC is ahead of the host's */

    uint64_t trace_dropped; /* exits that are not in the file of --trace */
    struct err trace_error; /* why that is not whole; no text: it is */

    struct memory_usage memory;
    bool has_memory;

    struct placement_node node[CONFIG_NODES_MAX]; /* the guest's NUMA nodes, if they are bound */
    bool has_nodes;

    unsigned traces; /* things that a traced run counts */
    const char *trace_name[RESULT_TRACE_MAX];
    bool trace_reason[RESULT_TRACE_MAX]; /* an exit's reason, not a tracepoint */

    unsigned vcpus;
    struct run_vcpu *vcpu;
    unsigned devices;
    const char *device[EXITSTAT_DEVICES_MAX];
    bool device_for_harness[EXITSTAT_DEVICES_MAX];

    unsigned disks;
    struct run_disk disk[CONFIG_DISKS_MAX];

    struct kvm_stat_names vcpu_stats, vm_stats;
    uint64_t vm_stat[RESULT_KVM_MAX];

    char kernels_sha256[65]; /* empty: the guest has none */
    uint64_t xcr0;           /* vector states enabled */
    struct features_masked masked;
};

/* facts_free(): free the vCPUs' facts and their counters; safe on facts that are all zero. */
void facts_free(struct run_facts *facts);

/*
 * facts_startup(): facts->startup from facts->ticks. `main` is when the program began; `exec_ns`,
 * by CLOCK_MONOTONIC, when its parent started it, or 0. Leaves out the teardown.
 */
void facts_startup(struct run_facts *facts, const struct clock_point *main, uint64_t exec_ns);

/*
 * facts_drift(): how far the clock's rate is off, against CLOCK_MONOTONIC_RAW between the run's
 * two ends, in parts per million. Returns 0, or -1 if the run was too short to tell.
 */
int facts_drift(const struct run_facts *facts, double *ppm);

#endif
