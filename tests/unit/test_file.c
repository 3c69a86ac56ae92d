/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "tests/unit/fixture.h"
#include "vmm/core/host/file.h"

static char path[FIXTURE_PATH_MAX];

static void put(const char *content)
{
    fixture_file(path, content, strlen(content));
}

static void check_read(const char *content, size_t size, const char *expected)
{
    char text[64];

    put(content);
    memset(text, 'x', sizeof(text));
    ck_assert_int_eq(file_read(path, text, size), 0);
    ck_assert_str_eq(text, expected);
    if (size < sizeof(text))
        ck_assert_int_eq(text[size], 'x');
    unlink(path);
}

START_TEST(a_file_is_read_without_its_last_newline)
{
    check_read("madvise\n", 64, "madvise");
    check_read("two\nlines\n", 64, "two\nlines");
    check_read("two\n\n", 64, "two\n");
    check_read("bare", 64, "bare");
    check_read("", 64, "");
    check_read("\n", 64, "");
}
END_TEST

START_TEST(a_long_file_is_truncated)
{
    check_read("0123456789", 11, "0123456789");
    check_read("0123456789", 10, "012345678");
    check_read("0123456789", 2, "0");
    check_read("0123456789", 1, "");
}
END_TEST

START_TEST(a_missing_file_is_an_error)
{
    char text[8] = "before";

    errno = 0;
    ck_assert_int_eq(file_read("/nowhere/at/all", text, sizeof(text)), -1);
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_str_eq(text, "");
    strcpy(text, "before");
    ck_assert_int_eq(file_read("/", text, sizeof(text)), -1);
    ck_assert_int_eq(errno, EISDIR);
    ck_assert_str_eq(text, "");
}
END_TEST

static int read_u64(const char *content, uint64_t *value)
{
    int result;

    put(content);
    result = file_read_u64(path, value);
    unlink(path);
    return result;
}

START_TEST(numbers_are_decimal)
{
    uint64_t value = 1;

    ck_assert_int_eq(read_u64("0\n", &value), 0);
    ck_assert_uint_eq(value, 0);
    ck_assert_int_eq(read_u64("9223372036854771712\n", &value), 0);
    ck_assert_uint_eq(value, 9223372036854771712u);
    ck_assert_int_eq(read_u64("18446744073709551615", &value), 0);
    ck_assert_uint_eq(value, UINT64_MAX);
}
END_TEST

START_TEST(an_invalid_number_is_an_error)
{
    static const char *const bad[] = {"",        "\n",   "max\n", "-1\n",
                                      "12abc\n", "0x10", "1 2",   "18446744073709551616\n"};
    uint64_t value;

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        ck_assert_msg(read_u64(bad[i], &value) == -1, "'%s'", bad[i]);
    ck_assert_int_eq(file_read_u64("/nowhere/at/all", &value), -1);
}
END_TEST

static const char status[] = "Name:\tcheck me\n"
                             "VmRSS:\t     1234 kB\n"
                             "VmRSSx:\t 99 kB\n"
                             "model name\t: A CPU, 2.0GHz  \t\n"
                             "Empty:\n"
                             "Last: 7";

static void check_field(const char *key, const char *expected)
{
    char text[32] = "?";

    ck_assert_int_eq(file_status_field(path, key, text, sizeof(text)), 0);
    ck_assert_str_eq(text, expected);
}

START_TEST(a_field_is_the_rest_of_its_line)
{
    char text[8];

    put(status);
    check_field("Name:", "check me");
    check_field("VmRSS:", "1234 kB");
    check_field("model name", "A CPU, 2.0GHz");
    check_field("Empty:", "");
    check_field("Last:", "7");
    ck_assert_int_eq(file_status_field(path, "model name", text, sizeof(text)), 0);
    ck_assert_str_eq(text, "A CPU, ");
    ck_assert_int_eq(file_status_field(path, "RSS:", text, sizeof(text)), -1);
    ck_assert_int_eq(file_status_field(path, "name", text, sizeof(text)), -1);
    unlink(path);
    ck_assert_int_eq(file_status_field(path, "Name:", text, sizeof(text)), -1);
}
END_TEST

/*
 * The flags of a CPU are a line of more than 1000 characters. The part after the end of the
 * reader's buffer must not be taken for a new line.
 */
