/* SPDX-License-Identifier: MIT */
#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "tests/unit/fixture.h"
#include "vmm/kvm/stats.h"

/* A statistics file: header, id, descriptors, data. */
static struct {
    struct kvm_stats_header header;
    char id[48];
    struct fixture_stat stat[200];
    uint64_t data[1200];
} file;

static void set_up(void)
{
    memset(&file, 0, sizeof(file));
    file.header.name_size = sizeof(file.stat[0].name);
    file.header.id_offset = offsetof(typeof(file), id);
    file.header.desc_offset = offsetof(typeof(file), stat);
    file.header.data_offset = offsetof(typeof(file), data);
}

/* Add a descriptor of `size` values from data[at] on. */
static struct fixture_stat *add(const char *name, uint32_t type, uint16_t size, uint32_t at)
{
    struct fixture_stat *stat = &file.stat[file.header.num_desc++];

    stat->flags = type | KVM_STATS_UNIT_NONE | KVM_STATS_BASE_POW10;
    stat->size = size;
    stat->offset = at * (uint32_t)sizeof(uint64_t);
    strcpy(stat->name, name);
    return stat;
}

static int open_file(size_t bytes)
{
    int fd = memfd_create("statistics", 0);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, &file, bytes), bytes);
    return fd;
}

static void layout_of(int fd, struct kvm_stats_layout *layout)
{
    struct err err = {0};

    ck_assert_msg(!kvm_stats_layout(fd, layout, &err), "%s", err.text);
}

/* The index of a name in the layout, or -1. */
static int index_of(const struct kvm_stats_layout *layout, const char *name)
{
    for (unsigned i = 0; i < layout->names.count; i++)
        if (!strcmp(layout->names.name[i], name))
            return (int)i;
    return -1;
}

START_TEST(values_are_found_by_name)
{
    struct kvm_stats_layout layout;
    uint64_t values[KVM_STATS_MAX];
    int fd;

    set_up();
    add("exits", KVM_STATS_TYPE_CUMULATIVE, 1, 2);
    add("pages_4k", KVM_STATS_TYPE_INSTANT, 1, 0);
    add("longest_wait", KVM_STATS_TYPE_PEAK, 1, 5);
    file.data[0] = 11;
    file.data[2] = UINT64_MAX;
    file.data[5] = 33;
    fd = open_file(sizeof(file));
    layout_of(fd, &layout);
    ck_assert_uint_eq(layout.names.count, 3);
    ck_assert_str_eq(layout.names.name[0], "exits");
    ck_assert(!layout.names.peak[0] && layout.names.peak[1] && layout.names.peak[2]);
    ck_assert_uint_eq(layout.data_offset, file.header.data_offset);
    ck_assert_uint_eq(layout.data_bytes, 6 * sizeof(uint64_t));
    ck_assert_int_eq(kvm_stats_read(fd, &layout, values), 0);
    ck_assert_uint_eq(values[0], UINT64_MAX);
    ck_assert_uint_eq(values[1], 11);
    ck_assert_uint_eq(values[2], 33);
    ck_assert_int_eq(index_of(&layout, "exits"), 0);
    ck_assert_int_eq(index_of(&layout, "longest_wait"), 2);
    ck_assert_int_eq(index_of(&layout, "exit"), -1);
    ck_assert_int_eq(index_of(&layout, ""), -1);
    close(fd);
}
END_TEST

START_TEST(each_read_returns_current_values)
{
    struct kvm_stats_layout layout;
    uint64_t values[KVM_STATS_MAX], changed = 8;
    int fd;

    set_up();
    add("exits", KVM_STATS_TYPE_CUMULATIVE, 1, 0);
    file.data[0] = 7;
    fd = open_file(sizeof(file));
    layout_of(fd, &layout);
    ck_assert_int_eq(kvm_stats_read(fd, &layout, values), 0);
    ck_assert_uint_eq(values[0], 7);
    ck_assert_int_eq(pwrite(fd, &changed, 8, file.header.data_offset), 8);
    ck_assert_int_eq(kvm_stats_read(fd, &layout, values), 0);
    ck_assert_uint_eq(values[0], 8);
    close(fd);
}
END_TEST

START_TEST(histograms_are_skipped)
{
    struct kvm_stats_layout layout;
    uint64_t values[KVM_STATS_MAX];
    int fd;

    set_up();
    add("before", KVM_STATS_TYPE_CUMULATIVE, 1, 0);
    add("wait_hist", KVM_STATS_TYPE_LOG_HIST, 32, 1);
    add("short_hist", KVM_STATS_TYPE_LINEAR_HIST, 1, 33);
    add("pair", KVM_STATS_TYPE_CUMULATIVE, 2, 34);
    add("after", KVM_STATS_TYPE_CUMULATIVE, 1, 36);
    file.data[0] = 1;
    file.data[36] = 2;
    fd = open_file(sizeof(file));
    layout_of(fd, &layout);
    ck_assert_uint_eq(layout.names.count, 2);
    ck_assert_int_eq(index_of(&layout, "wait_hist"), -1);
    ck_assert_int_eq(index_of(&layout, "short_hist"), -1);
    ck_assert_int_eq(index_of(&layout, "pair"), -1);
    ck_assert_int_eq(kvm_stats_read(fd, &layout, values), 0);
    ck_assert_uint_eq(values[index_of(&layout, "after")], 2);
    close(fd);
}
END_TEST

