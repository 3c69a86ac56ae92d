/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "tests/support/suite.h"
#include "vmm/core/config/select.h"

static const char *const table[] = {"linpack",     "stream.copy",     "stream.triad",
                                    "streamlined", "blk.randread.4k", "none.really"};

#define TABLE_COUNT (sizeof(table) / sizeof(table[0]))

static const char *name_at(const void *names, size_t i)
{
    return ((const char *const *)names)[i];
}

static void check_chosen(const char *list, const char *expected)
{
    struct err err = {0};
    char *chosen;

    ck_assert_msg(!select_benches(list, table, TABLE_COUNT, name_at, &chosen, &err), "'%s': %s",
                  list, err.text);
    ck_assert_str_eq(chosen, expected);
    free(chosen);
}

static void check_refused(const char *list, const char *word)
{
    char *chosen = (char *)list, expected[64] = "unknown benchmark '";
    struct err err = {0};

    ck_assert_int_eq(select_benches(list, table, TABLE_COUNT, name_at, &chosen, &err), -1);
    ck_assert_ptr_null(chosen);
    ck_assert_int_eq(err.code, ERR_USAGE);
    strcat(strcat(expected, word), "'");
    ck_assert_msg(strstr(err.text, expected) != NULL, "%s", err.text);
    ck_assert(strstr(err.hint, "--list") != NULL);
}

START_TEST(a_name_selects_one_benchmark)
{
    check_chosen("linpack", "linpack");
    check_chosen("blk.randread.4k", "blk.randread.4k");
}
END_TEST

START_TEST(a_dotted_prefix_selects_all_below)
{
    check_chosen("stream", "stream.copy,stream.triad");
    check_chosen("blk", "blk.randread.4k");
    check_chosen("blk.randread", "blk.randread.4k");
}
END_TEST

START_TEST(names_are_unique_in_table_order)
{
    check_chosen("stream.triad,linpack,stream", "linpack,stream.copy,stream.triad");
    check_chosen("linpack,linpack", "linpack");
}
END_TEST

START_TEST(none_is_ignored_beside_other_names)
{
    struct err err;
    char *chosen;

    check_chosen("none", "none.really");
    ck_assert_int_eq(select_benches("none", table, 5, name_at, &chosen, &err), 0);
    ck_assert_str_eq(chosen, "");
    free(chosen);
    ck_assert_int_eq(select_benches("none", NULL, 0, name_at, &chosen, &err), 0);
    ck_assert_str_eq(chosen, "");
    free(chosen);
    ck_assert_int_eq(select_benches("none,linpack", table, 5, name_at, &chosen, &err), 0);
    ck_assert_str_eq(chosen, "linpack");
    free(chosen);
}
END_TEST

START_TEST(an_unknown_name_is_refused)
{
    check_refused("streem", "streem");
    check_refused("stre", "stre");
    check_refused("linpack,nope,stream", "nope");
    check_refused("stream.", "stream.");
    check_refused("stream.triad.x", "stream.triad.x");
    check_refused("LINPACK", "LINPACK");
    check_refused(" linpack", " linpack");
    check_refused("", "");
    check_refused("linpack,", "");
    check_refused(",linpack", "");
    check_refused("nonesuch", "nonesuch");
}
END_TEST

static const struct minivmm_arg_info keys[] = {
    {.key = "n", .least = 1, .most = 10},
    {.key = "isa", .words = "sse2|avx2"},
};

START_TEST(arguments_are_checked_against_the_keys)
{
    struct err err = {0};

    ck_assert_int_eq(select_args("n=5 isa=avx2", keys, 2, &err), 0);
    ck_assert_int_eq(select_args("", keys, 2, &err), 0);
    /* A guest without declared keys accepts any arguments. */
    ck_assert_int_eq(select_args("whatever", keys, 0, &err), 0);
    ck_assert_int_eq(select_args("n=5,bogus=1", keys, 2, &err), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_str_eq(err.text, "--args bogus=1: unknown key");
    ck_assert_str_eq(err.hint, "n=1..10, isa=sse2|avx2");
    ck_assert_int_eq(select_args("n=11", keys, 2, &err), -1);
    ck_assert_str_eq(err.text, "--args n=11: invalid value");
    ck_assert_str_eq(err.hint, "n=1..10");
}
END_TEST

static const struct minivmm_bench_info benches[] = {
    {.name = "fma"},
    {.name = "blk.read", .flags = MINIVMM_BENCH_DISK},
    {.name = "blk.write", .flags = MINIVMM_BENCH_DISK | MINIVMM_BENCH_WRITES},
};

START_TEST(a_writing_benchmark_needs_a_writable_disk)
{
    struct config config = {.bench = "blk", .disks = 1};
    struct err err = {0};

    ck_assert_uint_eq(select_needs("fma", benches, 3), 0);
    ck_assert_uint_eq(select_needs("blk.read", benches, 3), MINIVMM_BENCH_DISK);
    ck_assert_uint_eq(select_needs(NULL, benches, 3), MINIVMM_BENCH_DISK | MINIVMM_BENCH_WRITES);
    config.disk[0].path = "d";
    ck_assert_int_eq(select_check_disk(&config, "blk.read,blk.write", benches, 3, &err), 0);
    config.disk[0].read_only = true;
    ck_assert_int_eq(select_check_disk(&config, "blk.read", benches, 3, &err), 0);
    ck_assert_int_eq(select_check_disk(&config, "blk.read,blk.write", benches, 3, &err), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_str_eq(err.text, "--disk path=d,ro: blk.write writes to the disk");
    ck_assert_str_eq(err.hint, "without ro, or --bench blk.read");
    ck_assert_int_eq(select_check_disk(&config, "blk.write", benches, 3, &err), -1);
    ck_assert_str_eq(err.hint, "without ro");
    /* Without --bench, what cannot run is skipped. */
    config.bench = NULL;
    ck_assert_int_eq(select_check_disk(&config, NULL, benches, 3, &err), 0);
}
END_TEST

SUITE_MAIN("select", a_name_selects_one_benchmark, a_dotted_prefix_selects_all_below,
           names_are_unique_in_table_order, none_is_ignored_beside_other_names,
           an_unknown_name_is_refused, arguments_are_checked_against_the_keys,
           a_writing_benchmark_needs_a_writable_disk)
