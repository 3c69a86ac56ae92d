/* SPDX-License-Identifier: MIT */
/*
 * The sizes of the host's caches, from which benchmarks choose their working sets.
 */
#ifndef HOST_CACHES_H
#define HOST_CACHES_H

#include <stdint.h>

/* In bytes; 0: unknown. */
struct host_caches {
    uint64_t l1d, l2, llc;
};

/*
 * host_caches(): the caches of CPU 0, from sysfs or else from CPUID; llc is the last level. Read
 * once, on the first call, which must precede the creation of threads.
 */
struct host_caches host_caches(void);

/* host_caches_cpuid(): the caches of the current CPU, from CPUID. */
struct host_caches host_caches_cpuid(void);

#endif
