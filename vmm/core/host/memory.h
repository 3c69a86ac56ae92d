/* SPDX-License-Identifier: MIT */
/*
 * How much memory there is to have, and how much of it a mapping really uses, in which pages.
 */
#ifndef HOST_MEMORY_H
#define HOST_MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Something that bounds this process's memory, and its name for a message. */
struct memory_limit {
    uint64_t bytes;
    const char *name; /* for a message: "the host's memory" */
};

/* memory_total(): the machine's memory; UINT64_MAX: not known. */
struct memory_limit memory_total(void);

/*
 * memory_limit(): the machine's memory, or the limit of this process's cgroup (version 1 or 2, or
 * of any cgroup above it) if that is less. UINT64_MAX: not known.
 */
struct memory_limit memory_limit(void);

/* memory_available(): what the kernel believes can be had without swapping (MemAvailable). */
uint64_t memory_available(void);

/* What the kernel says of one range of addresses (Documentation/filesystems/proc.rst, smaps). */
struct memory_usage {
    uint64_t resident_bytes;     /* hugetlb pages included */
    uint64_t huge_bytes;         /* of these, in transparent huge pages */
    uint64_t hugetlb_bytes;      /* of these, in pages of hugetlbfs */
    uint64_t hugetlb_page_bytes; /* their size */
    uint64_t pss_bytes;          /* of the range; hugetlb pages not included */
    uint64_t other_pss_bytes; /* of everything else in this process; both UINT64_MAX: not known */
};

/*
 * memory_usage(): walk this process's mappings once. Returns 0, or -1 with errno where the kernel
 * does not say.
 */
int memory_usage(const void *base, size_t bytes, struct memory_usage *usage);

/* memory_usage_of(): the same of another process, of its mappings of at least so many bytes. */
int memory_usage_of(pid_t pid, size_t least_bytes, struct memory_usage *usage);

/*
 * memory_trim_code(): unmap the pages of the program's code, most of which only its start needs;
 * those in use come back from the page cache. Does nothing under a debugger, whose breakpoints
 * would be lost.
 */
void memory_trim_code(void);

#endif
