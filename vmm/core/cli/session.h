/* SPDX-License-Identifier: MIT */
/*
 * The user interface of a run: progress on a terminal, the guest's log, Ctrl-C, --timeout and the
 * output of the report. The same for a VM and a native run.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <stdio.h>

#include "vmm/core/base/clock.h"
#include "vmm/core/config/config.h"
#include "vmm/core/host/quota.h"
#include "vmm/core/host/sink.h"
#include "vmm/core/result/result.h"
#include "vmm/core/result/run_info.h"

struct session {
    const struct config *config;
    struct clock_point start;
    uint64_t exec_ns;                /* CLOCK_MONOTONIC when the parent called exec; 0: unknown */
    struct watch watch;              /* passed to the run: stop signals, --timeout, progress */
    struct sink error;               /* standard error */
    struct sink file;                /* --log */
    struct sink *log;                /* the guest's log: one of the two above */
    bool log_begun;                  /* atomic: the --log file has been truncated for this run */
    uint64_t log_lost;               /* atomic: bytes of the log that could not be written */
    int log_errno;                   /* atomic: the error of the last lost write */
    struct sink output;              /* the report */
    bool replaces;                   /* --output is a regular file, which is replaced at the end */
    int output_errno;                /* errno of opening --output; or 0 */
    bool terminal;                   /* standard error is a terminal: show progress */
    bool shown;                      /* atomic: a progress line is on the terminal */
    const struct run_result *result; /* for the progress line; set by the caller */
    const struct run_result *traced; /* --kvm-trace run, for the report; set by the caller */
    uint64_t stolen, ticks;          /* cpus_steal() at the start */
    bool has_ticks;                  /* these two are known */
    struct quota quota;              /* at the start */

    struct pauses pauses; /* periods during which the process did not run */
};

/*
 * session_begin(): call before any thread is created: blocks the stop signals (signals_catch()) in
 * this thread and those it creates. If --output cannot be opened, prints a message and continues;
 * the report then goes to standard error. Returns 0, or -1 with *err set and nothing to end.
 */
int session_begin(struct session *session, const struct config *config,
                  const struct clock_point *start, struct err *err);

/*
 * session_log(): write text to the guest's log; `ctx` is the session. Waits for a slow reader for
 * at most one second, then drops text. Thread-safe.
 */
void session_log(void *ctx, const char *text);

/*
 * session_finish(): format the report and write it to --output. If that fails, or if the run failed
 * without results and would replace an existing file, prints a message and writes the report to
 * standard error. Also prints a message for everything else that makes the run a failure. Restores
 * the default action of the stop signals. Returns the program's exit status: ERR_FAILED if the run
 * or the writing failed.
 */
int session_finish(struct session *session, const struct run_result *result,
                   const struct run_info *info);

/* session_end(): release the resources of session_begin(). */
void session_end(struct session *session);

#endif
