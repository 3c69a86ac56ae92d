/* SPDX-License-Identifier: MIT */
/* Guest memory on each kind of page: all of it is usable, in the requested pages. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/suite.h"

/* Write to the entire arena, return it, read zeros; with additional options. */
static struct outcome run_memory(const char *mem, const char *option, const char *value)
{
    return program_run("minivmm", "--guest", program_path("memory.elf"), "--report", "json",
                       "--mem", mem, option, value, NULL);
}

static void check_memory(const char *mem, const char *option, const char *value)
{
    struct outcome run = run_memory(mem, option, value);

    ck_assert_msg(run.status == 0, "--mem %s %s %s: status %d\n%.500s%.500s", mem,
                  option ? option : "", value ? value : "", run.status, run.err, run.out);
    outcome_free(&run);
}

START_TEST(small_memory)
{
    check_memory("64M", NULL, NULL);
    check_memory("64M", "--guest-page", "4K");
    check_memory("64M", "--thp", "off");
}
END_TEST

/* RAM continues above the device addresses, and the guest uses the larger part. */
START_TEST(memory_above_the_hole)
{
    struct outcome run = program_run("minivmm", "--guest", program_path("memory_top.elf"), "--mem",
                                     "7G", "--report", "json", NULL);

    if (run.status == 2 && strstr(run.err, ": more than the ")) {
        suite_skip_part("less than 7 GiB of memory");
    } else {
        ck_assert_msg(run.status == 0, "status %d\n%.500s", run.status, run.err);
        ck_assert(strstr(run.err, "arena 0x100000000") != NULL);
    }
    outcome_free(&run);
}
END_TEST

START_TEST(prefault_is_verified)
{
    struct outcome run = program_run("minivmm", "--guest", program_path("hello.elf"), "--mem",
                                     "64M", "--prefault", "--report", "json", NULL);

    ck_assert_msg(run.status == 0, "%s", run.err);
    ck_assert_int_eq(json_int_at(run.json, "memory.resident_bytes"), 64 << 20);
    outcome_free(&run);
}
END_TEST

START_TEST(small_pages_are_used)
{
    struct outcome run = program_run("minivmm", "--guest", program_path("hello.elf"), "--mem",
                                     "64M", "--thp", "off", "--report", "json", NULL);

    ck_assert_msg(run.status == 0, "%s", run.err);
    ck_assert_int_eq(json_int_at(run.json, "config.host_page_used_bytes.2m"), 0);
    ck_assert_int_gt(json_int_at(run.json, "config.host_page_used_bytes.4k"), 0);
    outcome_free(&run);
}
END_TEST

static long read_count(const char *path)
{
    FILE *file = fopen(path, "r");
    long count = -1;

    if (file && fscanf(file, "%ld", &count) != 1)
        count = -1;
    if (file)
        fclose(file);
    return count;
}

static int write_count(const char *path, long count)
{
    FILE *file = fopen(path, "w");

    return file && fprintf(file, "%ld\n", count) > 0 && !fclose(file) ? 0 : -1;
}

#define POOL "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"

START_TEST(huge_pages)
{
    long before = read_count(POOL);

    expect_failure(1, "page of 1 GiB needed", "--guest", program_path("hello.elf"), "--mem", "1G",
                   "--hugepages", "1G", NULL);
    if (before < 0 || write_count(POOL, before + 34)) {
        suite_skip_part("only root can reserve huge pages");
        return;
    }
    if (read_count(POOL) == before + 34) {
        struct outcome run = run_memory("64M", "--hugepages", "2M");

        write_count(POOL, before);
        ck_assert_msg(run.status == 0, "%.500s%.500s", run.err, run.out);
        ck_assert_int_eq(json_int_at(run.json, "config.host_page_used_bytes.4k"), 0);
        ck_assert_int_gt(json_int_at(run.json, "config.host_page_used_bytes.2m"), 0);
        outcome_free(&run);
    } else {
        suite_skip_part("no memory for more huge pages");
    }
    write_count(POOL, before);
    if (!before)
        expect_failure(1, "--hugepages: 32 pages of 2 MiB needed, 0 of 0 free; try: echo 32 > /sys",
                       "--guest", program_path("hello.elf"), "--mem", "64M", "--hugepages", "2M",
                       NULL);
}
END_TEST

/* 1 GiB pages are used if CPUID has them, and refused otherwise. */
START_TEST(largest_guest_pages)
{
    struct outcome run = run_memory("64M", "--guest-page", "1G");

    if (run.status == 2 && strstr(run.err, "--guest-page 1G: KVM does not support 1 GiB"))
        suite_skip_part("KVM does not support 1 GiB pages");
    else
        ck_assert_msg(run.status == 0, "status %d\n%s", run.status, run.err);
    outcome_free(&run);
}
END_TEST

SUITE_MAIN_KVM("memory", small_memory, memory_above_the_hole, prefault_is_verified,
               small_pages_are_used, huge_pages, largest_guest_pages)
