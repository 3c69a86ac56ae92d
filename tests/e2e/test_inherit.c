/* SPDX-License-Identifier: MIT */
/* Inherited state: closed files, resource limits, ignored or blocked signals. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/suite.h"

#define HELLO "--guest", program_path("hello.elf"), "--mem", "64M"

static unsigned closed; /* bit i: close descriptor i */

static void close_files(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (closed & 1u << fd)
            close(fd);
}

/* The output of a program without messages, from standard output or error. */
static void check_closed(const char *program, const char *const *args, const char *output)
{
    for (closed = 1; closed < 8; closed++) {
        struct program running = program_start(program, args);
        struct outcome run = program_wait(&running);
        bool out = !(closed & 2), err = !(closed & 4);

        ck_assert_msg(run.status == (out ? 0 : 1), "%s, %u closed: status %d\n%s", program, closed,
                      run.status, run.err);
        ck_assert_msg(out == (strstr(run.out, output) != NULL), "%s, %u closed: %s", program,
                      closed, run.out);
        if (!out && err)
            ck_assert_msg(strstr(run.err, "standard output") && strstr(run.err, "Bad file"),
                          "%s, %u closed: %s", program, closed, run.err);
        outcome_free(&run);
    }
}

START_TEST(closed_files)
{
    const char *hello[] = {HELLO, NULL}, *none[] = {"--mem", "64M", "--bench", "none", NULL};
    char path[] = "/tmp/minivmm-trace-XXXXXX";
    const char *list[] = {"list", NULL}, *trace[] = {path, NULL};
    struct outcome run;

    close(mkstemp(path));
    run = program_run("minivmm", HELLO, "--trace", path, NULL);
    ck_assert_msg(run.status == 0, "%s", run.err);
    outcome_free(&run);
    program_prepare = close_files;
    check_closed("minivmm", hello, "\nmachine ");
    check_closed("bench-native", none, "\nmachine ");
    check_closed("virtcost", list, "kernels ");
    check_closed("minivmm-trace", trace, "traceEvents");
    unlink(path);
}
END_TEST

/* A report that cannot be written to standard output goes to standard error. */
START_TEST(closed_output_does_not_lose_the_report)
{
    struct outcome run;

    closed = 2;
    program_prepare = close_files;
    run = program_run("minivmm", HELLO, "--report", "json", NULL);
    ck_assert_int_eq(run.status, 1);
    ck_assert_msg(
        strstr(run.err, "cannot write the report to standard output, printed here instead") &&
            strstr(run.err, "\"schema\": \"minivmm-report/1\""),
        "%s", run.err);
    outcome_free(&run);
    run = program_run("virtcost", "--help", NULL);
    ck_assert_int_eq(run.status, 1);
    ck_assert_msg(strstr(run.err, "cannot write to standard output: Bad file"), "%s", run.err);
    outcome_free(&run);
}
END_TEST

static rlim_t most_bytes;

static void limit_files(void)
{
    const struct rlimit limit = {most_bytes, most_bytes};

    setrlimit(RLIMIT_FSIZE, &limit);
}

/* Standard error is a pipe, which has no such limit and is large enough. */
static void refuse_large(const char *option, const char *argument, const char *expected)
{
    const char *args[] = {HELLO, option, argument, NULL};
    static char text[1 << 16];
    struct program program;
    struct outcome run;
    int ends[2];
    ssize_t got;

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    program = program_start_to("minivmm", args, -1, ends[1]);
    run = program_wait(&program);
    got = read(ends[0], text, sizeof(text) - 1);
    ck_assert_int_ge(got, 0);
    text[got] = '\0';
    ck_assert_msg(run.status == 1 && strstr(text, expected) && strstr(text, "File too large"),
                  "%s: status %d\n%s", option, run.status, text);
    if (strstr(expected, "printed here instead"))
        ck_assert_msg(strstr(text, "machine ") && strstr(text, "teardown"), "%s", text);
    outcome_free(&run);
    close(ends[0]);
    close(ends[1]);
}

