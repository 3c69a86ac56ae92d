/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "tests/support/suite.h"
#include "vmm/bus/bus.h"

#define PAGE 0x1000ull

static struct bus bus;

static int add(uint64_t base, uint64_t bytes, const char *name, struct err *err)
{
    struct bus_region region = {.base = base, .bytes = bytes, .name = name, .number = bus.count};

    return bus_add(&bus, &region, err);
}

static void must_add(uint64_t base, uint64_t bytes, const char *name)
{
    struct err err = {0};

    ck_assert_msg(!add(base, bytes, name, &err), "%s", err.text);
}

static void freeze(void)
{
    struct err err = {0};

    ck_assert_msg(!bus_freeze(&bus, &err), "%s", err.text);
}

static const char *name_at(uint64_t address, unsigned bytes)
{
    const struct bus_region *region = bus_find(&bus, address, bytes);

    return region ? region->name : "none";
}

START_TEST(an_empty_bus_finds_nothing)
{
    freeze();
    ck_assert_ptr_null(bus_find(&bus, 0, 1));
    ck_assert_ptr_null(bus_find(&bus, UINT64_MAX, 1));
}
END_TEST

START_TEST(freeze_sorts_by_address)
{
    must_add(0x3000, PAGE, "c");
    must_add(0x1000, PAGE, "a");
    must_add(UINT64_MAX - PAGE + 1, PAGE, "z");
    must_add(0x2000, PAGE, "b");
    freeze();
    ck_assert_uint_eq(bus.count, 4);
    for (unsigned i = 1; i < bus.count; i++)
        ck_assert_uint_lt(bus.region[i - 1].base, bus.region[i].base);
    ck_assert_str_eq(name_at(0x2000, 1), "b");
    ck_assert_str_eq(name_at(0x3ff8, 8), "c");
    ck_assert_str_eq(name_at(UINT64_MAX, 1), "z");
    /* Devices keep their numbers. */
    ck_assert_uint_eq(bus_find(&bus, 0x1000, 8)->number, 1);
}
END_TEST

START_TEST(every_edge_is_checked)
{
    must_add(0x1000, 0x10, "device");
    freeze();
    ck_assert_str_eq(name_at(0xfff, 1), "none");
    ck_assert_str_eq(name_at(0x1000, 1), "device");
    ck_assert_str_eq(name_at(0x1000, 8), "device");
    ck_assert_str_eq(name_at(0x1008, 8), "device");
    ck_assert_str_eq(name_at(0x100f, 1), "device");
    ck_assert_str_eq(name_at(0x1010, 1), "none");
    ck_assert_str_eq(name_at(0, 1), "none");
    ck_assert_str_eq(name_at(UINT64_MAX, 1), "none");
}
END_TEST

START_TEST(an_access_across_two_devices_is_not_found)
{
    must_add(0x1000, 0x10, "first");
    must_add(0x1010, 0x10, "second");
    freeze();
    ck_assert_str_eq(name_at(0x100f, 2), "none");
    ck_assert_str_eq(name_at(0x100c, 8), "none");
    ck_assert_str_eq(name_at(0xffc, 8), "none");
    ck_assert_str_eq(name_at(0x101c, 8), "none");
    ck_assert_str_eq(name_at(0x1010, 8), "second");
}
END_TEST

static void check_overlap(uint64_t base, uint64_t bytes, bool overlaps)
{
    struct err err = {0};

    bus.count = 0;
    must_add(0x2000, 0x1000, "fixed");
    must_add(base, bytes, "moved");
    ck_assert_msg(bus_freeze(&bus, &err) == (overlaps ? -1 : 0), "%#llx", (long long)base);
    if (overlaps)
        ck_assert(strstr(err.text, "fixed") && strstr(err.text, "moved") &&
                  strstr(err.text, "overlap"));
}

START_TEST(overlapping_devices_are_refused)
{
    check_overlap(0x1000, 0x1000, false);
    check_overlap(0x1000, 0x1001, true);
    check_overlap(0x1000, 0x3000, true);
    check_overlap(0x2000, 0x1000, true);
    check_overlap(0x2000, 1, true);
    check_overlap(0x2800, 1, true);
    check_overlap(0x2fff, 1, true);
    check_overlap(0x3000, 1, false);
    check_overlap(0, 1, false);
    check_overlap(UINT64_MAX, 1, false);
}
END_TEST

/* `count` devices of 16 bytes with gaps of 16 bytes, added in a shuffled order. */
static void check_many(unsigned count)
{
    static char names[BUS_DEVICES_MAX][24];

    bus.count = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned place = i * 37 % count;

        snprintf(names[place], sizeof(names[place]), "device%u", place);
        must_add(0x1000 + 0x20 * place, 0x10, names[place]);
    }
    freeze();
    for (unsigned place = 0; place < count; place++) {
        uint64_t base = 0x1000 + 0x20 * place;

        ck_assert_str_eq(name_at(base, 8), names[place]);
        ck_assert_str_eq(name_at(base + 0xf, 1), names[place]);
        ck_assert_str_eq(name_at(base + 0x10, 1), "none");
        ck_assert_str_eq(name_at(base + 0x1f, 1), "none");
    }
}

START_TEST(every_device_of_a_full_bus_is_found)
{
    for (unsigned count = 1; count <= 8; count++)
        check_many(count);
    check_many(32);
    check_many(63);
    check_many(BUS_DEVICES_MAX);
}
END_TEST

START_TEST(a_full_bus_refuses_a_device)
{
    struct err err = {0};

    for (unsigned i = 0; i < BUS_DEVICES_MAX; i++)
        must_add(i * PAGE, PAGE, "device");
    ck_assert_int_eq(add(BUS_DEVICES_MAX * PAGE, PAGE, "late", &err), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_str_eq(err.text, "late: more than 64 devices on a bus");
    ck_assert_uint_eq(bus.count, BUS_DEVICES_MAX);
}
END_TEST

SUITE_MAIN("bus", an_empty_bus_finds_nothing, freeze_sorts_by_address, every_edge_is_checked,
           an_access_across_two_devices_is_not_found, overlapping_devices_are_refused,
           every_device_of_a_full_bus_is_found, a_full_bus_refuses_a_device)
