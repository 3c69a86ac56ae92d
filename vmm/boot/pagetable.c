/* SPDX-License-Identifier: MIT */
#include "vmm/boot/pagetable.h"

#define LEVELS       4
#define ENTRIES      512u
#define ADDRESS_MASK 0x000ffffffffff000ull

/* Non-leaf entries allow everything; the leaf entries restrict. */
#define TABLE_FLAGS (PTE_PRESENT | PTE_WRITE | PTE_USER | PTE_ACCESSED)

/* The bytes that one entry maps; level 0 is that of 4 KiB pages. */
static uint64_t entry_bytes(unsigned level)
{
    return 1ull << (12 + 9 * level);
}

void pagetable_init(struct pagetable *table, const struct guestmem *mem, gpa_t base, uint64_t bytes,
                    uint64_t page_bytes)
{
    *table = (struct pagetable){
        .mem = mem,
        .root = base,
        .next = base + PAGETABLE_BYTES,
        .end = base + bytes,
        .page_bytes = page_bytes,
    };
}

static uint64_t *entries_at(const struct pagetable *table, gpa_t gpa)
{
    return guestmem_at(table->mem, gpa, PAGETABLE_BYTES);
}

/* The table that `entry` points to, allocated if missing. */
static uint64_t *descend(struct pagetable *table, uint64_t *entry, struct err *err)
{
    if (!(*entry & PTE_PRESENT)) {
        if (table->next == table->end) {
            err_set(err, ERR_FAILED, "no space for the guest's page tables");
            return NULL;
        }
        *entry = table->next | TABLE_FLAGS;
        table->next += PAGETABLE_BYTES;
    }
    return entries_at(table, *entry & ADDRESS_MASK);
}

int pagetable_map(struct pagetable *table, gpa_t gpa, uint64_t bytes, uint64_t flags,
                  struct err *err)
{
    gpa_t end = gpa + bytes;

    flags |= PTE_PRESENT | PTE_ACCESSED | PTE_DIRTY;
    while (gpa < end) {
        uint64_t *entries = entries_at(table, table->root);
        unsigned level = LEVELS - 1, index;
        uint64_t page;

        /* The largest page that is allowed, aligned and not larger than the rest. */
        for (page = table->page_bytes; gpa % page || end - gpa < page; page >>= 9)
            ;
        while (entry_bytes(level) > page) {
            entries = descend(table, &entries[gpa / entry_bytes(level) % ENTRIES], err);
            if (!entries)
                return -1;
            level--;
        }
        /* All pages of this size in this table. */
        index = (unsigned)(gpa / page % ENTRIES);
        for (; index < ENTRIES && end - gpa >= page; index++, gpa += page)
            entries[index] = gpa | flags | (level ? PTE_LARGE : 0);
    }
    return 0;
}

int pagetable_link(struct pagetable *table, uint64_t address, gpa_t gpa, struct err *err)
{
    uint64_t *entries = entries_at(table, table->root);

    for (unsigned level = LEVELS - 1; level > 1 && entries; level--)
        entries = descend(table, &entries[address / entry_bytes(level) % ENTRIES], err);
    if (!entries)
        return -1;
    entries[address / entry_bytes(1) % ENTRIES] = gpa | TABLE_FLAGS;
    return 0;
}

uint64_t pagetable_bytes_max(uint64_t bytes, unsigned regions, uint64_t page_bytes)
{
    uint64_t gib = bytes / entry_bytes(2) + regions + 1, tables;

    /*
     * A root, a table per 512 GiB, a table per GiB; each end of a region may need one more table of
     * 2 MiB pages and one of 4 KiB pages; with 4 KiB pages only, a table per 2 MiB.
     */
    tables = 1 + (gib / ENTRIES + 1 + regions) + gib + 4 * (uint64_t)regions;
    if (page_bytes < entry_bytes(1))
        tables += bytes / entry_bytes(1) + 2 * (uint64_t)regions;
    return tables * PAGETABLE_BYTES;
}
