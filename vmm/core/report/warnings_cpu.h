/* SPDX-License-Identifier: MIT */
/*
 * Warnings about the CPUs of a run. Each function checks one condition and returns whether it
 * holds, with the warning in `text`.
 */
#ifndef REPORT_WARNINGS_CPU_H
#define REPORT_WARNINGS_CPU_H

#include "vmm/core/report/report.h"

/* warns_oversubscribed(): busy threads share a CPU. */
bool warns_oversubscribed(const struct report *report, char *text, size_t size);

/* warns_disk_beside_vcpu(): a disk's thread that does not poll is bound to a vCPU's CPU. */
bool warns_disk_beside_vcpu(const struct report *report, char *text, size_t size);

/* warns_unpinned(): the scheduler may move the threads between CPUs. */
bool warns_unpinned(const struct report *report, char *text, size_t size);

/* warns_mixed_cores(): the threads may have run on cores of different kinds. */
bool warns_mixed_cores(const struct report *report, char *text, size_t size);

/* warns_cpu_limit(): the CPU quota is less than the busy threads can use. */
bool warns_cpu_limit(const struct report *report, char *text, size_t size);

/* warns_unknown_time(): the run queue time of some threads is unknown. */
bool warns_unknown_time(const struct report *report, char *text, size_t size);

/* warns_throttled(): the CPU quota was used up during the run. */
bool warns_throttled(const struct report *report, char *text, size_t size);

#endif
