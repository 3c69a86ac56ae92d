/* SPDX-License-Identifier: MIT */
/* Endless runs are stopped, with a report of the results so far. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/suite.h"
#include "vmm/core/host/file.h"
#include "vmm/core/host/memory.h"

static void check_partial(const struct outcome *run, const char *reason)
{
    ck_assert_msg(run->status == 1, "status %d\n%s", run->status, run->err);
    ck_assert_str_eq(json_text_at(run->json, "end.reason"), reason);
    ck_assert_str_eq(json_text_at(run->json, "warnings.0.code"), "incomplete");
}

/* The first row is complete, and the second is marked as incomplete. */
static void check_rows(const struct outcome *run)
{
    ck_assert_uint_eq(json_array_size(json_at(run->json, "benches")), 2);
    ck_assert_str_eq(json_text_at(run->json, "benches.0.check"), "ok");
    ck_assert_str_eq(json_text_at(run->json, "benches.1.check"), "none");
    ck_assert(!json_has(run->json, "benches.1.median"));
}

START_TEST(timeout_ends_spinning)
{
    struct outcome run =
        program_run("minivmm", "--guest", program_path("spin.elf"), "--mem", "64M", "--vcpus", "3",
                    "--timeout", "500ms", "--report", "json", NULL);

    check_partial(&run, "timeout");
    check_rows(&run);
    outcome_free(&run);
}
END_TEST

START_TEST(timeout_ends_sleep)
{
    struct outcome run =
        program_run("minivmm", "--guest", program_path("sleep.elf"), "--mem", "64M", "--vcpus", "3",
                    "--timeout", "500ms", "--report", "json", NULL);

    check_partial(&run, "timeout");
    outcome_free(&run);
}
END_TEST

static void stop_with(int signal, const char *guest, const char *text, bool rows)
{
    const char *args[] = {"--guest", program_path(guest), "--mem", "64M", "--vcpus",
                          "2",       "--report",          "json",  NULL};
    struct program program = program_start("minivmm", args);
    struct outcome run;

    program_await_text(&program, text);
    kill(program.pid, signal);
    run = program_wait(&program);
    check_partial(&run, "signal");
    if (rows)
        check_rows(&run);
    outcome_free(&run);
}

START_TEST(signals_end_a_run)
{
    stop_with(SIGINT, "spin.elf", "spinning", true);
    stop_with(SIGTERM, "spin.elf", "spinning", true);
    stop_with(SIGINT, "sleep.elf", "asleep", false);
}
END_TEST

/* FIFOs without a reader. */
START_TEST(signals_end_the_wait_for_a_reader)
{
    static const char *const options[] = {"--log", "--output", "--dump-dtb"};
    const struct timespec pause = {0, 100000000};
    char path[] = "/tmp/minivmm-fifo-XXXXXX";

    ck_assert_ptr_nonnull(mkdtemp(path));
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    for (unsigned i = 0; i < 3; i++) {
        const char *args[] = {
            "--guest", program_path("hello.elf"), "--mem", "64M", options[i], path, NULL};
        struct program program = program_start("minivmm", args);
        struct outcome run;

        nanosleep(&pause, NULL);
        kill(program.pid, SIGTERM);
        run = program_wait(&program);
        /* With exit status 1, or by the signal if it arrived before signals_catch(). */
        ck_assert_msg(run.status == 128 + SIGTERM ||
                          (run.status == 1 && strstr(run.err, "stopped by a signal before")),
                      "%s: status %d\n%s", options[i], run.status, run.err);
        outcome_free(&run);
    }
    unlink(path);
}
END_TEST

