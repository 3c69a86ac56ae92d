/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/support/suite.h"
#include "tests/unit/fixture.h"
#include "tests/unit/walk.h"
#include "vmm/boot/layout.h"
#include "vmm/core/host/memory.h"

#define MIB 0x100000ull

#define TEXT0 0x200000ull
#define TEXT3 0x400000ull
#define CONST 0x600000ull
#define DATA  0x800000ull

static struct config config;
static struct guestmem mem;
static struct layout layout;

/* A guest with the segments of guest/kvm/guest.ld. */
static struct image image;

static void set_up(uint64_t bytes)
{
    static const struct image_segment segments[] = {
        {.base = TEXT0, .bytes = 0x3210, .execute = true},
        {.base = TEXT3, .bytes = 0x12345, .execute = true, .user = true},
        {.base = CONST, .bytes = 0x4000, .user = true},
        {.base = DATA, .bytes = 0x234567, .write = true, .user = true},
    };

    config_init(&config);
    config.mem_bytes = bytes;
    mem = fixture_memory(bytes);
    image = (struct image){.path = "guest.elf", .entry = TEXT0, .segments = 4};
    image.info.vcpu_bytes = 0x10000;
    memcpy(image.segment, segments, sizeof(segments));
}

static void plan(const char *bench)
{
    struct err err = {0};

    ck_assert_msg(!layout_plan(&layout, &config, bench, &image, &mem, &err), "%s", err.text);
}

static void map(bool nx)
{
    struct err err = {0};

    ck_assert_msg(!layout_map(&layout, &config, &image, &mem, nx, &err), "%s", err.text);
}

static struct walk at(uint64_t address)
{
    struct walk found = walk(&mem, layout.tables, address);

    if (found.page_bytes && found.gpa != address)
        ck_abort_msg("%#llx is not identity-mapped", (unsigned long long)address);
    return found;
}

/* Whether an address is mapped with exactly these permissions; "": not mapped. */
static bool is(const struct walk *found, const char *permissions)
{
    if (!found->page_bytes || !*permissions)
        return !found->page_bytes && !*permissions;
    return found->page_bytes <= config.guest_page_bytes &&
           found->write == !!strchr(permissions, 'w') &&
           found->execute == !!strchr(permissions, 'x') &&
           found->user == !!strchr(permissions, 'u') &&
           found->uncached == !!strchr(permissions, 'c');
}

/* The same for all of [base, base + bytes). */
static void check_range(uint64_t base, uint64_t bytes, const char *permissions)
{
    for (uint64_t address = base; address < base + bytes;) {
        struct walk found = at(address);
        uint64_t step = found.page_bytes ? found.page_bytes : CONFIG_PAGE_4K;

        if (!is(&found, permissions))
            ck_abort_msg("%#llx is not '%s'", (unsigned long long)address, permissions);
        address = (address / step + 1) * step;
    }
}

/* The parts are in order and overlap neither each other nor the guest. */
static void check_plan(const char *bench)
{
    uint64_t low = mem.range[0].bytes;

    plan(bench);
    ck_assert_uint_eq(layout.end, low);
    ck_assert_uint_eq(layout.base % CONFIG_PAGE_2M, 0);
    ck_assert_uint_eq(layout.tables, layout.base);
    ck_assert_uint_ge(layout.base,
                      image_end(&image) + (uint64_t)config.vcpus * image.info.vcpu_bytes);
    ck_assert_uint_ge(layout.window, layout.tables + layout.tables_bytes);
    ck_assert_uint_eq(layout.window % CONFIG_PAGE_4K, 0);
    ck_assert_uint_ge(layout.stacks, layout.window + CONFIG_PAGE_4K);
    ck_assert_uint_ge(layout.dtb, layout.stacks + (uint64_t)config.vcpus * MINIVMM_STACK_BYTES);
    ck_assert_uint_ge(layout.boot_times, layout.dtb + layout.dtb_bytes);
    ck_assert_uint_ge(layout.end, layout.boot_times + (uint64_t)config.vcpus * sizeof(uint64_t));
    ck_assert_uint_eq(layout.stacks % MINIVMM_STACK_BYTES, 0);
    ck_assert_uint_eq(layout.dtb % CONFIG_PAGE_4K, 0);
    ck_assert_uint_eq(layout.dtb_bytes % CONFIG_PAGE_4K, 0);
    ck_assert_uint_eq(layout.boot_times % CONFIG_PAGE_4K, 0);
    ck_assert_uint_ge(layout.dtb_bytes, 8192 + strlen(config.args) + (bench ? strlen(bench) : 0));
    for (unsigned i = 0; i < config.vcpus; i++)
        ck_assert_uint_eq(layout_stack_top(&layout, i),
                          layout.stacks + (i + 1) * (uint64_t)MINIVMM_STACK_BYTES);
}