START_TEST(a_long_line_is_one_line)
{
    for (int pad = 0; pad < 9; pad++) {
        char content[8192];

        sprintf(content, "flags%*s:", pad, "");
        for (unsigned i = 0; i < 500; i++)
            strcat(content, " VmRSS: 5");
        put(strcat(content, "\nVmRSS: 6\n"));
        check_field("VmRSS:", "6");
        unlink(path);
    }
}
END_TEST

START_TEST(a_file_beside_the_program_is_in_its_directory)
{
    char program[4096], path_beside[4096];
    ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
    size_t folder;

    ck_assert_int_gt(length, 0);
    program[length] = '\0';
    folder = (size_t)(strrchr(program, '/') + 1 - program);
    ck_assert_int_eq(file_beside_program("bench.elf", path_beside, sizeof(path_beside)), 0);
    ck_assert_int_eq(strncmp(path_beside, program, folder), 0);
    ck_assert_str_eq(path_beside + folder, "bench.elf");
    /* A truncated path would name another file. */
    for (size_t size = 2; size <= (size_t)length; size++)
        ck_assert_int_eq(file_beside_program("x", path_beside, size), -1);
    ck_assert_int_eq(file_beside_program("x", path_beside, (size_t)length + 2), 0);
    ck_assert_str_eq(path_beside + folder, "x");
    memset(program, 'x', sizeof(program) - 1);
    program[sizeof(program) - 1] = '\0';
    ck_assert_int_eq(file_beside_program(program, path_beside, sizeof(path_beside)), -1);
}
END_TEST

START_TEST(kilobytes_become_bytes)
{
    uint64_t bytes = 0;

    put(status);
    ck_assert_int_eq(file_status_kb(path, "VmRSS:", &bytes), 0);
    ck_assert_uint_eq(bytes, 1234 << 10);
    ck_assert_int_eq(file_status_kb(path, "Name:", &bytes), -1);
    ck_assert_int_eq(file_status_kb(path, "Empty:", &bytes), -1);
    ck_assert_int_eq(file_status_kb(path, "VmSwap:", &bytes), -1);
    unlink(path);
    ck_assert_int_eq(file_status_kb("/proc/meminfo", "MemTotal:", &bytes), 0);
    ck_assert_uint_gt(bytes, 0);
}
END_TEST