/* A run whose guest logs more than an unread pipe holds can still be stopped. */
static void stop_unread(const char *timeout)
{
    const char *args[] = {"--guest",   program_path("spin.elf"),
                          "--mem",     "64M",
                          "--args",    "1000",
                          "--report",  "json",
                          "--timeout", timeout,
                          NULL};
    struct program program;
    struct outcome run;
    int ends[2];

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    program = program_start_to("minivmm", args, -1, ends[1]);
    if (!strcmp(timeout, "1h")) {
        int unread = 0;

        while (unread < 60000)
            ck_assert_int_eq(ioctl(ends[0], FIONREAD, &unread), 0);
        kill(program.pid, SIGINT);
    }
    run = program_wait(&program);
    ck_assert_int_eq(run.status, 1);
    ck_assert_str_eq(json_text_at(run.json, "end.reason"),
                     strcmp(timeout, "1h") ? "timeout" : "signal");
    outcome_free(&run);
    close(ends[0]);
    close(ends[1]);
}

START_TEST(unread_log_does_not_delay_the_end)
{
    stop_unread("500ms");
    stop_unread("1h");
}
END_TEST

START_TEST(native_run_is_stopped)
{
    struct outcome run = program_run("bench-native", "--mem", "64M", "--bench", "chase",
                                     "--timeout", "50ms", "--report", "json", NULL);

    check_partial(&run, "timeout");
    outcome_free(&run);
}
END_TEST

/* --mem that takes long to populate: small pages, most of the available memory. */
static const char *much_memory(void)
{
    static char text[32];
    unsigned long long mib = memory_available() >> 21;

    snprintf(text, sizeof(text), "%lluM", (mib < 4096 ? mib : 4096) & ~1ull);
    return text;
}

/* Wait until a program has this much resident memory. */
static void wait_for_memory(const struct program *program, uint64_t bytes)
{
    const struct timespec pause = {0, 1000000};
    uint64_t resident = 0;
    char path[64];

    snprintf(path, sizeof(path), "/proc/%d/status", program->pid);
    do {
        nanosleep(&pause, NULL);
        ck_assert_int_eq(file_status_kb(path, "VmRSS:", &resident), 0);
    } while (resident < bytes);
}

static void stop_populating(const char *name, int signal)
{
    const char *args[] = {"--mem", much_memory(), "--prefault", "--thp", "off", NULL};
    struct program program = program_start(name, args);
    time_t sent;
    struct outcome run;

    wait_for_memory(&program, 64 << 20);
    sent = time(NULL);
    kill(program.pid, signal);
    run = program_wait(&program);
    ck_assert_int_le(time(NULL) - sent, 10);
    ck_assert_msg(run.status == 1, "status %d\n%s", run.status, run.err);
    ck_assert_msg(strstr(run.err, ": stopped by a signal before the run began\n"), "%s", run.err);
    outcome_free(&run);
}

START_TEST(signals_end_populating)
{
    stop_populating("minivmm", SIGINT);
    stop_populating("minivmm", SIGTERM);
    stop_populating("bench-native", SIGINT);
}
END_TEST

START_TEST(timeout_ends_populating)
{
    expect_failure(1, "--timeout: expired before the run began; try: a longer", "--mem",
                   much_memory(), "--prefault", "--thp", "off", "--timeout", "50ms", NULL);
}
END_TEST

/* A run within a long row: in a VM, in its second row, which never ends. */
static struct program start_measuring(const char *name)
{
    const char *vm[] = {"--guest", program_path("spin.elf"), "--mem", "64M", "--report", "json",
                        NULL};
    const char *native[] = {"--mem", "256M", "--bench", "gups.stream", "--report", "json", NULL};
    bool is_vm = !strcmp(name, "minivmm");
    struct program program = program_start(name, is_vm ? vm : native);

    if (is_vm)
        program_await_text(&program, "spinning");
    /* A few pause checks, so that the complete row certainly precedes the pause. */
    usleep(is_vm ? 150000 : 300000);
    return program;
}

/*
 * Stop the run some time after it was continued. In a VM, the open row is void and the complete row
 * is not; a native run may not have started its row yet.
 */
