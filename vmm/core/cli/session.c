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
#define WAIT_MS 1000 /* for a slow reader of the log and of messages */

/* Print an error to standard error. */
static void print_error(struct session *session, const struct err *err)
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

/* watch.tick: show the progress line. */
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
    return err_hint(err, "a writable file in an existing directory");
}

/*
 * Truncate the --log file on the first write or at the end of the run: a run that fails before
 * leaves the file unchanged.
 */
static void empty_log(struct session *session)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

    if (session->file.fd < 0 || __atomic_load_n(&session->log_begun, __ATOMIC_ACQUIRE))
        return;
    pthread_mutex_lock(&lock);
    /* Only a regular file can be truncated. */
    if (!session->log_begun && ftruncate(session->file.fd, 0) && errno != EINVAL)
        __atomic_store_n(&session->log_errno, errno, __ATOMIC_RELAXED);
    __atomic_store_n(&session->log_begun, true, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&lock);
}

/* A regular file stays unchanged until the report is written; others are opened now. */
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
    err_hint(err, "another file; the report goes to standard error");
    print_error(session, err);
    return 0;
}

/* Refuse one file for two options: an output would overwrite another, or the guest. */
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
                !file_same(file[i].path, file[j].path))
                continue;
            err_set(err, ERR_USAGE, "%s %s and %s %s are the same file", file[j].option,
                    file[j].path, file[i].option, file[i].path);
            return err_hint(err, "a different file for one of them");
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
        err_set(err, ERR_USAGE, "MINIVMM_T0=%s: invalid time", exec_ns);
        return err_hint(err, "a CLOCK_MONOTONIC time in ns, or unset it");
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

/* Whether the run failed without samples: such a report does not replace an older one. */
static bool is_empty(const struct report *report)
{
    for (uint32_t i = 0; i < report->result->rows; i++)
        if (report->result->row[i].samples)
            return false;
    return report_failed(report);
}

/* Steal time in percent of all CPU time since session_begin(); < 0: unknown. */
static double steal_pct(const struct session *session)
{
    uint64_t stolen, ticks;

    if (!session->has_ticks || cpus_steal(&stolen, &ticks) || ticks <= session->ticks ||
        stolen < session->stolen)
        return -1;
    return (double)(stolen - session->stolen) / (double)(ticks - session->ticks) * 100;
}

/* The number of rows with this check result. */
static uint32_t count_rows(const struct run_result *result, enum result_check check)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < result->rows; i++)
        count += result->row[i].check == check;
    return count;
}

/* Sets *err to the reason why the run ended early. Returns whether it did. */
static bool why_stopped(const struct run_result *result, const struct run_info *info,
                        struct err *err)
{
    char text[80];

    if (info->stop == STOP_ERROR) {
        *err = info->error;
    } else if (info->stop == STOP_SIGNAL) {
        err_set(err, ERR_FAILED, "stopped by a signal before the run finished");
    } else if (info->stop == STOP_TIMEOUT) {
        err_set(err, ERR_FAILED, "--timeout: expired before the run finished");
        err_hint(err, "a longer --timeout");
    } else if (result->has_fault) {
        err_set(err, ERR_FAILED, "the guest faulted: %s at rip %#" PRIx64 ", address %#" PRIx64,
                report_fault(text, &result->fault), result->fault.rip, result->fault.address);
    } else {
        return false;
    }
    return true;
}

/* Print failed benchmarks, names of --bench without a result, and I/O errors of the host. */
static void explain_missing(struct session *session, const struct report *report)
{
    const struct run_result *result = report->result;
    const char *at = report->config->bench;
    struct outcome_missing missing;
    char text[200];
    struct err err;

    for (uint32_t i = 0; i < result->failed; i++) {
        err_set(&err, ERR_FAILED, "%s failed: %s", result->fail[i].name, result->fail[i].reason);
        print_error(session, &err);
    }
    while (outcome_missing(report, &at, &missing)) {
        if (missing.failed)
            continue;
        err_set(&err, ERR_FAILED, "--bench %.*s: no result: %s", (int)missing.length, missing.word,
                missing.reason);
        print_error(session, &err);
    }
    if (outcome_io_error(report, text, sizeof(text))) {
        err_set(&err, ERR_FAILED, "%s", text);
        print_error(session, &err);
    }
}

