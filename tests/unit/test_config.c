/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/support/suite.h"
#include "vmm/core/cli/files.h"
#include "vmm/core/config/config.h"

static struct config config;

START_TEST(defaults_are_valid)
{
    struct err err;

    memset(&config, 0xff, sizeof(config));
    config_init(&config);
    ck_assert_ptr_null(config.guest);
    ck_assert_uint_eq(config.mem_bytes, 2ull << 30);
    ck_assert_uint_eq(config.vcpus, 1);
    ck_assert_uint_eq(config.hugepage_bytes, 0);
    ck_assert_int_eq(config.thp, CONFIG_DEFAULT);
    ck_assert_uint_eq(config.guest_page_bytes, CONFIG_PAGE_2M);
    ck_assert_ptr_null(config.bench);
    ck_assert_str_eq(config.args, "");
    ck_assert_uint_eq(config.pin_count, 0);
    ck_assert_uint_eq(config.timeout_ns, 0);
    ck_assert_int_eq(config.format, CONFIG_TEXT);
    ck_assert(!config.prefault && !config.quick && !config.dry_run && !config.list);
    ck_assert(!config.output && !config.log && !config.dump_dtb);
    ck_assert_int_eq(config_validate(&config, &err), 0);
}
END_TEST

/* The configuration is refused with ERR_USAGE, this message and this hint. */
static void check_refused(const char *text, const char *hint)
{
    struct err err = {0};

    ck_assert_int_eq(config_validate(&config, &err), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_msg(strstr(err.text, text) != NULL, "%s", err.text);
    ck_assert_str_eq(err.hint, hint);
    config_init(&config);
}

START_TEST(memory_is_in_whole_pages)
{
    struct err err;

    config_init(&config);
    config.mem_bytes = 0;
    check_refused("--mem 0: too small", "--mem 64M or more");
    config.mem_bytes = 3 << 20;
    check_refused("--mem 3 MiB: not a multiple of 2 MiB", "--mem 4M");
    config.mem_bytes = CONFIG_PAGE_2M + 1;
    check_refused("--mem 2097153 B: not a multiple", "--mem 4M");
    config.mem_bytes = 3 * CONFIG_PAGE_1G / 2;
    config.hugepage_bytes = CONFIG_PAGE_1G;
    check_refused("--mem 1536 MiB: not a multiple of 1 GiB", "--mem 2048M");
    config.mem_bytes = CONFIG_PAGE_2M;
    ck_assert_int_eq(config_validate(&config, &err), 0);
}
END_TEST

START_TEST(the_hint_is_valid_for_the_largest_size)
{
    config_init(&config);
    config.mem_bytes = UINT64_MAX;
    check_refused("not a multiple of 2 MiB", "--mem 17592186044414M");
}
END_TEST

START_TEST(zero_vcpus_are_refused)
{
    config_init(&config);
    config.vcpus = 0;
    check_refused("--vcpus 0", "--vcpus 1");
}
END_TEST

START_TEST(hugepages_and_thp_exclude_each_other)
{
    struct err err;

    config_init(&config);
    config.hugepage_bytes = CONFIG_PAGE_2M;
    config.thp = CONFIG_ON;
    check_refused("--hugepages with --thp on", "one of the two");
    config.hugepage_bytes = CONFIG_PAGE_2M;
    config.thp = CONFIG_OFF;
    ck_assert_int_eq(config_validate(&config, &err), 0);
}
END_TEST

START_TEST(a_trace_needs_a_separate_file)
{
    struct err err;

    config_init(&config);
    config.guest = "bench.elf";
    config.trace = "exits";
    ck_assert_int_eq(cli_check_files(&config, &err), 0);
    config.output = "exits";
    ck_assert_int_eq(cli_check_files(&config, &err), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
    config.trace = "bench.elf";
    ck_assert_int_eq(cli_check_files(&config, &err), -1);
}
END_TEST

SUITE_MAIN("config", defaults_are_valid, memory_is_in_whole_pages,
           the_hint_is_valid_for_the_largest_size, zero_vcpus_are_refused,
           hugepages_and_thp_exclude_each_other, a_trace_needs_a_separate_file)
