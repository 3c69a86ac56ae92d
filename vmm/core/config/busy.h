/* SPDX-License-Identifier: MIT */
/*
 * The busy threads of a run, those of vCPUs and of polling disks, and whether each has a CPU for
 * itself.
 */
#ifndef CONFIG_BUSY_H
#define CONFIG_BUSY_H

#include "vmm/core/config/config.h"

struct busy {
    unsigned vcpus;   /* vCPU threads, or threads of a native run */
    unsigned pollers; /* disk threads that poll */
    unsigned cpus;    /* CPUs that these threads share */
};

/*
 * busy_count(): count all busy threads; sets busy->cpus to 0. Bit i of `disks`: disk i is used.
 */
void busy_count(const struct config *config, uint32_t disks, struct busy *busy);

/*
 * busy_sharing(): count the busy threads that must share CPUs, and those CPUs. `usable` is the
 * number of CPUs that the process may run on, or 0 if unknown. Returns whether any threads share
 * CPUs.
 */
bool busy_sharing(const struct config *config, uint32_t disks, unsigned usable, struct busy *busy);

/*
 * busy_cpus(): the number of CPUs for vCPUs if none is shared between vCPUs or with a polling disk;
 * at least 1. `usable` is at least 1.
 */
unsigned busy_cpus(const struct config *config, unsigned usable);

/* busy_pins(): the number of distinct CPUs in --pin; 0 without --pin. */
unsigned busy_pins(const struct config *config);

/* busy_has_vcpu(): whether --pin puts a vCPU on this CPU. */
bool busy_has_vcpu(const struct config *config, unsigned cpu);

#endif
