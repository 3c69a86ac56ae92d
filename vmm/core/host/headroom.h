/* SPDX-License-Identifier: MIT */
/*
 * Headroom: how much more memory this process can populate. `root` is prepended to every path; ""
 * except in tests.
 */
#ifndef HOST_HEADROOM_H
#define HOST_HEADROOM_H

#include <stdint.h>

#include "vmm/core/base/err.h"
#include "vmm/core/host/memory.h"

/*
 * headroom_left(): memory that can be populated without swapping or an OOM kill: the smaller of
 * MemAvailable and the rest of the tightest cgroup limit, with reclaimable page cache counted as
 * free. Excludes hugetlbfs pages and swap. UINT64_MAX bytes: unknown.
 */
struct memory_limit headroom_left(const char *root);

/*
 * headroom_fits(): the largest guest memory, a multiple of 2 MiB, that fits into `bytes` together
 * with `extra` bytes, the VMM itself, and the page tables of the host and of KVM.
 * headroom_needed(): the inverse, the total for `mem_bytes` of guest memory.
 */
uint64_t headroom_fits(uint64_t bytes, uint64_t extra);
uint64_t headroom_needed(uint64_t mem_bytes, uint64_t extra);

/*
 * headroom_hugetlb(): bytes of hugetlbfs pages of this size that the cgroups still allow. Touching
 * a page beyond raises SIGBUS. UINT64_MAX: no limit, or unknown.
 */
uint64_t headroom_hugetlb(const char *root, uint64_t page_bytes);

/*
 * headroom_commit(): bytes that can still be mapped under strict overcommit
 * (vm.overcommit_memory=2; Documentation/mm/overcommit-accounting.rst). UINT64_MAX: no strict
 * overcommit, or unknown.
 */
uint64_t headroom_commit(const char *root);

/*
 * headroom_map_hint(): set the hint for memory that could not be mapped: about strict overcommit if
 * that is on, else `otherwise`. Returns -1.
 */
int headroom_map_hint(struct err *err, const char *otherwise);

#endif