START_TEST(nothing_overlaps)
{
    static const unsigned vcpus[] = {1, 2, 16, 255, 1024};
    static char args[2049];

    memset(args, 'a', sizeof(args) - 1);
    set_up(256 * MIB);
    for (unsigned i = 0; i < sizeof(vcpus) / sizeof(vcpus[0]); i++) {
        config.vcpus = vcpus[i];
        config.args = i % 2 ? args : "";
        check_plan(NULL);
        check_plan("stream.triad,gups.stream");
        config.guest_page_bytes = i % 2 ? CONFIG_PAGE_4K : CONFIG_PAGE_2M;
    }
    guestmem_free(&mem);
}
END_TEST

START_TEST(every_range_has_its_permissions)
{
    static const uint64_t pages[] = {CONFIG_PAGE_4K, CONFIG_PAGE_2M, CONFIG_PAGE_1G};

    for (unsigned i = 0; i < 3; i++) {
        set_up(64 * MIB);
        config.vcpus = 3;
        config.guest_page_bytes = pages[i];
        plan(NULL);
        map(true);
        check_range(0, 0x1000, "");
        check_range(0x1000, TEXT0 - 0x1000, "wu");
        check_range(TEXT0, 0x4000, "x");
        check_range(TEXT0 + 0x4000, TEXT3 - TEXT0 - 0x4000, "wu");
        check_range(TEXT3, 0x13000, "xu");
        check_range(TEXT3 + 0x13000, CONST - TEXT3 - 0x13000, "wu");
        check_range(CONST, 0x4000, "u");
        check_range(CONST + 0x4000, layout.base - CONST - 0x4000, "wu");
        check_range(layout.base, layout.dtb - layout.base, "w");
        check_range(layout.dtb, layout.dtb_bytes, "u");
        check_range(layout.boot_times, layout.end - layout.boot_times, "wu");
        check_range(layout.end, CONFIG_PAGE_2M, "");
        check_range(MINIVMM_DEVICE_BASE - CONFIG_PAGE_2M, CONFIG_PAGE_2M, "");
        check_range(MINIVMM_DEVICE_BASE, layout.device_bytes, "wuc");
        check_range(MINIVMM_DEVICE_BASE + layout.device_bytes, CONFIG_PAGE_2M, "");
        check_range(MINIVMM_RAM_HIGH, CONFIG_PAGE_2M, "");
        guestmem_free(&mem);
    }
}
END_TEST

START_TEST(large_pages_are_used_within_a_range)
{
    set_up(64 * MIB);
    plan(NULL);
    map(true);
    ck_assert_uint_eq(at(0x1000).page_bytes, CONFIG_PAGE_4K);
    ck_assert_uint_eq(at(TEXT0).page_bytes, CONFIG_PAGE_4K);
    ck_assert_uint_eq(at(DATA).page_bytes, CONFIG_PAGE_2M);
    ck_assert_uint_eq(at(16 * MIB).page_bytes, CONFIG_PAGE_2M);
    ck_assert_uint_eq(at(MINIVMM_DEVICE_BASE).page_bytes, CONFIG_PAGE_2M);
    guestmem_free(&mem);
}
END_TEST

START_TEST(without_nx_bit_63_is_clear)
{
    set_up(64 * MIB);
    plan(NULL);
    map(false);
    /* The bit is reserved then. */
    ck_assert(at(DATA).execute);
    ck_assert(at(layout.dtb).execute);
    ck_assert(at(MINIVMM_DEVICE_BASE).execute);
    guestmem_free(&mem);
}
END_TEST

/* The window's table is for ring 0, and empty until the guest fills it in. */
START_TEST(the_guest_fills_in_the_window)
{
    const uint64_t bytes = MINIVMM_WINDOW_PAGES * CONFIG_PAGE_4K;
    struct walk found;
    uint64_t *entries;

    for (unsigned i = 0; i < 2; i++) {
        set_up(64 * MIB);
        config.guest_page_bytes = i ? CONFIG_PAGE_2M : CONFIG_PAGE_4K;
        plan(NULL);
        map(true);
        check_range(layout.window, CONFIG_PAGE_4K, "w");
        check_range(MINIVMM_WINDOW_BASE - CONFIG_PAGE_2M, CONFIG_PAGE_2M, "");
        check_range(MINIVMM_WINDOW_BASE, bytes, "");
        check_range(MINIVMM_WINDOW_BASE + bytes, CONFIG_PAGE_2M, "");
        entries = guestmem_at(&mem, layout.window, CONFIG_PAGE_4K);
        entries[MINIVMM_WINDOW_PAGES - 1] = DATA | 0x67;
        found = walk(&mem, layout.tables, MINIVMM_WINDOW_BASE + bytes - 1);
        ck_assert_uint_eq(found.gpa, DATA + 0xfff);
        ck_assert(found.write && found.user);
        guestmem_free(&mem);
    }
}
END_TEST

