/* SPDX-License-Identifier: MIT */
/*
 * A run that never was, for the tests of the report: a VM with two pinned vCPUs on a quiet host,
 * about which there is nothing to warn. A test changes what it is about.
 */
#ifndef UNIT_SAMPLE_H
#define UNIT_SAMPLE_H

#include "vmm/core/report/report.h"

#define SAMPLE_VCPUS 2
#define SAMPLE_HZ    2000000000ull

/* The devices of the run. */
enum { SAMPLE_CHANNEL, SAMPLE_PARAVIRT, SAMPLE_DISK, SAMPLE_DEVICES };

/* KVM's statistics of the run. */
enum {
    SAMPLE_IO_EXITS,
    SAMPLE_MMIO_EXITS,
    SAMPLE_IRQS,
    SAMPLE_HALT_WAIT,
    SAMPLE_HALT_POLL,
    SAMPLE_HALT_FOUND,
    SAMPLE_PAGES, /* not a sum */
    SAMPLE_STATS
};

struct sample {
    struct config config;
    struct run_result result;
    struct run_facts facts;
    struct hostinfo host;
    struct run_vcpu vcpu[SAMPLE_VCPUS];
    struct exitstat *stat[SAMPLE_VCPUS];
    struct report report;
};

/* sample_init(): a run without rows. sample_free() gives it back. */
void sample_init(struct sample *sample);
void sample_free(struct sample *sample);

/*
 * sample_row(): add a row that is complete and right: 10 ms, 1000 operations, samples 1 to `count`.
 * Returns it.
 */
struct result_row *sample_row(struct sample *sample, const char *name, const char *params,
                              unsigned count);

/* sample_native(): make it a run in a process. */
void sample_native(struct sample *sample);

#endif
