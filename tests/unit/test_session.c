/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "tests/unit/fixture.h"
#include "tests/unit/sample.h"
#include "vmm/core/cli/session.h"
#include "vmm/core/host/file.h"
#include "vmm/core/host/inherit.h"

static struct sample sample;
static struct session session;

static void set_up(void)
{
    sample_init(&sample);
    sample_row(&sample, "stream.copy", "store=nt", 9);
    sample.result.planned = 7;
    sample.result.current = 2;
    unsetenv("MINIVMM_T0");
}

static void begin(void)
{
    struct clock_point start = clock_now();
    struct err err = {0};

    inherit_settle();
    ck_assert_msg(!session_begin(&session, &sample.config, &start, &err), "%s", err.text);
    session.result = &sample.result;
}

/* Begin a session and capture standard error until finish(). */
static void begin_captured(void)
{
    fixture_stderr_begin();
    begin();
}

static void tear_down(void)
{
    session_end(&session);
    sample_free(&sample);
}

/* Finish the session. Returns the captured standard error. */
static char *finish(int status)
{
    int found = session_finish(&session, &sample.result, &sample.info);
    char *printed = fixture_stderr_end();

    ck_assert_msg(found == status, "status %d\n%s", found, printed);
    return printed;
}

START_TEST(the_parents_time_is_read)
{
    struct clock_point start = clock_now();
    struct err err = {0};

    set_up();
    begin();
    ck_assert_uint_eq(session.exec_ns, 0);
    session_end(&session);
    setenv("MINIVMM_T0", "", 1);
    begin();
    ck_assert_uint_eq(session.exec_ns, 0);
    session_end(&session);
    setenv("MINIVMM_T0", "123456789", 1);
    begin();
    ck_assert_uint_eq(session.exec_ns, 123456789);
    session_end(&session);
    setenv("MINIVMM_T0", "-1", 1);
    ck_assert_int_eq(session_begin(&session, &sample.config, &start, &err), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_str_eq(err.text, "MINIVMM_T0=-1: invalid time");
    sample_free(&sample);
}
END_TEST

static bool readable(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

    return poll(&poll_fd, 1, 0) == 1;
}

START_TEST(a_signal_stops_the_run)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    char *printed;

    for (unsigned i = 0; i < 3; i++) {
        char path[FIXTURE_PATH_MAX];

        set_up();
        fixture_file(path, "", 0);
        sample.config.output = path;
        begin_captured();
        ck_assert(!readable(session.watch.stop_fd));
        raise(signals[i]);
        ck_assert(readable(session.watch.stop_fd));
        /* The signal is discarded and does not end the program after the report. */
        printed = finish(0);
        free(printed);
        tear_down();
        unlink(path);
    }
}
END_TEST

