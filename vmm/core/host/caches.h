/* SPDX-License-Identifier: MIT */
/*
 * The sizes of the host's caches, which working sets are chosen by.
 */
#ifndef HOST_CACHES_H
#define HOST_CACHES_H

#include <stdint.h>

/* In bytes; 0 where the kernel does not say. */
struct host_caches {
    uint64_t l1d, l2, llc;
};

/*
 * host_caches(): those of CPU 0, from sysfs, or from CPUID where that is not there; llc is the last
 * level there is. They are read once, at the first call, before there are other threads.
 */
struct host_caches host_caches(void);

/* host_caches_cpuid(): as CPUID has them, of the CPU that this runs on. */
struct host_caches host_caches_cpuid(void);

#endif
