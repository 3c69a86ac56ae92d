/* SPDX-License-Identifier: MIT */
/*
 * The report of a run, as text or JSON. Both formats have the same content, computed in summary.c
 * and warnings.c.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stddef.h>

#include "vmm/core/base/wrapped.h"
#include "vmm/core/config/config.h"
#include "vmm/core/host/cores.h"
#include "vmm/core/host/hostinfo.h"
#include "vmm/core/host/pauses.h"
#include "vmm/core/result/result.h"
#include "vmm/core/result/run_info.h"

struct report {
    const struct config *config;
    const struct run_result *result;
    const struct run_info *info;
    const struct hostinfo *host;
    double steal_pct;  /* steal time in percent of all CPU time during the run; < 0: unknown */
    uint64_t log_lost; /* bytes of the guest's log that could not be written */
    const struct run_result *traced; /* the --kvm-trace run; NULL: none */
    const struct cores *cores;       /* cores that the run's threads may have used; NULL: unknown */
    bool has_throttled;              /* `throttled` is known */
    struct quota_throttled throttled; /* throttling by the CPU quota during the run */
    const struct pauses *pauses;      /* NULL: unknown */
};

/*
 * report_text(): the report as text, in lines of at most wrapped_columns(), which is REPORT_COLUMNS
 * unless a terminal is narrower, without colour. Sets *bytes to its length. Returns a string that
 * the caller frees, or NULL if out of memory.
 */
#define REPORT_COLUMNS WRAPPED_COLUMNS
char *report_text(const struct report *report, size_t *bytes);

/* report_json(): a JSON object of schema "minivmm-report/1" and a newline. Returns as
 * report_text(). */
char *report_json(const struct report *report, size_t *bytes);

/*
 * report_fault(): format a fault of the guest for a message: "page fault (vector 14, error 0x4)".
 * Returns `text`.
 */
const char *report_fault(char text[80], const struct channel_fault *fault);

/*
 * report_failed(): whether the run failed: stopped early, a guest fault, a failed check, an
 * interrupted row, a failed benchmark, or a name in --bench without a row.
 */
bool report_failed(const struct report *report);

/* report_stop_name(): "guest", "signal", "timeout", "error". */
const char *report_stop_name(enum run_stop stop);

/* report_env_name(): "vm", "native", "container". */
const char *report_env_name(enum run_env env);

#endif