START_TEST(after_the_report_a_signal_ends_the_program)
{
    int status;
    pid_t pid;

    set_up();
    sample.config.output = "/dev/null";
    begin();
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (!pid) {
        signal(SIGINT, SIG_DFL); /* Check installs a handler */
        session_finish(&session, &sample.result, &sample.info);
        raise(SIGINT);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
    tear_down();
}
END_TEST

START_TEST(the_log_goes_to_its_file)
{
    char path[FIXTURE_PATH_MAX], *text;

    set_up();
    fixture_file(path, "older and longer", 16);
    sample.config.log = path;
    begin();
    session_log(&session, "one\n");
    session_log(&session, "two\n");
    tear_down();
    text = fixture_read(path);
    ck_assert_str_eq(text, "one\ntwo\n");
    free(text);
    unlink(path);
}
END_TEST

static void check_content(const char *path, const char *expected)
{
    char *text = fixture_read(path);

    ck_assert_str_eq(text, expected);
    free(text);
}

/* A run that fails before its start keeps the file; a run without log text truncates it. */
START_TEST(an_older_log_stays_until_the_run_begins)
{
    char path[FIXTURE_PATH_MAX];

    set_up();
    fixture_file(path, "older", 5);
    sample.config.log = path;
    sample.config.output = "/dev/null";
    begin();
    session_end(&session);
    check_content(path, "older");
    begin_captured();
    free(finish(0));
    tear_down();
    check_content(path, "");
    unlink(path);
}
END_TEST

#define LONG_TEXT 100000

static char long_text[LONG_TEXT + 1];

static void *log_long_text(void *arg)
{
    __atomic_store_n((int *)arg, gettid(), __ATOMIC_RELEASE);
    session_log(&session, long_text);
    return NULL;
}

/* Whether a thread sleeps in a system call, from /proc. */
static bool is_asleep(const int *tid)
{
    int number = __atomic_load_n(tid, __ATOMIC_ACQUIRE);
    char path[64], state[32];

    snprintf(path, sizeof(path), "/proc/self/task/%d/status", number);
    return number && !file_status_field(path, "State:", state, sizeof(state)) && state[0] == 'S';
}

static void ignore(int signal)
{
    (void)signal;
}

/* A small pipe and a signal cause several writes. */
START_TEST(interrupted_writes_are_continued)
{
    struct sigaction action = {.sa_handler = ignore};
    static char got[LONG_TEXT];
    size_t bytes = 0;
    pthread_t thread;
    int ends[2], tid = 0;

    for (unsigned i = 0; i < LONG_TEXT; i++)
        long_text[i] = (char)('a' + i % 23);
    set_up();
    begin();
    ck_assert_int_eq(pipe(ends), 0);
    session.log = &session.file;
    session.file.fd = ends[1];
    sigaction(SIGUSR1, &action, NULL);
    ck_assert_int_eq(pthread_create(&thread, NULL, log_long_text, &tid), 0);
    while (!is_asleep(&tid) || !readable(ends[0]))
        sched_yield();
    pthread_kill(thread, SIGUSR1);
    while (bytes < LONG_TEXT) {
        ssize_t some = read(ends[0], got + bytes, LONG_TEXT - bytes);

        ck_assert_int_gt(some, 0);
        bytes += (size_t)some;
    }
    pthread_join(thread, NULL);
    ck_assert(!memcmp(got, long_text, LONG_TEXT));
    ck_assert(!readable(ends[0]));
    close(ends[0]);
    close(ends[1]);
    session.file.fd = -1;
    tear_down();
}
END_TEST

START_TEST(the_log_defaults_to_standard_error)
{
    char *text;

    set_up();
    fixture_stderr_begin();
    begin();
    ck_assert(!session.terminal);
    ck_assert_uint_eq(session.watch.tick_ms, 0);
    session_log(&session, "hello\n");
    text = fixture_stderr_end();
    ck_assert_str_eq(text, "hello\n");
    free(text);
    tear_down();
}
END_TEST

START_TEST(a_log_that_cannot_be_opened_is_an_error)
{
    struct clock_point start = clock_now();
    struct err err = {0};

    set_up();
    sample.config.log = "/nowhere/log";
    ck_assert_int_eq(session_begin(&session, &sample.config, &start, &err), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_str_eq(err.text, "--log /nowhere/log: No such file or directory");
    ck_assert_str_ne(err.hint, "");
    sample_free(&sample);
}
END_TEST

START_TEST(the_report_replaces_an_older_one)
{
    char path[FIXTURE_PATH_MAX], *text, *printed;
    json_t *json;

    set_up();
    text = calloc(1, 1 << 20);
    ck_assert(text != NULL);
    memset(text, 'x', (1 << 20) - 1);
    fixture_file(path, text, (1 << 20) - 1);
    free(text);
    sample.config.output = path;
    sample.config.format = CONFIG_JSON;
    begin_captured();
    /* The old report stays until the new one is written. */
    text = fixture_read(path);
    ck_assert_uint_eq(strlen(text), (1 << 20) - 1);
    free(text);
    printed = finish(0);
    ck_assert_str_eq(printed, "");
    free(printed);
    text = fixture_read(path);
    json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    ck_assert(json != NULL);
    json_decref(json);
    free(text);
    tear_down();
    unlink(path);
}
END_TEST

/* A report without results does not replace a file; it is printed to standard error. */
START_TEST(a_report_without_results_replaces_no_file)
{
    char path[FIXTURE_PATH_MAX], *printed;

    set_up();
    fixture_file(path, "older", 5);
    sample.config.output = path;
    sample.result.row[0].samples = 0;
    sample.info.stop = STOP_SIGNAL;
    begin_captured();
    printed = finish(ERR_FAILED);
    ck_assert_msg(strstr(printed, ": not overwritten, as this run has no results") != NULL, "%s",
                  printed);
    ck_assert(strstr(printed, "\nbenchmark ") != NULL);
    free(printed);
    session_end(&session);
    check_content(path, "older");

    /* An empty file is replaced, and so is a file if the run has some results. */
    for (unsigned samples = 0; samples < 2; samples++) {
        ck_assert_int_eq(truncate(path, samples ? 5 : 0), 0);
        sample.result.row[0].samples = samples;
        begin_captured();
        printed = finish(ERR_FAILED);
        ck_assert_msg(strstr(printed, "not overwritten") == NULL, "%s", printed);
        free(printed);
        session_end(&session);
        printed = fixture_read(path);
        ck_assert(strstr(printed, "\nbenchmark ") != NULL);
        free(printed);
    }

    /* A successful run without results replaces the file. */
    sample.result.row[0].samples = 0;
    sample.info.stop = STOP_GUEST;
    ck_assert_int_eq(truncate(path, 5), 0);
    begin_captured();
    free(finish(0));
    session_end(&session);
    printed = fixture_read(path);
    ck_assert(strstr(printed, "\nbenchmark ") != NULL);
    free(printed);
    sample_free(&sample);
    unlink(path);
}
END_TEST

static void check_fallback(const char *output, const char *message)
{
    char *printed;

    set_up();
    sample.config.output = output;
    begin_captured();
    printed = finish(ERR_FAILED);
    ck_assert_msg(strstr(printed, message) != NULL, "%s", printed);
    ck_assert(strstr(printed, "\nbenchmark ") != NULL);
    free(printed);
    tear_down();
}

START_TEST(a_report_that_cannot_be_written_follows_on_standard_error)
{
    check_fallback("/dev/full",
                   "cannot write the report to /dev/full, printed here instead: No space");
    check_fallback("/nowhere/report", "cannot write the report to /nowhere/report, printed "
                                      "here instead: No such file");
    check_fallback("/", "printed here instead: Is a directory");
}
END_TEST

START_TEST(an_unwritable_report_is_reported_at_once)
{
    char *printed;

    set_up();
    sample.config.output = "/nowhere/report";
    fixture_stderr_begin();
    begin();
    printed = fixture_stderr_end();
    ck_assert_msg(strstr(printed, "--output /nowhere/report: No such file") != NULL, "%s", printed);
    free(printed);
    tear_down();
}
END_TEST

START_TEST(the_report_file_is_created_at_the_end)
{
    char path[FIXTURE_PATH_MAX], *printed, *text;

    set_up();
    fixture_file(path, "", 0);
    unlink(path);
    sample.config.output = path;
    begin();
    ck_assert_int_ne(access(path, F_OK), 0);
    session_end(&session);
    ck_assert_int_ne(access(path, F_OK), 0);
    begin_captured();
    printed = finish(0);
    ck_assert_str_eq(printed, "");
    free(printed);
    text = fixture_read(path);
    ck_assert(strstr(text, "\nbenchmark ") != NULL);
    free(text);
    tear_down();
    unlink(path);
}
END_TEST

/* Two names of one file, in which report and log would overwrite each other. */
static void check_one_file(const char *output, const char *log)
{
    struct clock_point start = clock_now();
    struct err err = {0};

    sample.config.output = output;
    sample.config.log = log;
    ck_assert_int_eq(session_begin(&session, &sample.config, &start, &err), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_msg(strstr(err.text, " are the same file") != NULL, "%s", err.text);
}

START_TEST(report_and_log_cannot_share_a_file)
{
    char path[FIXTURE_PATH_MAX], second[FIXTURE_PATH_MAX + 8], *text;

    set_up();
    fixture_file(path, "older", 5);
    snprintf(second, sizeof(second), "%s.second", path);
    ck_assert_int_eq(symlink(path, second), 0);
    check_one_file(path, path);
    check_one_file(path, second);
    text = fixture_read(path);
    ck_assert_str_eq(text, "older");
    free(text);
    unlink(path);
    unlink(second);
    check_one_file(path, path);
    ck_assert_int_ne(access(path, F_OK), 0);
    sample.config.output = sample.config.log = "/dev/null";
    begin();
    tear_down();
}
END_TEST

/* Create a FIFO in a temporary directory and open it for reading. Returns the reader. */
static int make_fifo(char path[FIXTURE_PATH_MAX])
{
    char *slash;
    int reader;

    strcpy(path, "/tmp/minivmm-unit-XXXXXX/fifo");
    slash = strrchr(path, '/');
    *slash = '\0';
    ck_assert_ptr_nonnull(mkdtemp(path));
    *slash = '/';
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    reader = open(path, O_RDONLY | O_NONBLOCK);
    ck_assert_int_ge(reader, 0);
    return reader;
}

static void remove_fifo(char *path)
{
    unlink(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
}

/* Fill an unread pipe with log text; the report has the number of lost bytes. */
static void check_lost_text(bool closed, const char *expected)
{
    char path[FIXTURE_PATH_MAX], output[FIXTURE_PATH_MAX], *printed, *report;
    int reader = make_fifo(path);

    set_up();
    fixture_file(output, "", 0);
    memset(long_text, 'x', LONG_TEXT);
    sample.config.log = path;
    sample.config.output = output;
    begin_captured();
    if (closed)
        close(reader);
    session_log(&session, long_text);
    session_log(&session, long_text);
    ck_assert_uint_gt(session.log_lost, LONG_TEXT);
    printed = finish(0);
    ck_assert_msg(strstr(printed, expected) != NULL, "%s", printed);
    report = fixture_read(output);
    ck_assert_msg(strstr(report, "log could not be written") != NULL, "%s", report);
    free(printed);
    free(report);
    tear_down();
    if (!closed)
        close(reader);
    remove_fifo(path);
    unlink(output);
}

START_TEST(text_that_is_not_read_is_dropped)
{
    check_lost_text(false, " bytes of the log were lost: the reader was too slow; try: ");
    check_lost_text(true, ": 200000 bytes of the log were lost: Broken pipe; try: ");
}
END_TEST

START_TEST(a_log_that_cannot_be_written_is_a_failure)
{
    char *printed;

    set_up();
    sample.config.log = "/dev/full";
    sample.config.output = "/dev/null";
    begin_captured();
    session_log(&session, "text\n");
    printed = finish(ERR_FAILED);
    ck_assert_msg(strstr(printed, ": --log /dev/full: 5 bytes of the log were lost: No space"),
                  "%s", printed);
    free(printed);
    tear_down();
}
END_TEST

/* The reader closed the pipe, so that the report is not repeated on standard error. */
START_TEST(a_report_whose_reader_is_gone_is_a_failure)
{
    char path[FIXTURE_PATH_MAX], *printed;
    int reader = make_fifo(path);

    set_up();
    sample.config.output = path;
    begin_captured();
    close(reader);
    printed = finish(ERR_FAILED);
    ck_assert_msg(strstr(printed, ": cannot write the report to /tmp/") != NULL, "%s", printed);
    ck_assert_msg(strstr(printed, "/fifo: Broken pipe\n") != NULL, "%s", printed);
    ck_assert(strstr(printed, "\nbenchmark ") == NULL);
    free(printed);
    tear_down();
    remove_fifo(path);
}
END_TEST

/* Waiting for a reader ends with a stop signal or a timeout. */
START_TEST(waiting_for_a_reader_can_be_stopped)
{
    struct clock_point start = clock_now();
    char path[FIXTURE_PATH_MAX];
    struct err err = {0};

    set_up();
    close(make_fifo(path));
    sample.config.timeout_ns = 50000000;
    sample.config.log = path;
    ck_assert_int_eq(session_begin(&session, &sample.config, &start, &err), -1);
    ck_assert_str_eq(err.text, "--timeout: expired before the run began");
    sample.config.timeout_ns = 0;
    sample.config.log = NULL;
    sample.config.output = path;
    raise(SIGINT); /* blocked since then */
    ck_assert_int_eq(session_begin(&session, &sample.config, &start, &err), -1);
    ck_assert_str_eq(err.text, "stopped by a signal before the run began");
    sample_free(&sample);
    remove_fifo(path);
}
END_TEST

START_TEST(a_pipe_receives_the_report)
{
    char path[FIXTURE_PATH_MAX], *printed;
    int reader = make_fifo(path);

    set_up();
    sample.config.output = path;
    begin_captured();
    printed = finish(0);
    ck_assert_str_eq(printed, "");
    ck_assert(readable(reader));
    free(printed);
    close(reader);
    tear_down();
    remove_fifo(path);
}
END_TEST

/* Finish a run with the sample's result; check the exit status and the message. */
static void check_explained(const char *expected, int status)
{
    char *printed;

    program_invocation_short_name = (char *)"minivmm";
    begin_captured();
    printed = finish(status);
    ck_assert_msg(status ? strstr(printed, expected) != NULL : !*printed, "%s", printed);
    free(printed);
    session_end(&session);
}

START_TEST(the_exit_status_reflects_the_result)
{
    set_up();
    sample.config.output = "/dev/null";
    check_explained("", 0);
    sample.result.row[0].check = RESULT_WRONG;
    check_explained(": 1 of 1 result failed its check\n", ERR_FAILED);
    sample.result.exit_status = 3;
    check_explained("check\nminivmm: the guest ended with status 3\n", ERR_FAILED);
    sample.result.row[0].check = RESULT_UNCHECKED;
    check_explained(": 1 of 1 result was not checked\n", ERR_FAILED);
    sample.result.row[0].check = RESULT_OK;
    sample.result.exit_status = 0;
    sample.info.stop = STOP_TIMEOUT;
    check_explained(": --timeout: expired before the run finished; try: a longer", ERR_FAILED);
    sample.info.stop = STOP_SIGNAL;
    check_explained(": stopped by a signal before the run finished\n", ERR_FAILED);
    sample.info.stop = STOP_ERROR;
    err_set(&sample.info.error, ERR_FAILED, "the device is unhappy");
    check_explained(": the device is unhappy\n", ERR_FAILED);
    sample.info.stop = STOP_GUEST;
    sample.result.has_fault = true;
    sample.result.fault = (struct channel_fault){.vector = 14, .rip = 0x400010};
    check_explained(": the guest faulted: page fault", ERR_FAILED);
    sample_free(&sample);
}
END_TEST

static void add_reason(struct channel_skip *to, const char *name, const char *reason)
{
    strcpy(to->name, name);
    strcpy(to->reason, reason);
}

/* A name in --bench without a result, and the reason. */
START_TEST(a_name_without_a_result_is_a_failure)
{
    set_up();
    sample.config.output = "/dev/null";
    sample.config.bench = "stream";
    check_explained("", 0);
    sample.config.bench = "none,stream.copy";
    check_explained("", 0);
    sample.config.bench = "stream.copy,blk.read";
    check_explained(": --bench blk.read: no result: not reported by the guest\n", ERR_FAILED);
    add_reason(&sample.result.skip[0], "blk.read", "no disk");
    sample.result.skipped = 1;
    check_explained(": --bench blk.read: no result: no disk\n", ERR_FAILED);
    /* A prefix has a result if one of its benchmarks has. */
    sample.config.bench = "stream,blk";
    check_explained(": --bench blk: no result: no disk\n", ERR_FAILED);
    add_reason(&sample.result.skip[0], "stream.triad", "no memory");
    sample.config.bench = "stream";
    check_explained("", 0);
    /* Benchmarks that are not named may be skipped. */
    sample.config.bench = NULL;
    check_explained("", 0);
    tear_down();
}
END_TEST

START_TEST(a_benchmark_that_failed_is_a_failure)
{
    set_up();
    sample.config.output = "/dev/null";
    add_reason(&sample.result.fail[0], "blk.write", "I/O error: a write failed");
    sample.result.failed = 1;
    check_explained("minivmm: blk.write failed: I/O error: a write failed\n", ERR_FAILED);
    sample.config.bench = "blk.write";
    check_explained("minivmm: blk.write failed: I/O error: a write failed\n", ERR_FAILED);
    sample.info.disks = 1;
    strcpy(sample.info.disk[0].name, "blk0");
    sample.info.disk[0].config = &config_disk_temporary;
    sample.info.disk[0].engine = "sync";
    sample.info.disk[0].io[IO_ERRORS] = 2;
    sample.info.disk[0].io_error = ENOSPC;
    check_explained("minivmm: blk0: 2 requests ended with an error, the first with: No space left",
                    ERR_FAILED);
    tear_down();
}
END_TEST

/* Make standard error a terminal. Returns the master side. */
static int make_terminal(int *saved)
{
    const struct winsize size = {.ws_row = 24, .ws_col = 200};
    int master, slave;

    setenv("TERM", "xterm", 1);
    ck_assert_int_eq(openpty(&master, &slave, NULL, NULL, &size), 0);
    *saved = dup(STDERR_FILENO);
    ck_assert_int_eq(dup2(slave, STDERR_FILENO), STDERR_FILENO);
    close(slave);
    return master;
}

/*
 * The text written to the terminal since the last call. It arrives asynchronously: a mark is
 * written after it and waited for.
 */
static const char *screen(int master)
{
    static char text[512];
    size_t length = 0;

    ck_assert_int_eq(write(STDERR_FILENO, "$", 1), 1);
    do {
        struct pollfd fd = {.fd = master, .events = POLLIN};
        ssize_t got;

        ck_assert_int_eq(poll(&fd, 1, -1), 1);
        got = read(master, text + length, sizeof(text) - 1 - length);
        ck_assert_int_gt(got, 0);
        length += (size_t)got;
    } while (text[length - 1] != '$');
    text[length - 1] = '\0';
    return text;
}

START_TEST(a_terminal_shows_progress)
{
    int saved, master = make_terminal(&saved);
    const char *shown;

    set_up();
    begin();
    ck_assert(session.terminal);
    ck_assert_uint_gt(session.watch.tick_ms, 0);
    session.watch.tick(session.watch.ctx);
    shown = screen(master);
    ck_assert_msg(strstr(shown, "[3/7] stream.copy store=nt, 1 thread, 0 s") != NULL, "%s", shown);
    ck_assert(strchr(shown, '\n') == NULL);
    ck_assert(session.shown);
    /* Log text replaces the progress line; only the first text clears it. */
    session_log(&session, "text\n");
    ck_assert_str_eq(screen(master), "\r\033[Ktext\r\n");
    session_log(&session, "more\n");
    ck_assert_str_eq(screen(master), "more\r\n");
    dup2(saved, STDERR_FILENO);
    close(master);
    tear_down();
}
END_TEST

/* It cannot clear a line. */
START_TEST(a_dumb_terminal_shows_no_progress)
{
    int saved, master = make_terminal(&saved);

    setenv("TERM", "dumb", 1);
    set_up();
    begin();
    ck_assert(!session.terminal);
    ck_assert_uint_eq(session.watch.tick_ms, 0);
    session_log(&session, "text\n");
    ck_assert_str_eq(screen(master), "text\r\n");
    dup2(saved, STDERR_FILENO);
    close(master);
    tear_down();
}
END_TEST

START_TEST(no_progress_before_the_first_row)
{
    int saved, master = make_terminal(&saved);

    set_up();
    sample.result.rows = 0;
    begin();
    session.watch.tick(session.watch.ctx);
    ck_assert_str_eq(screen(master), "");
    dup2(saved, STDERR_FILENO);
    close(master);
    tear_down();
}
END_TEST

START_TEST(the_longest_progress_line_fits)
{
    int saved, master = make_terminal(&saved);
    struct channel_begin *row;

    set_up();
    row = &sample.result.row[0].begin;
    memset(row->name, 'n', sizeof(row->name) - 1);
    memset(row->params, 'p', sizeof(row->params) - 1);
    row->threads = sample.result.planned = UINT32_MAX;
    sample.result.current = UINT32_MAX - 1;
    begin();
    session.start.mono_ns = 0;
    session.watch.tick(session.watch.ctx);
    ck_assert_msg(strstr(screen(master), " threads, ") != NULL, "cut");
    dup2(saved, STDERR_FILENO);
    close(master);
    tear_down();
}
END_TEST

SUITE_MAIN("session", the_parents_time_is_read, a_signal_stops_the_run,
           after_the_report_a_signal_ends_the_program, the_log_goes_to_its_file,
           an_older_log_stays_until_the_run_begins, a_report_without_results_replaces_no_file,
           interrupted_writes_are_continued, the_log_defaults_to_standard_error,
           a_log_that_cannot_be_opened_is_an_error, the_report_replaces_an_older_one,
           a_report_that_cannot_be_written_follows_on_standard_error,
           an_unwritable_report_is_reported_at_once, the_report_file_is_created_at_the_end,
           report_and_log_cannot_share_a_file, a_pipe_receives_the_report,
           text_that_is_not_read_is_dropped, a_log_that_cannot_be_written_is_a_failure,
           a_report_whose_reader_is_gone_is_a_failure, waiting_for_a_reader_can_be_stopped,
           the_exit_status_reflects_the_result, a_name_without_a_result_is_a_failure,
           a_benchmark_that_failed_is_a_failure, a_terminal_shows_progress,
           a_dumb_terminal_shows_no_progress, no_progress_before_the_first_row,
           the_longest_progress_line_fits)
