/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "tests/unit/fixture.h"
#include "vmm/core/result/exitstat.h"
#include "vmm/core/result/exittrace.h"

#define HZ 2000000000ull

static const char *const device[] = {"channel", NULL, "a-device-of-a-long-name"};

#define DEVICES 3

static char path[FIXTURE_PATH_MAX];
static struct exittrace trace;
static struct err err;

static void set_up(unsigned vcpus)
{
    err = (struct err){0};
    fixture_file(path, "", 0);
    ck_assert_int_eq(exittrace_open(&trace, path, &err), 0);
    ck_assert_int_eq(exittrace_begin(&trace, vcpus, HZ, 77, device, DEVICES, &err), 0);
}

static struct trace_record make(unsigned i)
{
    return (struct trace_record){.ticks = i, .address = i * 3, .handler_ns = 5, .reason = i % 4};
}

/* The records of the file, which the caller frees. */
static struct trace_record *read_back(unsigned vcpus, size_t *count)
{
    struct trace_header header;
    char names[EXIT_REASONS][TRACE_NAME_MAX], devices[DEVICES][TRACE_NAME_MAX];
    struct trace_record *records = malloc(2 * EXITTRACE_RING * sizeof(*records));
    FILE *file = fopen(path, "r");

    ck_assert(file && records);
    ck_assert_uint_eq(fread(&header, sizeof(header), 1, file), 1);
    ck_assert_uint_eq(header.magic, TRACE_MAGIC);
    ck_assert_uint_eq(header.tsc_hz, HZ);
    ck_assert_uint_eq(header.start, 77);
    ck_assert_uint_eq(header.vcpus, vcpus);
    ck_assert_uint_eq(header.reasons, EXIT_REASONS);
    ck_assert_uint_eq(fread(names, sizeof(names), 1, file), 1);
    ck_assert_str_eq(names[EXIT_MMIO_WRITE], "mmio_write");
    ck_assert_uint_eq(header.devices, DEVICES);
    ck_assert_uint_eq(fread(devices, sizeof(devices), 1, file), 1);
    ck_assert_str_eq(devices[0], "channel");
    ck_assert_str_eq(devices[1], "");
    ck_assert_str_eq(devices[2], "a-device-of-a-l");
    *count = fread(records, sizeof(*records), 2 * EXITTRACE_RING, file);
    fclose(file);
    unlink(path);
    return records;
}

START_TEST(every_exit_is_in_the_file)
{
    struct trace_record *records;
    uint64_t dropped = 1;
    size_t count;

    set_up(2);
    for (unsigned i = 0; i < 1000; i++) {
        struct trace_record record = make(i);

        exittrace_add(&trace.ring[i % 2], &record);
        if (i == 500)
            usleep(10000);
    }
    ck_assert_int_eq(exittrace_end(&trace, &dropped, &err), 0);
    ck_assert_uint_eq(dropped, 0);
    records = read_back(2, &count);
    ck_assert_uint_eq(count, 1000);
    for (size_t i = 0; i < count; i++) {
        struct trace_record record = make((unsigned)records[i].ticks);

        ck_assert_mem_eq(&record, &records[i], sizeof(record));
        /* The records of a vCPU are in order. */
        for (size_t j = 0; j < i && j < 20; j++)
            ck_assert(records[j].ticks % 2 != records[i].ticks % 2 ||
                      records[j].ticks < records[i].ticks);
    }
    free(records);
}
END_TEST

START_TEST(a_full_ring_drops_and_counts_exits)
{
    struct trace_record record = make(1), *records;
    uint64_t dropped;
    size_t count;

    set_up(1);
    /* The writer thread must not drain the ring meanwhile. */
    __atomic_store_n(&trace.quit, true, __ATOMIC_RELEASE);
    pthread_join(trace.thread, NULL);
    trace.started = false;
    for (unsigned i = 0; i < EXITTRACE_RING + 5; i++)
        exittrace_add(&trace.ring[0], &record);
    ck_assert_int_eq(exittrace_end(&trace, &dropped, &err), 0);
    records = read_back(1, &count);
    ck_assert_uint_eq(count, dropped ? EXITTRACE_RING + 1 : EXITTRACE_RING);
    ck_assert_uint_eq(dropped, 5);
    ck_assert_uint_eq(records[count - 1].reason, TRACE_DROPPED);
    ck_assert_uint_eq(records[count - 1].address, 5);
    free(records);
}
END_TEST

/* More records than one ring holds, fewer than two rings hold. */
#define ROWS 10000

