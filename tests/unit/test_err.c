/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/suite.h"
#include "tests/unit/fixture.h"
#include "vmm/core/base/err.h"

START_TEST(setting_fills_in_code_and_text)
{
    struct err err = {.hint = "old"};

    ck_assert_int_eq(err_set(&err, ERR_USAGE, "--mem %d: %s", 3, "odd"), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_str_eq(err.text, "--mem 3: odd");
    ck_assert_str_eq(err.hint, "");
}
END_TEST

START_TEST(a_system_error_names_its_reason)
{
    struct err err = {.hint = "old"};

    errno = ENOENT;
    ck_assert_int_eq(err_sys(&err, ERR_CANNOT_RUN, "%s", "/dev/kvm"), -1);
    ck_assert_int_eq(err.code, ERR_CANNOT_RUN);
    ck_assert_str_eq(err.text, "/dev/kvm: No such file or directory");
    ck_assert_str_eq(err.hint, "");
}
END_TEST

START_TEST(a_hint_adds_and_keeps_the_rest)
{
    struct err err;

    err_set(&err, ERR_FAILED, "what: why");
    ck_assert_int_eq(err_hint(&err, "do %u", 7u), -1);
    ck_assert_int_eq(err.code, ERR_FAILED);
    ck_assert_str_eq(err.text, "what: why");
    ck_assert_str_eq(err.hint, "do 7");
}
END_TEST

/* With EMFILE, a hint about the file itself would be misleading. */
START_TEST(too_many_files_have_one_hint)
{
    struct err err;

    errno = EMFILE;
    err_sys(&err, ERR_FAILED, "guest.elf");
    ck_assert_str_eq(err.hint, "a higher ulimit -n");
    err_hint(&err, "--guest FILE");
    ck_assert_str_eq(err.hint, "a higher ulimit -n");
    err_hint(&err, "fewer --vcpus, or a higher ulimit -n");
    ck_assert_str_eq(err.hint, "fewer --vcpus, or a higher ulimit -n");
    err_set(&err, ERR_USAGE, "--mem: odd");
    err_hint(&err, "--mem 1G");
    ck_assert_str_eq(err.hint, "--mem 1G");
}
END_TEST

START_TEST(long_texts_are_truncated)
{
    char text[1000];
    struct err err;

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    err_set(&err, ERR_FAILED, "%s", text);
    ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
    err_hint(&err, "%s", text);
    ck_assert_uint_eq(strlen(err.hint), sizeof(err.hint) - 1);
    errno = EIO;
    err_sys(&err, ERR_FAILED, "%s", text);
    ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
    /* The end of a long name is truncated, not the reason. */
    ck_assert_str_eq(strrchr(err.text, ':'), ": Input/output error");
}
END_TEST

static void check_print(const struct err *err, const char *expected)
{
    char *printed;

    fixture_stderr_begin();
    err_print(err, "minivmm");
    printed = fixture_stderr_end();
    ck_assert_str_eq(printed, expected);
    free(printed);
}

START_TEST(printing_adds_the_hint_if_there_is_one)
{
    struct err err;

    err_set(&err, ERR_FAILED, "what: 100%% wrong %%s");
    check_print(&err, "minivmm: what: 100% wrong %s\n");
    err_hint(&err, "this");
    check_print(&err, "minivmm: what: 100% wrong %s; try: this\n");
}
END_TEST

SUITE_MAIN("err", setting_fills_in_code_and_text, a_system_error_names_its_reason,
           a_hint_adds_and_keeps_the_rest, too_many_files_have_one_hint, long_texts_are_truncated,
           printing_adds_the_hint_if_there_is_one)
