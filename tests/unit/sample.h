/* SPDX-License-Identifier: MIT */
/*
 * An artificial run for tests of the report: a VM with two pinned vCPUs on a quiet host, without
 * warnings. Each test changes the fields that it checks.
 */
#ifndef UNIT_SAMPLE_H
#define UNIT_SAMPLE_H

#include "vmm/core/report/report.h"

#define SAMPLE_VCPUS 2
#define SAMPLE_HZ    2000000000ull

/* Device numbers of the run. */
enum { SAMPLE_CHANNEL, SAMPLE_PARAVIRT, SAMPLE_DISK, SAMPLE_DEVICES };

/* Indices of KVM's statistics of the run. */
enum {
    SAMPLE_IO_EXITS,
    SAMPLE_MMIO_EXITS,
    SAMPLE_IRQS,
    SAMPLE_HALT_WAIT,
    SAMPLE_HALT_POLL,
    SAMPLE_HALT_FOUND,
    SAMPLE_PAGES, /* a peak value */
    SAMPLE_STATS
};

struct sample {
    struct config config;
    struct run_result result;
    struct run_info info;
    struct hostinfo host;
    struct run_vcpu vcpu[SAMPLE_VCPUS];
    struct exitstat *stat[SAMPLE_VCPUS];
    struct report report;
};

/* sample_init(): set up a run without rows. sample_free(): free it. */
void sample_init(struct sample *sample);
void sample_free(struct sample *sample);

/*
 * sample_row(): add a complete row that passed its check: 10 ms, 1000 operations, samples 1 to
 * `count`. Returns it.
 */
struct result_row *sample_row(struct sample *sample, const char *name, const char *params,
                              unsigned count);

/* sample_native(): turn it into a native run. */
void sample_native(struct sample *sample);

#endif
