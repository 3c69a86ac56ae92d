/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "tests/unit/fixture.h"
#include "vmm/core/host/sink.h"

#define MUCH (8u << 20) /* more than any pipe, socket or terminal holds */

static char text[MUCH];

/* Read all available data. */
static size_t drain(int fd)
{
    size_t bytes = 0;
    ssize_t got;

    fcntl(fd, F_SETFL, O_NONBLOCK);
    while ((got = read(fd, text, sizeof(text))) > 0)
        bytes += (size_t)got;
    return bytes;
}

/* A full file accepts nothing until it is read. */
static void check_full(int fd, int reader)
{
    struct sink sink;
    size_t lost;

    memset(text, 'x', sizeof(text));
    sink_share(&sink, fd);
    lost = sink_write(&sink, text, MUCH, 100);
    ck_assert_int_eq(errno, ETIMEDOUT);
    ck_assert_uint_gt(lost, 0);
    ck_assert_uint_lt(lost, MUCH);
    ck_assert(sink.stalled);
    /* The next write does not wait, despite the timeout of an hour. */
    ck_assert_uint_gt(sink_write(&sink, text, MUCH, 3600000), 0);
    ck_assert_int_eq(errno, ETIMEDOUT);
    ck_assert_uint_gt(drain(reader), 0);
    ck_assert_uint_eq(sink_write(&sink, "more", 4, 1000), 0);
    ck_assert(!sink.stalled);
    /* The shared file is still blocking. */
    ck_assert(!(fcntl(fd, F_GETFL) & O_NONBLOCK));
    sink_close(&sink);
    close(fd);
    close(reader);
}

START_TEST(a_full_file_is_not_waited_for)
{
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    check_full(ends[1], ends[0]);
    ck_assert_int_eq(openpty(&ends[0], &ends[1], NULL, NULL, NULL), 0);
    check_full(ends[1], ends[0]);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    check_full(ends[1], ends[0]);
}
END_TEST

START_TEST(a_closed_reader_is_an_error)
{
    struct sink sink;
    int ends[2];

    signal(SIGPIPE, SIG_IGN);
    ck_assert_int_eq(pipe(ends), 0);
    sink_share(&sink, ends[1]);
    close(ends[0]);
    ck_assert_uint_eq(sink_write(&sink, "text", 4, -1), 4);
    ck_assert_int_eq(errno, EPIPE);
    ck_assert(!sink.stalled);
    sink_close(&sink);
    close(ends[1]);
}
END_TEST

START_TEST(files_are_opened)
{
    char path[FIXTURE_PATH_MAX], *content;
    struct sink sink;

    fixture_file(path, "older", 5);
    ck_assert_int_eq(sink_open(&sink, path, O_TRUNC, NULL), 0);
    ck_assert_uint_eq(sink_write(&sink, "newer text", 10, 0), 0);
    sink_close(&sink);
    ck_assert_int_eq(sink.fd, -1);
    sink_close(&sink);
    content = fixture_read(path);
    ck_assert_str_eq(content, "newer text");
    free(content);
    unlink(path);
    ck_assert_int_eq(sink_open(&sink, "/nowhere/file", O_CREAT, NULL), -1);
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_int_eq(sink_open(&sink, "/", 0, NULL), -1);
    ck_assert_int_eq(errno, EISDIR);
}
END_TEST

START_TEST(a_shared_file_keeps_its_offset)
{
    char path[FIXTURE_PATH_MAX], *content;
    struct sink sink;
    int fd;

    fixture_file(path, "older", 5);
    fd = open(path, O_WRONLY | O_APPEND);
    sink_share(&sink, fd);
    ck_assert_uint_eq(sink_write(&sink, " newer", 6, 0), 0);
    sink_close(&sink);
    ck_assert_int_eq(close(fd), 0);
    content = fixture_read(path);
    ck_assert_str_eq(content, "older newer");
    free(content);
    unlink(path);
}
END_TEST

START_TEST(a_full_disk_is_an_error)
{
    struct sink sink;

    ck_assert_int_eq(sink_open(&sink, "/dev/full", O_TRUNC, NULL), 0);
    ck_assert_uint_eq(sink_write(&sink, "text", 4, 0), 4);
    ck_assert_int_eq(errno, ENOSPC);
    sink_close(&sink);
}
END_TEST

SUITE_MAIN("sink", a_full_file_is_not_waited_for, a_closed_reader_is_an_error, files_are_opened,
           a_shared_file_keeps_its_offset, a_full_disk_is_an_error)
