/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vmm/core/base/units.h"
#include "vmm/core/base/wrapped.h"
#include "vmm/core/cli/session.h"
#include "vmm/core/host/cpus.h"
#include "vmm/core/host/file.h"
#include "vmm/core/host/signals.h"
#include "vmm/core/host/terminal.h"
#include "vmm/core/report/outcome.h"
#include "vmm/core/report/report.h"

#define TICK_MS 200
#define WAIT_MS 1000 /* for the reader of the log and of messages */

/* A message to standard error. */
static void say(struct session *session, const struct err *err)
{
    char text[ERR_LINE_MAX];

    err_format(text, err, program_invocation_short_name);
    sink_write(&session->error, text, strlen(text), WAIT_MS);
}

static void clear_line(struct session *session)
{
    if (session->terminal && __atomic_exchange_n(&session->shown, false, __ATOMIC_RELAXED))
        sink_write(&session->error, TERMINAL_CLEAR_LINE, strlen(TERMINAL_CLEAR_LINE), 0);
}

/* Show how far it is. */
static void show_progress(void *ctx)
{
    struct session *session = ctx;
    const struct run_result *result = session->result;
    uint32_t rows = __atomic_load_n(&result->rows, __ATOMIC_ACQUIRE);
    const struct channel_begin *row;
    uint64_t elapsed = clock_mono_ns() - session->start.mono_ns;
    char line[TERMINAL_STATUS_MAX];
    size_t length;

    if (!rows || !terminal_can_clear(STDERR_FILENO))
        return;
    row = &result->row[rows - 1].begin;
    length = terminal_status(line, STDERR_FILENO, "[%u/%u] %s %s, %u thread%s, %.0f s",
                             __atomic_load_n(&result->current, __ATOMIC_RELAXED) + 1,
                             result->planned, row->name, row->params, row->threads,
                             units_s(row->threads), (double)elapsed / 1e9);
    sink_write(&session->error, line, length, 0);
    __atomic_store_n(&session->shown, true, __ATOMIC_RELAXED);
}

static int open_log(struct session *session, struct err *err)
{
    const char *path = session->config->log;

    if (!path || !sink_open(&session->file, path, O_CREAT, &session->watch))
        return 0;
    if (errno == EINTR)
        return watch_check(&session->watch, err);
    err_sys(err, ERR_USAGE, "--log %s", path);
    return err_hint(err, "a file that can be written, in a folder that is there");
}

/*
 * What was in the file of the log stays until the run has something to say or is over: one that
 * fails before leaves it as it was.
 */
static void empty_log(struct session *session)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

    if (session->file.fd < 0 || __atomic_load_n(&session->log_begun, __ATOMIC_ACQUIRE))
        return;
    pthread_mutex_lock(&lock);
    /* Only a regular file can be emptied, or has to be. */
    if (!session->log_begun && ftruncate(session->file.fd, 0) && errno != EINVAL)
        __atomic_store_n(&session->log_errno, errno, __ATOMIC_RELAXED);
    __atomic_store_n(&session->log_begun, true, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&lock);
}

/* A regular file is left alone until the report is there; all others are opened. */
static int open_output(struct session *session, struct err *err)
{
    const char *path = session->config->output;
    int failed;

    if (!path)
        return 0;
    session->replaces = file_is_regular(path);
    failed = session->replaces ? file_can_replace(path)
                               : sink_open(&session->output, path, 0, &session->watch);
    if (!failed)
        return 0;
    if (errno == EINTR)
        return watch_check(&session->watch, err);
    session->output_errno = errno;
    err_sys(err, ERR_FAILED, "--output %s", path);
    err_hint(err, "another file; the report will go to standard error");
    say(session, err);
    return 0;
}

