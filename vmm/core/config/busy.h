/* SPDX-License-Identifier: MIT */
/*
 * The threads that a run keeps busy, and whether each of them has a CPU: those of vCPUs, and those
 * of disks that poll.
 */
#ifndef CONFIG_BUSY_H
#define CONFIG_BUSY_H

#include "vmm/core/config/config.h"

struct busy {
    unsigned vcpus;   /* or threads of a native run */
    unsigned pollers; /* disks' threads that look for work all the time */
    unsigned cpus;    /* for all of these */
};

/*
 * busy_count(): all of them; `cpus` becomes 0. Bit i of `disks` is set if disk i is used.
 */
void busy_count(const struct config *config, uint32_t disks, struct busy *busy);

/*
 * busy_sharing(): those that have to share CPUs, and how many CPUs they share. `usable` is the
 * number of CPUs that the process may run on, or 0 if that is not known. Returns whether there are
 * such threads.
 */
bool busy_sharing(const struct config *config, uint32_t disks, unsigned usable, struct busy *busy);

/*
 * busy_cpus(): how many CPUs the vCPUs have without sharing one with each other or with a disk that
 * polls; at least 1. `usable` is at least 1.
 */
unsigned busy_cpus(const struct config *config, unsigned usable);

/* busy_pins(): how many CPUs --pin names, each counted once; 0: there is no --pin. */
unsigned busy_pins(const struct config *config);

/* busy_has_vcpu(): whether --pin puts a vCPU on this CPU. */
bool busy_has_vcpu(const struct config *config, unsigned cpu);

#endif