/* RLIMIT_FSIZE for each file that a run writes. */
START_TEST(limited_files)
{
    char path[] = "/tmp/minivmm-limit-XXXXXX", disk[64], found[8];
    int fd = mkstemp(path);

    ck_assert_int_eq(write(fd, "older", 5), 5);
    program_prepare = limit_files;
    most_bytes = 16;
    refuse_large("--log", path, "--log ");
    refuse_large("--trace", path, "the file is incomplete");
    refuse_large("--dump-dtb", path, "--dump-dtb ");
    ck_assert_int_eq(ftruncate(fd, 0), 0);
    ck_assert_int_eq(pwrite(fd, "older", 5, 0), 5);
    refuse_large("--output", path, "printed here instead");
    ck_assert_int_eq(pread(fd, found, sizeof(found), 0), 5);
    ck_assert_mem_eq(found, "older", 5);
    refuse_large("--report", "text", "standard output, printed here instead");
    unlink(path);
    close(fd);
    snprintf(disk, sizeof(disk), "path=%s,size=64M,create", path);
    refuse_large("--disk", disk, "64 MiB: File too large; try: a smaller size=, or ulimit -f");
    ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

static void block_signals(void)
{
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
}

/* A vCPU kick is a signal, too. */
START_TEST(blocked_signals)
{
    const char *args[] = {"--guest", program_path("spin.elf"), "--mem", "64M", NULL};
    struct program program;
    struct outcome run;

    program_prepare = block_signals;
    run = program_run("minivmm", "--guest", program_path("spin.elf"), "--mem", "64M", "--timeout",
                      "200ms", "--report", "json", NULL);
    ck_assert_int_eq(run.status, 1);
    ck_assert_str_eq(json_text_at(run.json, "end.reason"), "timeout");
    outcome_free(&run);

    program = program_start("minivmm", args);
    program_await_text(&program, "spinning");
    kill(program.pid, SIGTERM);
    run = program_wait(&program);
    ck_assert_int_eq(run.status, 1);
    ck_assert_msg(strstr(run.err, "stopped by a signal"), "%s", run.err);
    outcome_free(&run);
}
END_TEST

static void ignore_children(void)
{
    signal(SIGCHLD, SIG_IGN);
}

START_TEST(ignored_children)
{
    struct outcome run;

    program_prepare = ignore_children;
    run = program_run("virtcost", "run", "bench", "--envs", "native,null", "--blocks", "1",
                      "--quick", "--mem", "64M", "--bench", "touch.4k", NULL);
    ck_assert_msg(run.status == 0, "status %d\n%s", run.status, run.err);
    outcome_free(&run);
}
END_TEST

/* A non-blocking socket that is too small for the report, with a late reader. */
START_TEST(output_that_does_not_block)
{
    const char *args[] = {HELLO, "--vcpus", "3", "--report", "json", NULL};
    static char text[1 << 18];
    size_t bytes = 0;
    struct program program;
    struct outcome run;
    int ends[2], room = 1;
    ssize_t got;

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
    setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
    program = program_start_to("minivmm", args, ends[1], -1);
    close(ends[1]);
    usleep(100000);
    fcntl(ends[0], F_SETFL, 0);
    while ((got = read(ends[0], text + bytes, sizeof(text) - 1 - bytes)) > 0)
        bytes += (size_t)got;
    run = program_wait(&program);
    close(ends[0]);
    ck_assert_msg(run.status == 0, "%s", run.err);
    run.json = json_loads(text, 0, NULL);
    ck_assert(run.json != NULL);
    outcome_free(&run);
}
END_TEST

SUITE_MAIN_KVM("inherit", closed_files, closed_output_does_not_lose_the_report, limited_files,
               blocked_signals, ignored_children, output_that_does_not_block)
