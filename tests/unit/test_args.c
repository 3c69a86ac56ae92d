/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "minivmm/args.h"
#include "tests/support/suite.h"
#include "vmm/core/base/args.h"

static const struct minivmm_arg_info keys[] = {
    {.key = "n", .least = 1, .most = 200000},
    {.key = "isa", .words = "sse2|avx2|avx512"},
    {.key = "bs", .least = 512, .most = 1 << 20, .list = 1},
};

#define KEYS 3

START_TEST(an_argument_is_found_by_its_key)
{
    const char *args = " n=3000,nn=7 isa=avx2";

    ck_assert_ptr_eq(args_find(args, "n="), args + 3);
    ck_assert_ptr_eq(args_find(args, "nn="), args + 11);
    ck_assert(args_is(args_find(args, "isa="), "avx2"));
    ck_assert(!args_is(args_find(args, "isa="), "avx"));
    ck_assert_ptr_null(args_find(args, "sa="));
    ck_assert_ptr_null(args_find("", "n="));
}
END_TEST

START_TEST(a_list_has_powers_of_two)
{
    uint64_t values[ARGS_LIST_MAX];

    ck_assert_uint_eq(args_list("512:4k:1m", 512, 1 << 20, values), 3);
    ck_assert(values[0] == 512 && values[1] == 4096 && values[2] == 1 << 20);
    ck_assert_uint_eq(args_list("1:2:4 x=1", 1, 64, values), 3);
    ck_assert_uint_eq(args_list("", 1, 64, values), 0);
    ck_assert_uint_eq(args_list("3", 1, 64, values), 0);
    ck_assert_uint_eq(args_list("4:4", 1, 64, values), 0);
    ck_assert_uint_eq(args_list("128", 1, 64, values), 0);
    ck_assert_uint_eq(args_list("4:", 1, 64, values), 0);
    ck_assert_uint_eq(args_list("4g", 1, 64, values), 0);
    ck_assert_uint_eq(args_list("99999999999999999999m", 1, UINT64_MAX, values), 0);
}
END_TEST

START_TEST(valid_arguments_are_accepted)
{
    static const char *const right[] = {
        "", " , ", "n=1", "n=200000", "isa=sse2,n=7", "bs=512:4k isa=avx512", "bs=1m,n=9 "};
    struct args_fault fault;

    for (unsigned i = 0; i < sizeof(right) / sizeof(right[0]); i++)
        ck_assert_msg(!args_check(right[i], keys, KEYS, &fault), "%s: %s", right[i], fault.why);
}
END_TEST

START_TEST(the_first_invalid_argument_is_reported)
{
    static const struct {
        const char *args, *at, *why;
        int key;
    } wrong[] = {
        {"bogus=1", "bogus=1", "unknown key", -1},
        {"n=1 bogus=2,isa=x", "bogus=2", "unknown key", -1},
        {"n", "n", "unknown key", -1},
        {"=1", "=1", "unknown key", -1},
        {"nn=1", "nn=1", "unknown key", -1},
        {"n=1,n=2", "n=2", "duplicate key", 0},
        {"n=", "n=", "invalid value", 0},
        {"n=0", "n=0", "invalid value", 0},
        {"n=200001", "n=200001", "invalid value", 0},
        {"n=7x", "n=7x", "invalid value", 0},
        {"n=-7", "n=-7", "invalid value", 0},
        {"isa=sse", "isa=sse", "invalid value", 1},
        {"isa=sse2|avx2", "isa=sse2|avx2", "invalid value", 1},
        {"isa=", "isa=", "invalid value", 1},
        {"bs=513", "bs=513", "invalid value", 2},
        {"bs=256", "bs=256", "invalid value", 2},
    };

    for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct args_fault fault;

        ck_assert_msg(args_check(wrong[i].args, keys, KEYS, &fault) == -1, "%s", wrong[i].args);
        ck_assert_int_eq(fault.length, (int)strlen(wrong[i].at));
        ck_assert_msg(!strncmp(fault.at, wrong[i].at, (size_t)fault.length), "%s", wrong[i].args);
        ck_assert_msg(strstr(fault.why, wrong[i].why) != NULL, "%s: %s", wrong[i].args, fault.why);
        ck_assert_ptr_eq(fault.key, wrong[i].key < 0 ? NULL : &keys[wrong[i].key]);
    }
}
END_TEST

START_TEST(the_help_names_all_values)
{
    char text[128], cut[20];

    args_help(text, sizeof(text), keys, KEYS);
    ck_assert_str_eq(text, "n=1..200000, isa=sse2|avx2|avx512, bs=512:...:1m");
    args_help(cut, sizeof(cut), keys, KEYS);
    ck_assert_str_eq(cut, "n=1..200000, isa=ss");
}
END_TEST

SUITE_MAIN("args", an_argument_is_found_by_its_key, a_list_has_powers_of_two,
           valid_arguments_are_accepted, the_first_invalid_argument_is_reported,
           the_help_names_all_values)