START_TEST(ram_above_the_hole_is_mapped)
{
    const uint64_t high = 3 * CONFIG_PAGE_1G / 2 + CONFIG_PAGE_2M;

    /* A host with less memory refuses --mem. */
    if (memory_limit().bytes < MINIVMM_RAM_LOW_END + high)
        return;
    for (unsigned i = 0; i < 2; i++) {
        set_up(MINIVMM_RAM_LOW_END + high);
        config.guest_page_bytes = i ? CONFIG_PAGE_2M : CONFIG_PAGE_1G;
        check_plan(NULL);
        ck_assert_uint_eq(layout.end, MINIVMM_RAM_LOW_END);
        map(true);
        check_range(DATA, layout.base - DATA, "wu");
        check_range(MINIVMM_DEVICE_BASE, layout.device_bytes, "wuc");
        check_range(MINIVMM_DEVICE_BASE + layout.device_bytes,
                    MINIVMM_RAM_HIGH - MINIVMM_DEVICE_BASE - layout.device_bytes, "");
        check_range(MINIVMM_RAM_HIGH, high, "wu");
        check_range(MINIVMM_RAM_HIGH + high, CONFIG_PAGE_2M, "");
        guestmem_free(&mem);
    }
}
END_TEST

START_TEST(page_tables_fit_the_reserved_space)
{
    for (uint64_t bytes = 32 * MIB; bytes <= 2048 * MIB; bytes *= 4) {
        for (unsigned vcpus = 1; vcpus <= 64; vcpus += 63) {
            set_up(bytes);
            config.vcpus = vcpus;
            config.guest_page_bytes = CONFIG_PAGE_4K;
            plan(NULL);
            map(true);
            config.guest_page_bytes = CONFIG_PAGE_2M;
            memset(guestmem_at(&mem, layout.tables, layout.tables_bytes), 0, layout.tables_bytes);
            plan(NULL);
            map(true);
            ck_assert_uint_ne(at(layout.end - 1).page_bytes, 0);
            guestmem_free(&mem);
        }
    }
}
END_TEST

static void check_refused(const char *text, const char *hint)
{
    struct err err = {0};

    ck_assert_int_eq(layout_plan(&layout, &config, NULL, &image, &mem, &err), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_msg(strstr(err.text, text) != NULL, "%s", err.text);
    ck_assert_str_eq(err.hint, hint);
}

START_TEST(a_guest_that_does_not_fit_is_refused)
{
    set_up(14 * MIB);
    plan(NULL);
    config.vcpus = 60;
    check_refused("--mem 14 MiB: the guest and its 60 vCPUs need 16 MiB", "more --mem");
    config.vcpus = 1;
    image.segment[3].bytes = 6 * MIB + 1;
    check_refused("the guest and its 1 vCPU need", "more --mem");
    /* Sums that wrap around 64 bits. */
    image.segment[3].bytes = UINT64_MAX - DATA - 0x8000;
    check_refused("the guest and its 1 vCPU need", "a guest that needs less memory");
    guestmem_free(&mem);
    /* The size that the message gives is enough. */
    set_up(16 * MIB);
    config.vcpus = 60;
    plan(NULL);
    guestmem_free(&mem);
    set_up(14 * MIB);
    image.info.vcpu_bytes = UINT32_MAX;
    check_refused("the guest and its 1 vCPU need", "a guest that needs less memory");
    guestmem_free(&mem);
}
END_TEST

/* The per-vCPU memory must fit below the hole: RAM above it does not help. */
START_TEST(ram_above_the_hole_does_not_help)
{
    /* A host with less memory refuses --mem. */
    if (memory_limit().bytes < MINIVMM_RAM_LOW_END + CONFIG_PAGE_1G) {
        suite_skip_part("needs a host with more than 4 GiB");
        return;
    }
    set_up(MINIVMM_RAM_LOW_END + CONFIG_PAGE_1G);
    config.vcpus = 4;
    image.info.vcpu_bytes = 0x40000000;
    check_refused("--mem 4 GiB: the guest and its 4 vCPUs need", "fewer --vcpus");
    guestmem_free(&mem);
}
END_TEST

static void check_not_mapped(const char *text)
{
    struct err err = {0};

    plan(NULL);
    ck_assert_int_eq(layout_map(&layout, &config, &image, &mem, true, &err), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_msg(strstr(err.text, text) != NULL, "%s", err.text);
    ck_assert(strstr(err.hint, "align") != NULL);
    guestmem_free(&mem);
}

START_TEST(segments_share_no_page)
{
    set_up(64 * MIB);
    image.segment[1].base = TEXT0 + 0x3400;
    check_not_mapped("guest.elf: two segments share the page at 0x203000");
    set_up(64 * MIB);
    image.segment[0].base = 0xfff;
    check_not_mapped("guest.elf: a segment overlaps the unmapped page at 0");
    set_up(64 * MIB);
    image.segment[0].base = 0x1000;
    image.segment[0].bytes = TEXT3 - 0x1000;
    plan(NULL);
    map(true);
    check_range(0x1000, TEXT3 - 0x1000, "x");
    guestmem_free(&mem);
}
END_TEST

SUITE_MAIN("layout", nothing_overlaps, every_range_has_its_permissions,
           large_pages_are_used_within_a_range, without_nx_bit_63_is_clear,
           the_guest_fills_in_the_window, ram_above_the_hole_is_mapped,
           page_tables_fit_the_reserved_space, a_guest_that_does_not_fit_is_refused,
           ram_above_the_hole_does_not_help, segments_share_no_page)