/* Create a temporary directory. */
static void make_folder(char name[FIXTURE_PATH_MAX])
{
    strcpy(name, "/tmp/minivmm-unit-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(name));
}

static void check_content(const char *name, const char *expected)
{
    char *text = fixture_read(name);

    ck_assert_str_eq(text, expected);
    free(text);
}

/* Remove the known files and the directory, which must then be empty. */
static void remove_folder(const char *name)
{
    ck_assert_int_eq(rmdir(name), 0);
}

START_TEST(a_file_is_replaced_atomically)
{
    char folder[FIXTURE_PATH_MAX], name[128], link[128];
    struct stat before, after;
    int old;

    make_folder(folder);
    snprintf(name, sizeof(name), "%s/report", folder);
    snprintf(link, sizeof(link), "%s/link", folder);
    ck_assert_int_eq(file_can_replace(name), 0);
    ck_assert_int_ne(access(name, F_OK), 0);
    ck_assert_int_eq(file_replace(name, "older", 5), 0);
    check_content(name, "older");
    ck_assert_int_eq(chmod(name, 0640), 0);
    ck_assert_int_eq(stat(name, &before), 0);
    old = open(name, O_RDONLY | O_CLOEXEC);
    ck_assert_int_eq(symlink("report", link), 0);
    ck_assert_int_eq(file_can_replace(link), 0);
    ck_assert_int_eq(file_replace(link, "newer", 5), 0);
    check_content(name, "newer");
    ck_assert_int_eq(lstat(link, &after), 0);
    ck_assert(S_ISLNK(after.st_mode));
    ck_assert_int_eq(stat(name, &after), 0);
    ck_assert_uint_eq(after.st_mode, before.st_mode);
    /* A process that has the old file open still reads all of it. */
    ck_assert_int_eq(fstat(old, &after), 0);
    ck_assert_int_eq(after.st_size, 5);
    ck_assert_uint_eq(after.st_ino, before.st_ino);
    ck_assert_uint_eq(after.st_nlink, 0);
    close(old);
    unlink(link);
    unlink(name);
    remove_folder(folder);
}
END_TEST

/* After a rename, the second link would keep the old content. */
START_TEST(a_hard_link_is_overwritten_in_place)
{
    char folder[FIXTURE_PATH_MAX], name[128], second[128];

    make_folder(folder);
    snprintf(name, sizeof(name), "%s/report", folder);
    snprintf(second, sizeof(second), "%s/second", folder);
    ck_assert_int_eq(file_replace(name, "older and longer", 16), 0);
    ck_assert_int_eq(link(name, second), 0);
    ck_assert_int_eq(file_replace(name, "newer", 5), 0);
    check_content(second, "newer");
    unlink(second);
    unlink(name);
    remove_folder(folder);
}
END_TEST

/* If there is no space for the new content, the old content stays. */
START_TEST(a_full_disk_keeps_the_old_content)
{
    const struct rlimit limit = {100, 100};
    char folder[FIXTURE_PATH_MAX], name[128], second[128], text[200] = "too long";

    make_folder(folder);
    snprintf(name, sizeof(name), "%s/report", folder);
    snprintf(second, sizeof(second), "%s/second", folder);
    ck_assert_int_eq(file_replace(name, "older", 5), 0);
    ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    for (unsigned names = 1; names <= 2; names++) {
        ck_assert_int_eq(file_replace(name, text, sizeof(text)), -1);
        ck_assert_int_eq(errno, EFBIG);
        check_content(name, "older");
        ck_assert_int_eq(link(name, second), names == 1 ? 0 : -1);
    }
    unlink(second);
    unlink(name);
    remove_folder(folder);
}
END_TEST

START_TEST(unreplaceable_files_are_errors)
{
    ck_assert_int_eq(file_can_replace("/nowhere/file"), -1);
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_int_eq(file_replace("/nowhere/file", "x", 1), -1);
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_int_eq(file_can_replace("/"), -1);
    ck_assert_int_eq(errno, EISDIR);
    ck_assert_int_eq(file_can_replace(""), -1);
}
END_TEST

START_TEST(an_unwritable_stream_is_an_error)
{
    FILE *full = fopen("/dev/full", "we"), *null = fopen("/dev/null", "we");
    struct err err = {0};

    ck_assert(full && null);
    fputs("text", full);
    ck_assert_int_eq(file_flush(full, "here", &err), -1);
    ck_assert_int_eq(err.code, ERR_FAILED);
    ck_assert_str_eq(err.text, "cannot write to here: No space left on device");
    fputs("text", null);
    ck_assert_int_eq(file_flush(null, "here", &err), 0);
    fclose(full);
    fclose(null);
}
END_TEST

START_TEST(only_the_tree_is_removed)
{
    char tree[] = "/tmp/file-tree-XXXXXX", name[64], outside[] = "/tmp/file-outside-XXXXXX";
    FILE *file;

    close(mkstemp(outside));
    ck_assert(mkdtemp(tree) != NULL);
    snprintf(name, sizeof(name), "%s/below", tree);
    ck_assert_int_eq(mkdir(name, 0700), 0);
    snprintf(name, sizeof(name), "%s/below/file", tree);
    file = fopen(name, "w");
    ck_assert(file != NULL);
    fclose(file);
    snprintf(name, sizeof(name), "%s/below/link", tree);
    ck_assert_int_eq(symlink(outside, name), 0);
    ck_assert_int_eq(file_remove_tree(tree), 0);
    ck_assert_int_ne(access(tree, F_OK), 0);
    ck_assert_int_eq(access(outside, F_OK), 0);
    ck_assert_int_ne(file_remove_tree(tree), 0);
    unlink(outside);
}
END_TEST

SUITE_MAIN("file", only_the_tree_is_removed, a_file_is_read_without_its_last_newline,
           a_long_file_is_truncated, a_missing_file_is_an_error, numbers_are_decimal,
           an_invalid_number_is_an_error, a_field_is_the_rest_of_its_line, a_long_line_is_one_line,
           a_file_beside_the_program_is_in_its_directory, kilobytes_become_bytes,
           a_file_is_replaced_atomically, a_hard_link_is_overwritten_in_place,
           a_full_disk_keeps_the_old_content, unreplaceable_files_are_errors,
           an_unwritable_stream_is_an_error)
