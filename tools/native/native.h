/* SPDX-License-Identifier: MIT */
/*
 * The benchmarks in a process: threads replace vCPUs, a mapping replaces RAM, function calls
 * replace the channel.
 */
#ifndef POSIX_NATIVE_H
#define POSIX_NATIVE_H

#include "vmm/core/config/config.h"
#include "vmm/core/host/watch.h"
#include "vmm/core/result/result.h"
#include "vmm/core/result/run_info.h"

/*
 * native_run(): run the chosen benchmarks as configured until they end or `watch` stops them. Their
 * threads keep running or sleeping until the process ends. Initialises *result, fills in *info and
 * passes the benchmarks' log to `log`. `began` is when the program started. Returns 0, or -1 with
 * *err set if the run could not start.
 */
int native_run(const struct config *config, const char *chosen, const struct watch *watch,
               void (*log)(void *ctx, const char *text), void *log_ctx,
               const struct clock_point *began, struct run_result *result, struct run_info *info,
               struct err *err);

#endif
