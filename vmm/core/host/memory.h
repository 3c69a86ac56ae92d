/* SPDX-License-Identifier: MIT */
/*
 * Memory limits and availability, and the resident memory of mappings by page size.
 */
#ifndef HOST_MEMORY_H
#define HOST_MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A limit of this process's memory. */
struct memory_limit {
    uint64_t bytes;
    const char *name; /* for a message: "the host's memory" */
};

/* memory_total(): the host's memory; UINT64_MAX: unknown. */
struct memory_limit memory_total(void);

/*
 * memory_limit(): the smallest of the host's memory and the limits of this process's cgroup
 * (version 1 or 2) and its ancestors. UINT64_MAX: unknown.
 */
struct memory_limit memory_limit(void);

/* memory_available(): MemAvailable, the kernel's estimate of memory available without swapping. */
uint64_t memory_available(void);

/* Memory usage of a range of addresses (Documentation/filesystems/proc.rst, smaps). */
struct memory_usage {
    uint64_t resident_bytes;     /* including hugetlb pages */
    uint64_t huge_bytes;         /* of these, in transparent huge pages */
    uint64_t hugetlb_bytes;      /* of these, in pages of hugetlbfs */
    uint64_t hugetlb_page_bytes; /* their size */
    uint64_t pss_bytes;          /* of the range, without hugetlb pages */
    uint64_t other_pss_bytes;    /* of the rest of the process; both UINT64_MAX: unknown */
};

/*
 * memory_usage(): read the usage of a range of this process from smaps. Returns 0, or -1 with errno
 * set.
 */
int memory_usage(const void *base, size_t bytes, struct memory_usage *usage);

/* memory_usage_of(): the usage of another process's mappings of at least `least` bytes. */
int memory_usage_of(pid_t pid, size_t least_bytes, struct memory_usage *usage);

/*
 * memory_trim_code(): drop the resident pages of the program's code, most of which only the
 * start-up needed; the others are faulted in again from the page cache. Does nothing under a
 * debugger, whose breakpoints would be lost.
 */
void memory_trim_code(void);

#endif