/* A row's text follows its record, also if the ring wraps within it. */
START_TEST(rows_are_in_the_file)
{
    struct trace_record *records;
    uint64_t dropped = 1;
    size_t count, found = 0;

    set_up(1);
    for (unsigned i = 0; i < ROWS; i++) {
        struct trace_record record = make(i);

        exittrace_row_begin(&trace.ring[0], 0, i, 2, "stream.copy store=nt");
        exittrace_add(&trace.ring[0], &record);
        exittrace_row_end(&trace.ring[0], 0, i);
        /* Wait for the writer thread. */
        if (i % 1000 == 0)
            usleep(5000);
    }
    ck_assert_int_eq(exittrace_end(&trace, &dropped, &err), 0);
    ck_assert_uint_eq(dropped, 0);
    records = read_back(1, &count);
    for (size_t i = 0; i < count; i++) {
        if (records[i].reason != TRACE_ROW_BEGIN)
            continue;
        ck_assert_uint_lt(i + TRACE_TEXT_RECORDS + 2, count);
        ck_assert_uint_eq(records[i].address, found);
        ck_assert_uint_eq(records[i].handler_ns, 2);
        ck_assert_str_eq((const char *)&records[i + 1], "stream.copy store=nt");
        ck_assert_uint_eq(records[i + TRACE_TEXT_RECORDS + 2].reason, TRACE_ROW_END);
        ck_assert_uint_eq(records[i + TRACE_TEXT_RECORDS + 2].address, found);
        found++;
        i += TRACE_TEXT_RECORDS + 2;
    }
    ck_assert_uint_eq(found, ROWS);
    free(records);
}
END_TEST

START_TEST(a_row_that_does_not_fit_is_dropped_entirely)
{
    struct trace_record record = make(1), *records;
    uint64_t dropped;
    size_t count;

    set_up(1);
    __atomic_store_n(&trace.quit, true, __ATOMIC_RELEASE);
    pthread_join(trace.thread, NULL);
    trace.started = false;
    for (unsigned i = 0; i < EXITTRACE_RING - TRACE_TEXT_RECORDS; i++)
        exittrace_add(&trace.ring[0], &record);
    exittrace_row_begin(&trace.ring[0], 0, 0, 1, "row");
    exittrace_row_end(&trace.ring[0], 0, 0);
    ck_assert_int_eq(exittrace_end(&trace, &dropped, &err), 0);
    ck_assert_uint_eq(dropped, 1);
    records = read_back(1, &count);
    ck_assert_uint_eq(records[count - 2].reason, TRACE_ROW_END);
    ck_assert_uint_eq(records[count - 3].reason, record.reason);
    free(records);
}
END_TEST

START_TEST(a_full_disk_is_reported)
{
    struct trace_record record = make(1);
    uint64_t dropped;

    ck_assert_int_eq(exittrace_open(&trace, "/dev/full", &err), 0);
    ck_assert_int_eq(exittrace_begin(&trace, 1, HZ, 0, device, DEVICES, &err), 0);
    exittrace_add(&trace.ring[0], &record);
    ck_assert_int_eq(exittrace_end(&trace, &dropped, &err), -1);
    ck_assert_msg(strstr(err.text, "--trace /dev/full: the file is incomplete: No space") != NULL,
                  "%s", err.text);
    ck_assert_int_eq(exittrace_open(&trace, "/nonexistent/t", &err), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
}
END_TEST

/* A run that fails before its start keeps the older trace. */
START_TEST(an_older_trace_stays_until_the_run_begins)
{
    char *text, older[4096];
    uint64_t dropped;

    memset(older, 'x', sizeof(older));
    fixture_file(path, older, sizeof(older));
    ck_assert_int_eq(exittrace_open(&trace, path, &err), 0);
    text = fixture_read(path);
    ck_assert(!memcmp(text, older, sizeof(older)));
    free(text);
    ck_assert_int_eq(exittrace_end(&trace, &dropped, &err), 0);
    text = fixture_read(path);
    ck_assert(!memcmp(text, older, sizeof(older)));
    free(text);
    ck_assert_int_eq(exittrace_open(&trace, path, &err), 0);
    ck_assert_int_eq(exittrace_begin(&trace, 1, HZ, 77, NULL, 0, &err), 0);
    ck_assert_int_eq(exittrace_end(&trace, &dropped, &err), 0);
    text = fixture_read(path);
    ck_assert(memchr(text, 'x', sizeof(struct trace_header)) == NULL);
    free(text);
    unlink(path);
}
END_TEST

START_TEST(a_pipe_is_refused)
{
    char name[] = "/tmp/minivmm-fifo-XXXXXX";
    int reader;

    ck_assert(mkdtemp(name) != NULL && !rmdir(name) && !mkfifo(name, 0600));
    /* Without and with a reader. */
    ck_assert_int_eq(exittrace_open(&trace, name, &err), -1);
    reader = open(name, O_RDONLY | O_NONBLOCK);
    ck_assert_int_eq(exittrace_open(&trace, name, &err), -1);
    ck_assert_msg(strstr(err.text, "a pipe") != NULL, "%s", err.text);
    close(reader);
    unlink(name);
}
END_TEST

SUITE_MAIN("exittrace", every_exit_is_in_the_file, a_full_ring_drops_and_counts_exits,
           rows_are_in_the_file, a_row_that_does_not_fit_is_dropped_entirely,
           a_full_disk_is_reported, an_older_trace_stays_until_the_run_begins, a_pipe_is_refused)
