/* SPDX-License-Identifier: MIT */
#include <check.h>

#include "tests/unit/walk.h"
#include "vmm/boot/pagetable.h"

#define ADDRESS_BITS 0x000ffffffffff000ull

/* An assertion of Check's costs a system call even if it holds; there are many here. */
static void must(bool holds, const char *what, uint64_t address)
{
    if (!holds)
        ck_abort_msg("%#llx: %s", (unsigned long long)address, what);
}

struct walk walk(const struct guestmem *mem, gpa_t root, uint64_t address)
{
    struct walk result = {.write = true, .user = true, .execute = true};
    gpa_t table = root;

    for (unsigned shift = 39;; shift -= 9) {
        const uint64_t *entries = guestmem_at(mem, table, PAGETABLE_BYTES);
        uint64_t entry, page = 1ull << shift;

        must(entries && table % PAGETABLE_BYTES == 0, "a table where none can be", address);
        entry = entries[address >> shift & 511];
        if (!(entry & PTE_PRESENT))
            return (struct walk){0};
        result.write &= !!(entry & PTE_WRITE);
        result.user &= !!(entry & PTE_USER);
        result.execute &= !(entry & PTE_NX);
        must(entry & PTE_ACCESSED, "not accessed", address);
        if (shift > 12 && !(entry & PTE_LARGE)) {
            table = entry & ADDRESS_BITS;
            continue;
        }
        must(shift <= 30, "a page of 512 GiB", address);
        must(entry & PTE_DIRTY, "not dirty", address);
        must(!(entry & ADDRESS_BITS & (page - 1)), "reserved bits of a large page", address);
        result.page_bytes = page;
        result.gpa = (entry & ADDRESS_BITS) + address % page;
        result.uncached = entry & PTE_UNCACHED;
        return result;
    }
}