START_TEST(values_beyond_the_limit_are_skipped)
{
    struct kvm_stats_layout layout;
    uint64_t values[KVM_STATS_MAX];
    int fd;

    set_up();
    add("last", KVM_STATS_TYPE_CUMULATIVE, 1, 1023);
    add("beyond", KVM_STATS_TYPE_CUMULATIVE, 1, 1024);
    add("half", KVM_STATS_TYPE_CUMULATIVE, 1, 0)->offset = 8192 - 4;
    add("wrapped", KVM_STATS_TYPE_CUMULATIVE, 1, 0)->offset = UINT32_MAX - 3;
    file.data[1023] = 5;
    fd = open_file(sizeof(file));
    layout_of(fd, &layout);
    ck_assert_uint_eq(layout.names.count, 1);
    ck_assert_int_eq(kvm_stats_read(fd, &layout, values), 0);
    ck_assert_uint_eq(values[0], 5);
    close(fd);
}
END_TEST

START_TEST(the_number_of_statistics_is_limited)
{
    struct kvm_stats_layout layout;
    uint64_t values[KVM_STATS_MAX];
    int fd;

    set_up();
    for (unsigned i = 0; i < KVM_STATS_MAX + 5; i++) {
        char name[16];

        snprintf(name, sizeof(name), "stat%u", i);
        add(name, KVM_STATS_TYPE_CUMULATIVE, 1, i);
        file.data[i] = i;
    }
    fd = open_file(sizeof(file));
    layout_of(fd, &layout);
    ck_assert_uint_eq(layout.names.count, KVM_STATS_MAX);
    ck_assert_int_eq(kvm_stats_read(fd, &layout, values), 0);
    for (unsigned i = 0; i < KVM_STATS_MAX; i++)
        ck_assert_uint_eq(values[i], i);
    close(fd);
}
END_TEST

START_TEST(an_unterminated_name_is_truncated)
{
    struct kvm_stats_layout layout;
    struct fixture_stat *stat;
    int fd;

    set_up();
    stat = add("", KVM_STATS_TYPE_CUMULATIVE, 1, 0);
    memset(stat->name, 'x', sizeof(stat->name));
    fd = open_file(offsetof(typeof(file), stat) + sizeof(struct fixture_stat));
    layout_of(fd, &layout);
    ck_assert_uint_eq(strlen(layout.names.name[0]), KVM_STATS_NAME_MAX - 1);
    close(fd);
}
END_TEST

START_TEST(a_file_without_descriptors_is_empty)
{
    struct kvm_stats_layout layout;
    uint64_t values[KVM_STATS_MAX];
    int fd;

    set_up();
    fd = open_file(sizeof(file.header));
    layout_of(fd, &layout);
    ck_assert_uint_eq(layout.names.count, 0);
    ck_assert_int_eq(kvm_stats_read(fd, &layout, values), 0);
    close(fd);
}
END_TEST

START_TEST(truncated_files_are_errors)
{
    static const struct {
        size_t bytes;
        const char *part;
    } cut[] = {{0, "header"},
               {sizeof(struct kvm_stats_header) - 1, "header"},
               {sizeof(struct kvm_stats_header), "descriptors"},
               {offsetof(typeof(file), stat) + 2 * sizeof(struct fixture_stat) - 1, "descriptors"}};
    struct kvm_stats_layout layout;
    uint64_t values[KVM_STATS_MAX];
    struct err err = {0};
    int fd;

    set_up();
    add("first", KVM_STATS_TYPE_CUMULATIVE, 1, 0);
    add("second", KVM_STATS_TYPE_CUMULATIVE, 1, 1);
    for (unsigned i = 0; i < sizeof(cut) / sizeof(cut[0]); i++) {
        fd = open_file(cut[i].bytes);
        ck_assert_int_eq(kvm_stats_layout(fd, &layout, &err), -1);
        ck_assert_msg(strstr(err.text, cut[i].part) != NULL, "%s", err.text);
        close(fd);
    }
    /* Descriptors without their data. */
    fd = open_file(file.header.data_offset + 15);
    layout_of(fd, &layout);
    ck_assert_int_eq(kvm_stats_read(fd, &layout, values), -1);
    close(fd);
    ck_assert_int_eq(kvm_stats_read(-1, &layout, values), -1);
    ck_assert_int_eq(kvm_stats_layout(-1, &layout, &err), -1);
}
END_TEST

SUITE_MAIN("kvmstats", values_are_found_by_name, each_read_returns_current_values,
           histograms_are_skipped, values_beyond_the_limit_are_skipped,
           the_number_of_statistics_is_limited, an_unterminated_name_is_truncated,
           a_file_without_descriptors_is_empty, truncated_files_are_errors)
