/* SPDX-License-Identifier: MIT */
/*
 * What a run looks like to the person who started it: progress on a terminal, the guest's text,
 * Ctrl-C, and where the report goes. The same for a VM and for a native run.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <stdio.h>

#include "vmm/core/base/clock.h"
#include "vmm/core/config/config.h"
#include "vmm/core/host/quota.h"
#include "vmm/core/host/sink.h"
#include "vmm/core/result/facts.h"
#include "vmm/core/result/result.h"

struct session {
    const struct config *config;
    struct clock_point start;
    uint64_t exec_ns;   /* when the parent started this process, by CLOCK_MONOTONIC; or 0 */
    struct watch watch; /* for whoever runs: the user's stop, --timeout, progress */
    struct sink error;  /* standard error */
    struct sink file;   /* of --log */
    struct sink *log;   /* the guest's text goes to one of these */
    bool log_begun;     /* atomic: the file of --log holds this run's text, and nothing else */
    uint64_t log_lost;  /* atomic: bytes that could not be written */
    int log_errno;      /* atomic: why */
    struct sink output; /* the report */
    bool replaces;      /* the file of the report is a regular one */
    int output_errno;   /* why the report's file could not be opened; or 0 */
    bool terminal;      /* standard error is one: show progress */
    bool shown;         /* there is a progress line on it */
    const struct run_result *result; /* for the progress line; set by the caller */
    const struct run_result *traced; /* for the report, of a traced run; set by the caller */
    uint64_t stolen, ticks;          /* of all CPUs, at the beginning: cpus_steal() */
    bool has_ticks;                  /* these are known */
    struct quota quota;              /* at the beginning */

    /* When the process stood still. */
    struct pauses pauses;
};

/*
 * session_begin(): to be called first. Signals that ask for a stop are blocked from here on, in
 * this thread and in those it creates. A report that cannot be opened is told at once; the run goes
 * on, and the report will go to standard error. Returns 0, or -1, and then there is nothing to end.
 */
int session_begin(struct session *session, const struct config *config,
                  const struct clock_point *start, struct err *err);

/*
 * session_log(): print the guest's text; `ctx` is the session. A reader that does not keep up loses
 * text: it holds up the run for a second at most. Any thread.
 */
void session_log(void *ctx, const char *text);

/*
 * session_finish(): make the report and write it to where it belongs; if that fails, say so and
 * write it to standard error. A report of a run that failed without a result does not replace what
 * is in its file: it goes to standard error as well. What else went wrong is said there, too.
 * Ctrl-C ends the program at once from here on. Returns the program's exit status: ERR_FAILED if
 * the run or the writing failed.
 */
int session_finish(struct session *session, const struct run_result *result,
                   const struct run_facts *facts);

/* session_end(): close what session_begin() opened. */
void session_end(struct session *session);

#endif
