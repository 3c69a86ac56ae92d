/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/support/suite.h"
#include "tests/unit/fixture.h"
#include "tests/unit/walk.h"
#include "vmm/boot/pagetable.h"

#define PAGE_4K (1ull << 12)
#define PAGE_2M (1ull << 21)
#define PAGE_1G (1ull << 30)
#define GIB_512 (1ull << 39)

/* The tables are in the upper half of memory. */
#define BYTES (256ull << 20)
#define BASE  (128ull << 20)

static const uint64_t pages[] = {PAGE_4K, PAGE_2M, PAGE_1G};

static struct guestmem mem;
static struct pagetable table;

static void set_up(uint64_t space, uint64_t page_bytes)
{
    mem = fixture_memory(BYTES);
    ck_assert_uint_le(space, BYTES - BASE);
    pagetable_init(&table, &mem, BASE, space, page_bytes);
}

static void map(uint64_t gpa, uint64_t bytes, uint64_t flags)
{
    struct err err = {0};

    ck_assert_msg(!pagetable_map(&table, gpa, bytes, flags, &err), "%s", err.text);
}

static struct walk at(uint64_t address)
{
    struct walk found = walk(&mem, BASE, address);

    if (found.page_bytes)
        ck_assert_uint_eq(found.gpa, address);
    return found;
}

static void check_page(uint64_t address, uint64_t page_bytes)
{
    uint64_t found = at(address).page_bytes;

    ck_assert_msg(found == page_bytes, "at %#llx: %#llx, not %#llx", (unsigned long long)address,
                  (unsigned long long)found, (unsigned long long)page_bytes);
}

START_TEST(an_empty_root_maps_nothing)
{
    set_up(PAGETABLE_BYTES, PAGE_2M);
    check_page(0, 0);
    check_page(BASE, 0);
    check_page((1ull << 47) - 1, 0);
    guestmem_free(&mem);
}
END_TEST

START_TEST(aligned_ranges_use_the_largest_pages)
{
    for (unsigned i = 0; i < 3; i++) {
        set_up(8ull << 20, pages[i]);
        map(PAGE_1G, PAGE_1G, PTE_WRITE);
        check_page(PAGE_1G - 1, 0);
        check_page(PAGE_1G, pages[i]);
        check_page(PAGE_1G + PAGE_1G / 2 + 123, pages[i]);
        check_page(2 * PAGE_1G - 1, pages[i]);
        check_page(2 * PAGE_1G, 0);
        guestmem_free(&mem);
    }
}
END_TEST

START_TEST(unaligned_ends_use_smaller_pages)
{
    const uint64_t begin = PAGE_1G - PAGE_2M - PAGE_4K, end = 3 * PAGE_1G + PAGE_2M + 3 * PAGE_4K;

    set_up(1ull << 20, PAGE_1G);
    map(begin, end - begin, PTE_WRITE);
    check_page(begin - 1, 0);
    check_page(begin, PAGE_4K);
    check_page(begin + PAGE_4K, PAGE_2M);
    check_page(PAGE_1G - 1, PAGE_2M);
    check_page(PAGE_1G, PAGE_1G);
    check_page(3 * PAGE_1G - 1, PAGE_1G);
    check_page(3 * PAGE_1G, PAGE_2M);
    check_page(3 * PAGE_1G + PAGE_2M, PAGE_4K);
    check_page(end - 1, PAGE_4K);
    check_page(end, 0);
    guestmem_free(&mem);
}
END_TEST

START_TEST(adjacent_ranges_keep_their_permissions)
{
    const uint64_t base = 5 * PAGE_2M;
    struct walk found;

    set_up(1ull << 20, PAGE_2M);
    map(base, PAGE_4K, 0);
    map(base + PAGE_4K, PAGE_4K, PTE_USER | PTE_NX);
    map(base + 2 * PAGE_4K, PAGE_2M, PTE_USER | PTE_WRITE | PTE_NX | PTE_UNCACHED);
    found = at(base);
    ck_assert(!found.write && !found.user && found.execute && !found.uncached);
    found = at(base + PAGE_4K);
    ck_assert(!found.write && found.user && !found.execute && !found.uncached);
    found = at(base + PAGE_2M);
    ck_assert(found.write && found.user && !found.execute && found.uncached);
    check_page(base - 1, 0);
    check_page(base + PAGE_2M + 2 * PAGE_4K, 0);
    guestmem_free(&mem);
}
END_TEST

