/* SPDX-License-Identifier: MIT */
/*
 * What a CPU makes of a guest's page tables.
 */
#ifndef UNIT_WALK_H
#define UNIT_WALK_H

#include <stdbool.h>

#include "vmm/mem/guestmem.h"

/* Where an address leads, and what may be done there. */
struct walk {
    uint64_t page_bytes; /* 0: not mapped */
    gpa_t gpa;
    bool write, user, execute, uncached;
};

/*
 * walk(): translate an address (Intel SDM vol. 3, 4.5). Fails the test if a table is outside of
 * memory, an entry has reserved bits, or a page has not been marked as accessed and dirty.
 */
struct walk walk(const struct guestmem *mem, gpa_t root, uint64_t address);

#endif