/* Two names for one file: the one text would overwrite the other, or the guest. */
static int check_files(const struct config *config, struct err *err)
{
    const struct {
        const char *option, *path;
    } file[] = {{"--output", config->output},
                {"--log", config->log},
                {"--trace", config->trace},
                {"--dump-dtb", config->dump_dtb},
                {"--guest", config->guest}};

    for (unsigned i = 1; i < sizeof(file) / sizeof(file[0]); i++)
        for (unsigned j = 0; j < i; j++) {
            if (!file[i].path || !file[j].path || !file_is_regular(file[i].path) ||
                !config_same_file(file[i].path, file[j].path))
                continue;
            err_set(err, ERR_USAGE, "%s %s and %s %s are one file", file[j].option, file[j].path,
                    file[i].option, file[i].path);
            return err_hint(err, "another file for one of them");
        }
    return 0;
}

int session_begin(struct session *session, const struct config *config,
                  const struct clock_point *start, struct err *err)
{
    const char *exec_ns = getenv("MINIVMM_T0");

    *session = (struct session){
        .config = config,
        .start = *start,
        .file = {.fd = -1},
        .log = config->log ? &session->file : &session->error,
        .output = {.fd = config->output ? -1 : STDOUT_FILENO},
        .terminal = terminal_can_clear(STDERR_FILENO),
    };
    if (exec_ns && *exec_ns && units_parse_u64(exec_ns, &session->exec_ns)) {
        err_set(err, ERR_USAGE, "MINIVMM_T0=%s: not a time in ns", exec_ns);
        return err_hint(err, "CLOCK_MONOTONIC in ns, or unset it");
    }
    if (check_files(config, err))
        return -1;

    session->has_ticks = !cpus_steal(&session->stolen, &session->ticks);
    quota_read("", &session->quota);
    session->watch = (struct watch){
        .stop_fd = signals_catch(),
        .deadline_ns = config->timeout_ns ? start->mono_ns + config->timeout_ns : 0,
        .tick_ms = session->terminal ? TICK_MS : 0,
        .tick = show_progress,
        .ctx = session,
        .pauses = &session->pauses,
    };
    pauses_begin(&session->pauses);
    if (session->watch.stop_fd < 0)
        return err_sys(err, ERR_FAILED, "signalfd");
    sink_share(&session->error, STDERR_FILENO);
    if (open_log(session, err) || open_output(session, err)) {
        session_end(session);
        return -1;
    }
    return 0;
}

void session_log(void *ctx, const char *text)
{
    struct session *session = ctx;
    size_t lost;

    clear_line(session);
    empty_log(session);
    lost = sink_write(session->log, text, strlen(text), WAIT_MS);
    if (!lost)
        return;
    __atomic_store_n(&session->log_errno, errno, __ATOMIC_RELAXED);
    __atomic_fetch_add(&session->log_lost, lost, __ATOMIC_RELAXED);
}

static int write_report(struct session *session, const char *text, size_t bytes)
{
    if (session->output_errno) {
        errno = session->output_errno;
        return -1;
    }
    if (session->replaces)
        return file_replace(session->config->output, text, bytes);
    return sink_write(&session->output, text, bytes, -1) ? -1 : 0;
}

/* Whether a report says no more than that the run failed: it is not worth an older one. */
static bool is_empty(const struct report *report)
{
    for (uint32_t i = 0; i < report->result->rows; i++)
        if (report->result->row[i].samples)
            return false;
    return report_failed(report);
}

/* In percent of all CPU time since the session began; below 0: not known. */
static double steal_pct(const struct session *session)
{
    uint64_t stolen, ticks;

    if (!session->has_ticks || cpus_steal(&stolen, &ticks) || ticks <= session->ticks ||
        stolen < session->stolen)
        return -1;
    return (double)(stolen - session->stolen) / (double)(ticks - session->ticks) * 100;
}

/* Results whose check says this. */
static uint32_t count_rows(const struct run_result *result, enum result_check check)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < result->rows; i++)
        count += result->row[i].check == check;
    return count;
}