/* Print each reason why the run is a failure to standard error, wherever the report goes. */
static void explain_end(struct session *session, const struct report *report)
{
    const struct run_result *result = report->result;
    const struct run_info *info = report->info;
    uint32_t wrong = count_rows(result, RESULT_WRONG);
    uint32_t unchecked = count_rows(result, RESULT_UNCHECKED);
    uint32_t interrupted = outcome_interrupted_rows(report);
    char text[200];
    bool stopped;
    struct err err;

    stopped = why_stopped(result, info, &err);
    if (stopped)
        print_error(session, &err);
    if (wrong) {
        err_set(&err, ERR_FAILED, "%u of %u result%s failed %s check", wrong, result->rows,
                units_s(result->rows), wrong == 1 ? "its" : "their");
        print_error(session, &err);
    }
    if (unchecked && !stopped) {
        err_set(&err, ERR_FAILED, "%u of %u result%s %s not checked", unchecked, result->rows,
                units_s(result->rows), unchecked == 1 ? "was" : "were");
        print_error(session, &err);
    }
    if (interrupted) {
        outcome_pauses(report, text, sizeof(text));
        err_set(&err, ERR_FAILED, "%s", text);
        print_error(session, &err);
    }
    explain_missing(session, report);
    if (*info->trace_error.text)
        print_error(session, &info->trace_error);
    if (result->exit_status) {
        err_set(&err, ERR_FAILED, "the guest ended with status %u", result->exit_status);
        print_error(session, &err);
    }
}

/*
 * Print how much of the log was lost. That is a failure if a file could not be written, but not if
 * the reader was slow or gone, or if standard error is closed.
 */
static int explain_log(struct session *session)
{
    const char *path = session->config->log;
    int error = session->log_errno;
    struct err err;

    if (!session->log_lost)
        return ERR_NONE;
    err_set(&err, ERR_FAILED, "%s%s: %" PRIu64 " byte%s of the log %s lost: %s",
            path ? "--log " : "standard error", path ? path : "", session->log_lost,
            units_s(session->log_lost), session->log_lost == 1 ? "was" : "were",
            error == ETIMEDOUT ? "the reader was too slow" : strerror(error));
    err_hint(&err, path ? "another file" : "--log FILE");
    print_error(session, &err);
    return error == ETIMEDOUT || error == EPIPE || (!path && error == EBADF) ? ERR_NONE
                                                                             : ERR_FAILED;
}

/* Write a report without results to standard error, keeping the existing file. */
static int keep_older(struct session *session, const char *text, size_t bytes)
{
    struct err err;

    err_set(&err, ERR_FAILED,
            "--output %s: not overwritten, as this run has no results; its report follows",
            session->config->output);
    print_error(session, &err);
    sink_write(&session->error, text, bytes, WAIT_MS);
    return ERR_FAILED;
}

/* Write the report to --output, or else to standard error. */
static int deliver(struct session *session, const char *text, size_t bytes)
{
    const char *output = session->config->output ? session->config->output : "standard output";
    struct err err;

    if (!text) {
        err_set(&err, ERR_FAILED, "out of memory for the report");
        print_error(session, &err);
        return ERR_FAILED;
    }
    if (!write_report(session, text, bytes))
        return ERR_NONE;
    if (errno == EPIPE) {
        /* The reader has closed the pipe: do not repeat the report. */
        err_sys(&err, ERR_FAILED, "cannot write the report to %s", output);
        print_error(session, &err);
        return ERR_FAILED;
    }
    err_sys(&err, ERR_FAILED, "cannot write the report to %s, printed here instead", output);
    print_error(session, &err);
    /* Wait for the reader as on standard output; Ctrl-C ends the program. */
    signals_accept(session->watch.stop_fd);
    sink_write(&session->error, text, bytes, -1);
    return ERR_FAILED;
}

/* The cores of the CPUs of --pin that are used, or of all usable CPUs. */
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
                   const struct run_info *info)
{
    const struct config *config = session->config;
    struct hostinfo host;
    struct cores cores;
    struct report report = {
        .config = config,
        .result = result,
        .info = info,
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

    /* A terminal or pipe may block: allow Ctrl-C. A file must be written completely. */
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