START_TEST(every_combination_of_flags_works)
{
    set_up(1ull << 20, PAGE_2M);
    for (unsigned i = 0; i < 16; i++) {
        uint64_t flags = (i & 1 ? PTE_WRITE : 0) | (i & 2 ? PTE_USER : 0) | (i & 4 ? PTE_NX : 0) |
                         (i & 8 ? PTE_UNCACHED : 0);
        uint64_t small = PAGE_1G + i * PAGE_4K, large = 2 * PAGE_1G + i * PAGE_2M;

        map(small, PAGE_4K, flags);
        map(large, PAGE_2M, flags);
        for (unsigned which = 0; which < 2; which++) {
            struct walk found = at(which ? small : large);

            ck_assert_uint_eq(found.page_bytes, which ? PAGE_4K : PAGE_2M);
            ck_assert(found.write == !!(i & 1) && found.user == !!(i & 2) &&
                      found.execute == !(i & 4) && found.uncached == !!(i & 8));
        }
    }
    guestmem_free(&mem);
}
END_TEST

START_TEST(an_empty_range_maps_nothing)
{
    set_up(PAGETABLE_BYTES, PAGE_2M);
    map(PAGE_2M, 0, PTE_WRITE);
    check_page(PAGE_2M, 0);
    guestmem_free(&mem);
}
END_TEST

START_TEST(running_out_of_tables_is_an_error)
{
    const uint8_t *beyond;
    struct err err = {0};
    uint8_t written = 0;

    /* A 4 KiB page needs three tables below the root. */
    for (unsigned tables = 1; tables <= 4; tables++) {
        set_up(tables * PAGETABLE_BYTES, PAGE_4K);
        ck_assert_int_eq(pagetable_map(&table, 0, PAGE_4K, 0, &err), tables < 4 ? -1 : 0);
        if (tables < 4)
            ck_assert_msg(strstr(err.text, "no space") != NULL, "%s", err.text);
        beyond = guestmem_at(&mem, BASE + tables * PAGETABLE_BYTES, PAGE_2M);
        for (unsigned i = 0; i < PAGE_2M; i++)
            written |= beyond[i];
        ck_assert_uint_eq(written, 0);
        guestmem_free(&mem);
    }
}
END_TEST

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 24;
}

/* Regions of random sizes and gaps of up to about `scale` bytes. */
static void check_bound(uint64_t page_bytes, uint64_t scale, unsigned regions, uint64_t seed)
{
    uint64_t begin[64], bytes[64], at_gpa = 0, total = 0;

    ck_assert_uint_le(regions, 64);
    for (unsigned i = 0; i < regions; i++) {
        begin[i] = at_gpa + next_random(&seed) % (i % 3 ? scale : 16 * scale) / PAGE_4K * PAGE_4K;
        bytes[i] = (next_random(&seed) % (i % 4 ? scale : PAGE_2M) / PAGE_4K + 1) * PAGE_4K;
        at_gpa = begin[i] + bytes[i];
        total += bytes[i];
    }
    set_up(pagetable_bytes_max(total, regions, page_bytes), page_bytes);
    for (unsigned i = 0; i < regions; i++)
        map(begin[i], bytes[i], PTE_WRITE);
    for (unsigned i = 0; i < regions; i++) {
        ck_assert_uint_ne(at(begin[i]).page_bytes, 0);
        ck_assert_uint_ne(at(begin[i] + bytes[i] - 1).page_bytes, 0);
        if (i && begin[i - 1] + bytes[i - 1] < begin[i])
            check_page(begin[i] - 1, 0);
    }
    guestmem_free(&mem);
}

