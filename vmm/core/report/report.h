/* SPDX-License-Identifier: MIT */
/*
 * The report of a run, for a person or for a program. Both forms print the same facts, which are
 * put together in summary.c and warnings.c.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stddef.h>

#include "vmm/core/base/wrapped.h"
#include "vmm/core/config/config.h"
#include "vmm/core/host/cores.h"
#include "vmm/core/host/hostinfo.h"
#include "vmm/core/host/pauses.h"
#include "vmm/core/result/facts.h"
#include "vmm/core/result/result.h"

struct report {
    const struct config *config;
    const struct run_result *result;
    const struct run_facts *facts;
    const struct hostinfo *host;
    double steal_pct;  /* of all CPU time during the run, taken by the hypervisor below; < 0: not
                          known */
    uint64_t log_lost; /* bytes of the guest's text that could not be written */
    const struct run_result *traced;  /* of the run with tracepoints; NULL: there was none */
    const struct cores *cores;        /* that the run's threads may have used; NULL: not known */
    bool has_throttled;               /* there is a CPU quota, and it is known what it did: */
    struct quota_throttled throttled; /* during the run */
    const struct pauses *pauses;      /* when the process stood still; NULL: not known */
};

/*
 * report_text(): the tables, in lines of at most wrapped_columns(), which is REPORT_COLUMNS unless
 * a terminal is narrower, without colour. Returns a string to be freed, or NULL if there is no
 * memory.
 */
#define REPORT_COLUMNS WRAPPED_COLUMNS
char *report_text(const struct report *report, size_t *bytes);

/* report_json(): one object of schema "minivmm-report/1" and a newline. Returns as above. */
char *report_json(const struct report *report, size_t *bytes);

/*
 * report_fault(): one line on what the guest faulted with, for an error message: "page fault
 * (vector 14, error 0x4)". Returns `text`.
 */
const char *report_fault(char text[80], const struct channel_fault *fault);

/*
 * report_failed(): whether the run is to be called a failure: stopped, faulted, a check wrong, a
 * row interrupted, a benchmark that failed, or a name of --bench without a result.
 */
bool report_failed(const struct report *report);

/* report_stop_name(): "guest", "signal", "timeout", "error". */
const char *report_stop_name(enum run_stop stop);

/* report_env_name(): "vm", "native", "container". */
const char *report_env_name(enum run_env env);

#endif
