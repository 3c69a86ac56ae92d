/* SPDX-License-Identifier: MIT */
/*
 * How much more memory this process can fill before something makes it stop. `root` goes in front
 * of every path that is read: "", but for tests.
 */
#ifndef HOST_ROOM_H
#define HOST_ROOM_H

#include <stdint.h>

#include "vmm/core/base/err.h"
#include "vmm/core/host/memory.h"

/*
 * room_left(): what can be filled without swapping and without the OOM killer: MemAvailable, or
 * what the tightest cgroup has left of its limit, its reclaimable page cache not counted as used.
 * Pages of hugetlbfs are in neither. Swap is not counted: a guest in it would measure the swap.
 * UINT64_MAX bytes: not known.
 */
struct memory_limit room_left(const char *root);

/*
 * room_fits(): the largest guest, in whole pages of 2 MiB, that fits into `bytes` together with
 * what it takes beside its memory: `extra` bytes, the VMM itself, and page tables, the host's and
 * KVM's. room_needed() is the reverse: what a guest of so many bytes takes in all.
 */
uint64_t room_fits(uint64_t bytes, uint64_t extra);
uint64_t room_needed(uint64_t mem_bytes, uint64_t extra);

/*
 * room_hugetlb(): bytes of hugetlbfs that cgroups still allow in pages of this size. A page beyond
 * is a SIGBUS. UINT64_MAX: no limit, or not known.
 */
uint64_t room_hugetlb(const char *root, uint64_t page_bytes);

/*
 * room_commit(): bytes that the kernel still lets processes map, where it commits to no more than
 * it has (vm.overcommit_memory=2; Documentation/mm/overcommit-accounting.rst). UINT64_MAX: it is
 * not so strict, or it is not known.
 */
uint64_t room_commit(const char *root);

/*
 * room_map_hint(): what to do about memory that could not be mapped: about strict overcommit, if
 * that is on, or else this hint. Returns -1.
 */
int room_map_hint(struct err *err, const char *otherwise);

#endif
