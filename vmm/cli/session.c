/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "vmm/base/units.h"
#include "vmm/cli/session.h"
#include "vmm/host/cpus.h"
#include "vmm/report/report.h"

#define TICK_MS    200
#define CLEAR_LINE "\r\033[K"

/* The signals that ask for a stop. */
static void stop_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
}

static int write_all(int fd, const char *text, size_t bytes)
{
    while (bytes) {
        ssize_t written = write(fd, text, bytes);

        if (written < 0 && errno != EINTR)
            return -1;
        if (written > 0) {
            text += written;
            bytes -= (size_t)written;
        }
    }
    return 0;
}

/* Show how far it is. */
static void show_progress(void *ctx)
{
    struct session *session = ctx;
    const struct run_result *result = session->result;
    uint32_t rows = __atomic_load_n(&result->rows, __ATOMIC_ACQUIRE);
    const struct channel_begin *row;
    uint64_t elapsed = clock_mono_ns() - session->start.mono_ns;
    char line[160];
    int length;

    if (!rows)
        return;
    row = &result->row[rows - 1].begin;
    length = snprintf(line, sizeof(line), CLEAR_LINE "[%u/%u] %s %s, %u threads, %.0f s",
                      __atomic_load_n(&result->current, __ATOMIC_RELAXED) + 1, result->planned,
                      row->name, row->params, row->threads, (double)elapsed / 1e9);
    write_all(STDERR_FILENO, line, (size_t)length);
    __atomic_store_n(&session->shown, true, __ATOMIC_RELAXED);
}

int session_begin(struct session *session, const struct config *config,
                  const struct clock_point *start, struct err *err)
{
    const char *exec_ns = getenv("MINIVMM_T0");
    sigset_t set;

    *session = (struct session){
        .config = config,
        .start = *start,
        .log_fd = STDERR_FILENO,
        .output_fd = STDOUT_FILENO,
        .terminal = isatty(STDERR_FILENO),
    };
    if (exec_ns && units_parse_u64(exec_ns, &session->exec_ns))
        return err_set(err, ERR_USAGE, "MINIVMM_T0=%s: not a time in ns", exec_ns);

    cpus_steal(&session->stolen, &session->ticks);
    stop_signals(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    session->watch = (struct watch){
        .stop_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK),
        .deadline_ns = config->timeout_ns ? start->mono_ns + config->timeout_ns : 0,
        .tick_ms = session->terminal ? TICK_MS : 0,
        .tick = show_progress,
        .ctx = session,
    };
    if (session->watch.stop_fd < 0)
        return err_sys(err, ERR_FAILED, "signalfd");

    if (config->log) {
        session->log_fd = open(config->log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (session->log_fd < 0)
            return err_sys(err, ERR_USAGE, "--log %s", config->log);
    }
    if (config->output) {
        /* Not emptied yet: an older report stays until there is a newer one. */
        session->output_fd = open(config->output, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
        if (session->output_fd < 0) {
            session->output_errno = errno;
            err_sys(err, ERR_FAILED, "--output %s", config->output);
            err_hint(err, "another file; the report will go to standard error");
            err_print(err, program_invocation_short_name);
        }
    }
    return 0;
}

void session_log(void *ctx, const char *text)
{
    struct session *session = ctx;

    if (session->terminal && __atomic_exchange_n(&session->shown, false, __ATOMIC_RELAXED))
        write_all(STDERR_FILENO, CLEAR_LINE, sizeof(CLEAR_LINE) - 1);
    write_all(session->log_fd, text, strlen(text));
}

static int write_report(const struct session *session, const char *text, size_t bytes)
{
    int fd = session->output_fd;

    if (fd < 0) {
        errno = session->output_errno;
        return -1;
    }
    /* Only a regular file can be emptied; a pipe or a terminal need not be. */
    if (session->config->output && ftruncate(fd, 0) && errno != EINVAL)
        return -1;
    if (write_all(fd, text, bytes))
        return -1;
    /* Some file systems tell only now that there is no room. */
    return session->config->output && fsync(fd) && errno != EINVAL && errno != EROFS ? -1 : 0;
}

/* In percent of all CPU time since the session began. */
static double steal_pct(const struct session *session)
{
    uint64_t stolen, ticks;

    cpus_steal(&stolen, &ticks);
    return ticks > session->ticks
               ? (double)(stolen - session->stolen) / (double)(ticks - session->ticks) * 100
               : 0;
}

/* From here on they do what they usually do, but for the one that has been heeded. */
static void accept_signals(const struct session *session)
{
    struct signalfd_siginfo heeded;
    sigset_t set;

    while (read(session->watch.stop_fd, &heeded, sizeof(heeded)) > 0)
        ;
    stop_signals(&set);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

/* One line on standard error, wherever the report goes, if the run did not end as it should. */
static void explain_end(const struct run_result *result, const struct run_facts *facts)
{
    struct err err;
    char text[80];

    if (facts->stop == STOP_ERROR) {
        err = facts->error;
    } else if (result->has_fault) {
        err_set(&err, ERR_FAILED, "the guest faulted: %s at rip %#" PRIx64 ", address %#" PRIx64,
                report_fault(text, &result->fault), result->fault.rip, result->fault.address);
    } else {
        return;
    }
    err_print(&err, program_invocation_short_name);
}

int session_finish(struct session *session, const struct run_result *result,
                   const struct run_facts *facts)
{
    const struct config *config = session->config;
    struct hostinfo host;
    struct report report = {config, result, facts, &host, steal_pct(session)};
    size_t bytes = 0;
    struct err err;
    char *text;
    int status;

    accept_signals(session);
    if (session->shown)
        write_all(STDERR_FILENO, CLEAR_LINE, sizeof(CLEAR_LINE) - 1);

    hostinfo_read(&host);
    text =
        config->format == CONFIG_JSON ? report_json(&report, &bytes) : report_text(&report, &bytes);
    status = report_failed(&report) ? ERR_FAILED : ERR_NONE;
    explain_end(result, facts);
    if (!text) {
        err_set(&err, ERR_FAILED, "no memory for the report");
        err_print(&err, program_invocation_short_name);
        status = ERR_FAILED;
    } else if (write_report(session, text, bytes)) {
        err_sys(&err, ERR_FAILED, "cannot write the report to %s; it follows here",
                config->output ? config->output : "standard output");
        status = ERR_FAILED;
        err_print(&err, program_invocation_short_name);
        write_all(STDERR_FILENO, text, bytes);
    }
    free(text);
    return status;
}

void session_end(struct session *session)
{
    if (session->watch.stop_fd >= 0)
        close(session->watch.stop_fd);
    if (session->config->log)
        close(session->log_fd);
    if (session->config->output && session->output_fd >= 0)
        close(session->output_fd);
}