/* Why the run did not end as it should. Returns whether there is something to say. */
static bool why_stopped(const struct run_result *result, const struct run_facts *facts,
                        struct err *err)
{
    char text[80];

    if (facts->stop == STOP_ERROR) {
        *err = facts->error;
    } else if (facts->stop == STOP_SIGNAL) {
        err_set(err, ERR_FAILED, "stopped by a signal before the run was done");
    } else if (facts->stop == STOP_TIMEOUT) {
        err_set(err, ERR_FAILED, "--timeout: over before the run was done");
        err_hint(err, "a longer --timeout");
    } else if (result->has_fault) {
        err_set(err, ERR_FAILED, "the guest faulted: %s at rip %#" PRIx64 ", address %#" PRIx64,
                report_fault(text, &result->fault), result->fault.rip, result->fault.address);
    } else {
        return false;
    }
    return true;
}

/* Benchmarks that failed, names of --bench without a result, and what the host says of the disk. */
static void explain_missing(struct session *session, const struct report *report)
{
    const struct run_result *result = report->result;
    const char *at = report->config->bench;
    struct outcome_missing missing;
    char text[200];
    struct err err;

    for (uint32_t i = 0; i < result->failed; i++) {
        err_set(&err, ERR_FAILED, "%s failed: %s", result->fail[i].name, result->fail[i].reason);
        say(session, &err);
    }
    while (outcome_missing(report, &at, &missing)) {
        if (missing.failed)
            continue;
        err_set(&err, ERR_FAILED, "--bench %.*s: no result: %s", (int)missing.length, missing.word,
                missing.reason);
        say(session, &err);
    }
    if (outcome_io_error(report, text, sizeof(text))) {
        err_set(&err, ERR_FAILED, "%s", text);
        say(session, &err);
    }
}

/* A line each on standard error, wherever the report goes, for what makes the run a failure. */
static void explain_end(struct session *session, const struct report *report)
{
    const struct run_result *result = report->result;
    const struct run_facts *facts = report->facts;
    uint32_t wrong = count_rows(result, RESULT_WRONG);
    uint32_t unchecked = count_rows(result, RESULT_UNCHECKED);
    uint32_t interrupted = outcome_interrupted_rows(report);
    char text[200];
    bool stopped;
    struct err err;

    stopped = why_stopped(result, facts, &err);
    if (stopped)
        say(session, &err);
    if (wrong) {
        err_set(&err, ERR_FAILED, "%u of %u result%s failed %s check", wrong, result->rows,
                units_s(result->rows), wrong == 1 ? "its" : "their");
        say(session, &err);
    }
    if (unchecked && !stopped) {
        err_set(&err, ERR_FAILED, "%u of %u result%s %s not checked", unchecked, result->rows,
                units_s(result->rows), unchecked == 1 ? "was" : "were");
        say(session, &err);
    }
    if (interrupted) {
        outcome_pauses(report, text, sizeof(text));
        err_set(&err, ERR_FAILED, "%s", text);
        say(session, &err);
    }
    explain_missing(session, report);
    if (*facts->trace_error.text)
        say(session, &facts->trace_error);
    if (result->exit_status) {
        err_set(&err, ERR_FAILED, "the guest ended with status %u", result->exit_status);
        say(session, &err);
    }
}

/*
 * Say what is missing of the guest's text. It is a failure if the file is to blame; that a reader
 * goes away or does not keep up, or that standard error is closed, is the user's own business.
 */
static int explain_log(struct session *session)
{
    const char *path = session->config->log;
    int error = session->log_errno;
    struct err err;

    if (!session->log_lost)
        return ERR_NONE;
    err_set(&err, ERR_FAILED, "%s%s: %" PRIu64 " byte%s of the run's text %s lost: %s",
            path ? "--log " : "standard error", path ? path : "", session->log_lost,
            units_s(session->log_lost), session->log_lost == 1 ? "was" : "were",
            error == ETIMEDOUT ? "nobody read them in time" : strerror(error));
    err_hint(&err, path ? "another file" : "--log FILE");
    say(session, &err);
    return error == ETIMEDOUT || error == EPIPE || (!path && error == EBADF) ? ERR_NONE
                                                                             : ERR_FAILED;
}

