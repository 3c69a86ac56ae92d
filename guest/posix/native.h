/* SPDX-License-Identifier: MIT */
/*
 * The benchmarks in a process: threads for vCPUs, a mapping for RAM, function calls for the
 * channel.
 */
#ifndef POSIX_NATIVE_H
#define POSIX_NATIVE_H

#include "vmm/config/config.h"
#include "vmm/host/watch.h"
#include "vmm/stat/facts.h"
#include "vmm/stat/result.h"

/*
 * native_run(): run the chosen benchmarks as configured, until they are done or something stops
 * them; then the threads are left where they are, for the process to end with. *result is
 * initialised here, *facts filled in; `log` gets the benchmarks' text. `began` is when the program
 * did. Returns 0, or -1 if it could not start.
 */
int native_run(const struct config *config, const char *chosen, const struct watch *watch,
               void (*log)(void *ctx, const char *text), void *log_ctx,
               const struct clock_point *began, struct run_result *result, struct run_facts *facts,
               struct err *err);

#endif