START_TEST(the_bound_holds_for_random_regions)
{
    for (uint64_t seed = 1; seed <= 40; seed++) {
        unsigned regions = 1 + (unsigned)(seed * 7 % 64);

        check_bound(PAGE_4K, PAGE_2M, regions, seed);
        check_bound(PAGE_4K, 64 * PAGE_2M, regions, seed);
        check_bound(PAGE_2M, 64 * PAGE_2M, regions, seed);
        check_bound(PAGE_2M, 8 * PAGE_1G, regions, seed);
        check_bound(PAGE_1G, 8 * PAGE_1G, regions, seed);
        check_bound(PAGE_1G, 900 * PAGE_1G, regions, seed);
    }
}
END_TEST

/* Two pages on either side of a 512 GiB boundary need six tables. */
START_TEST(the_bound_holds_for_the_worst_case)
{
    for (unsigned i = 0; i < 3; i++) {
        for (unsigned regions = 1; regions <= 200; regions += 33) {
            set_up(pagetable_bytes_max(regions * 2 * PAGE_4K, regions, pages[i]), pages[i]);
            for (unsigned region = 1; region <= regions; region++)
                map(region * GIB_512 - PAGE_4K, 2 * PAGE_4K, 0);
            check_page(regions * GIB_512, PAGE_4K);
            guestmem_free(&mem);
        }
    }
}
END_TEST

/* A linked table works as the guest fills it in. */
START_TEST(a_linked_table_maps_its_2_mib)
{
    const uint64_t window = 0x400000000000, own = 0x100000;
    struct walk found;
    uint64_t *entries;
    struct err err = {0};

    set_up(1ull << 20, PAGE_2M);
    entries = guestmem_at(&mem, own, PAGETABLE_BYTES);
    ck_assert_msg(!pagetable_link(&table, window, own, &err), "%s", err.text);
    map(PAGE_2M, PAGE_2M, PTE_WRITE);
    check_page(window, 0);
    check_page(window + PAGE_2M - 1, 0);
    entries[511] = 0x3000 | PTE_PRESENT | PTE_USER | PTE_NX | PTE_ACCESSED | PTE_DIRTY;
    found = walk(&mem, BASE, window + 511 * PAGE_4K + 5);
    ck_assert_uint_eq(found.page_bytes, PAGE_4K);
    ck_assert_uint_eq(found.gpa, 0x3005);
    ck_assert(!found.write && found.user && !found.execute);
    entries[0] = 0x5000 | PTE_PRESENT | PTE_WRITE | PTE_ACCESSED | PTE_DIRTY;
    found = walk(&mem, BASE, window);
    ck_assert(found.gpa == 0x5000 && found.write && !found.user && found.execute);
    /* Nothing else is affected. */
    ck_assert_uint_eq(walk(&mem, BASE, window - 1).page_bytes, 0);
    ck_assert_uint_eq(walk(&mem, BASE, window + PAGE_2M).page_bytes, 0);
    check_page(PAGE_2M, PAGE_2M);
    guestmem_free(&mem);
}
END_TEST

START_TEST(a_link_without_space_is_an_error)
{
    struct err err = {0};

    /* A link needs two tables below the root. */
    for (unsigned tables = 1; tables <= 3; tables++) {
        set_up(tables * PAGETABLE_BYTES, PAGE_2M);
        ck_assert_int_eq(pagetable_link(&table, 0x400000000000, 0x100000, &err),
                         tables < 3 ? -1 : 0);
        guestmem_free(&mem);
    }
    ck_assert_msg(strstr(err.text, "no space") != NULL, "%s", err.text);
}
END_TEST

SUITE_MAIN("pagetable", an_empty_root_maps_nothing, aligned_ranges_use_the_largest_pages,
           unaligned_ends_use_smaller_pages, adjacent_ranges_keep_their_permissions,
           every_combination_of_flags_works, an_empty_range_maps_nothing,
           running_out_of_tables_is_an_error, the_bound_holds_for_random_regions,
           the_bound_holds_for_the_worst_case, a_linked_table_maps_its_2_mib,
           a_link_without_space_is_an_error)