static void check_interrupted(struct program *program, const char *what)
{
    struct outcome run;
    json_t *warning, *found = NULL;
    size_t i;

    usleep(150000);
    kill(program->pid, SIGTERM);
    run = program_wait(program);
    ck_assert_int_eq(run.status, 1);
    json_array_foreach (json_at(run.json, "warnings"), i, warning)
        if (!strcmp(json_text_at(warning, "code"), "interrupted"))
            found = warning;
    ck_assert_msg(found && strstr(json_text_at(found, "text"), what), "%s", run.out);
    if (!strcmp(json_text_at(run.json, "env"), "vm")) {
        check_rows(&run);
        ck_assert(!json_has(run.json, "benches.0.interrupted"));
        ck_assert(json_is_true(json_at(run.json, "benches.1.interrupted")));
        ck_assert_msg(strstr(run.err, what) != NULL, "%s", run.err);
    }
    outcome_free(&run);
}

START_TEST(a_stop_voids_interrupted_rows)
{
    static const char *const names[] = {"minivmm", "bench-native"};

    for (unsigned i = 0; i < 2; i++) {
        struct program program = start_measuring(names[i]);
        int status;

        kill(program.pid, SIGSTOP);
        ck_assert_int_eq(waitpid(program.pid, &status, WUNTRACED), program.pid);
        kill(program.pid, SIGCONT);
        check_interrupted(&program, "the run was stopped for up to ");
    }
}
END_TEST

static bool write_file(const char *folder, const char *name, const char *text)
{
    char path[128];
    int fd, failed;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    failed = fd < 0 || write(fd, text, strlen(text)) < 0;
    if (fd >= 0)
        close(fd);
    return !failed;
}

/* The cgroup freezers of both versions. */
static const struct freezer {
    const char *root, *file, *freeze, *thaw;
} freezers[] = {
    {"/sys/fs/cgroup/freezer", "freezer.state", "FROZEN", "THAWED"},
    {"/sys/fs/cgroup/unified", "cgroup.freeze", "1", "0"},
    {"/sys/fs/cgroup", "cgroup.freeze", "1", "0"},
};

/* Returns whether there is a usable freezer. */
static bool freeze_run(const struct freezer *freezer, const char *name)
{
    const struct timespec pause = {1, 200000000};
    char folder[96], pid[16];
    struct program program;
    bool frozen;

    snprintf(folder, sizeof(folder), "%s/minivmm-test-%d", freezer->root, (int)getpid());
    if (mkdir(folder, 0755))
        return false;
    program = start_measuring(name);
    snprintf(pid, sizeof(pid), "%d", program.pid);
    frozen = write_file(folder, "cgroup.procs", pid) &&
             write_file(folder, freezer->file, freezer->freeze);
    nanosleep(&pause, NULL);
    write_file(folder, freezer->file, freezer->thaw);
    /* Leave and remove the group before any assertion. */
    write_file(freezer->root, "cgroup.procs", pid);
    ck_assert_int_eq(rmdir(folder), 0);
    if (frozen) {
        check_interrupted(&program, "the run was frozen for up to ");
    } else {
        struct outcome run = program_wait(&program);

        outcome_free(&run);
    }
    return frozen;
}

START_TEST(a_freeze_voids_interrupted_rows)
{
    unsigned found = 0;

    for (unsigned i = 0; i < sizeof(freezers) / sizeof(freezers[0]); i++)
        if (freeze_run(&freezers[i], found ? "bench-native" : "minivmm"))
            found++;
    if (!found)
        suite_skip_part("no usable cgroup freezer");
}
END_TEST

SUITE_MAIN_KVM("stop", a_stop_voids_interrupted_rows, a_freeze_voids_interrupted_rows,
               timeout_ends_spinning, timeout_ends_sleep, signals_end_a_run, native_run_is_stopped,
               unread_log_does_not_delay_the_end, signals_end_the_wait_for_a_reader,
               signals_end_populating, timeout_ends_populating)