/* A report without a result does not replace one; it goes to standard error. */
static int keep_older(struct session *session, const char *text, size_t bytes)
{
    struct err err;

    err_set(&err, ERR_FAILED,
            "--output %s is left as it was: this run has no result; its report follows here",
            session->config->output);
    say(session, &err);
    sink_write(&session->error, text, bytes, WAIT_MS);
    return ERR_FAILED;
}

/* The report to where it belongs, or else to standard error. */
static int deliver(struct session *session, const char *text, size_t bytes)
{
    const char *output = session->config->output ? session->config->output : "standard output";
    struct err err;

    if (!text) {
        err_set(&err, ERR_FAILED, "no memory for the report");
        say(session, &err);
        return ERR_FAILED;
    }
    if (!write_report(session, text, bytes))
        return ERR_NONE;
    if (errno == EPIPE) {
        /* Whoever read it wanted no more of it. */
        err_sys(&err, ERR_FAILED, "cannot write the report to %s", output);
        say(session, &err);
        return ERR_FAILED;
    }
    err_sys(&err, ERR_FAILED, "cannot write the report to %s; it follows here", output);
    say(session, &err);
    /* It waits for its reader as on standard output, and can be interrupted. */
    signals_accept(session->watch.stop_fd);
    sink_write(&session->error, text, bytes, -1);
    return ERR_FAILED;
}

/* The cores of the CPUs that --pin gives to threads, or of all that may be used. */
static void read_cores(const struct config *config, struct cores *cores)
{
    static unsigned all[CONFIG_VCPUS_MAX];
    unsigned count = config->pin_count < config->vcpus ? config->pin_count : config->vcpus;

    if (config->pin_count)
        cores_read("", cores_ask, config->pin, count, cores);
    else
        cores_read("", cores_ask, all, cpus_list(all, CONFIG_VCPUS_MAX), cores);
}

int session_finish(struct session *session, const struct run_result *result,
                   const struct run_facts *facts)
{
    const struct config *config = session->config;
    struct hostinfo host;
    struct cores cores;
    struct report report = {
        .config = config,
        .result = result,
        .facts = facts,
        .host = &host,
        .steal_pct = steal_pct(session),
        .log_lost = session->log_lost,
        .traced = session->traced,
        .cores = &cores,
        .pauses = &session->pauses,
    };
    enum err_code log, written;
    size_t bytes = 0;
    char *text;

    /* A terminal or a pipe may keep the report waiting. A file does not, and is to be whole. */
    if (!session->replaces)
        signals_accept(session->watch.stop_fd);
    clear_line(session);
    empty_log(session);
    hostinfo_read(&host);
    read_cores(config, &cores);
    report.has_throttled = !quota_throttled(&session->quota, &host.quota, &report.throttled);
    wrapped_fit(terminal_columns(session->output.fd));
    text =
        config->format == CONFIG_JSON ? report_json(&report, &bytes) : report_text(&report, &bytes);
    explain_end(session, &report);
    log = explain_log(session);
    if (text && session->replaces && is_empty(&report) && file_has_content(config->output))
        written = keep_older(session, text, bytes);
    else
        written = deliver(session, text, bytes);
    signals_accept(session->watch.stop_fd);
    free(text);
    return report_failed(&report) || log || written ? ERR_FAILED : ERR_NONE;
}

void session_end(struct session *session)
{
    if (session->watch.stop_fd >= 0)
        close(session->watch.stop_fd);
    pauses_end(&session->pauses);
    sink_close(&session->error);
    sink_close(&session->file);
    sink_close(&session->output);
}
