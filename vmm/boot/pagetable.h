/* SPDX-License-Identifier: MIT */
/* Building 4-level page tables in guest memory (Intel SDM vol. 3, 4.5). */
#ifndef BOOT_PAGETABLE_H
#define BOOT_PAGETABLE_H

#include <stdint.h>

#include "vmm/core/base/err.h"
#include "vmm/mem/guestmem.h"

#define PTE_PRESENT  (1ull << 0)
#define PTE_WRITE    (1ull << 1)
#define PTE_USER     (1ull << 2)
#define PTE_UNCACHED (1ull << 4)
#define PTE_ACCESSED (1ull << 5)
#define PTE_DIRTY    (1ull << 6)
#define PTE_LARGE    (1ull << 7)
#define PTE_NX       (1ull << 63)

/* A table is one page of 512 entries. */
#define PAGETABLE_BYTES 4096u

/* Tables are allocated from `next` up; the first is the root. */
struct pagetable {
    const struct guestmem *mem;
    gpa_t root, next, end;
    uint64_t page_bytes; /* the largest page to use: 4 KiB, 2 MiB or 1 GiB */
};

/*
 * pagetable_init(): an empty root at `base`; further tables go into [base, base + bytes), which
 * must be zeroed RAM.
 */
void pagetable_init(struct pagetable *table, const struct guestmem *mem, gpa_t base, uint64_t bytes,
                    uint64_t page_bytes);

/*
 * pagetable_map(): identity-map [gpa, gpa + bytes) with `flags` (PTE_*). `gpa` and `bytes` must be
 * multiples of 4 KiB, and the range must not be mapped yet. Returns 0, or -1 if the space for
 * tables is used up.
 */
int pagetable_map(struct pagetable *table, gpa_t gpa, uint64_t bytes, uint64_t flags,
                  struct err *err);

/*
 * pagetable_link(): use the page table at `gpa`, which the caller owns, for the 2 MiB at `address`.
 * Returns 0, or -1 if the space for tables is used up.
 */
int pagetable_link(struct pagetable *table, uint64_t address, gpa_t gpa, struct err *err);

/*
 * pagetable_bytes_max(): an upper bound on the bytes of tables that map `bytes` bytes in `regions`
 * ranges.
 */
uint64_t pagetable_bytes_max(uint64_t bytes, unsigned regions, uint64_t page_bytes);

#endif
