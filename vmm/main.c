/* SPDX-License-Identifier: MIT */
/* minivmm: parse the command line, build the machine, run it, report. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vmm/core/base/wrapped.h"
#include "vmm/core/cli/help.h"
#include "vmm/core/cli/options.h"
#include "vmm/core/cli/session.h"
#include "vmm/core/config/select.h"
#include "vmm/core/host/file.h"
#include "vmm/core/host/inherit.h"
#include "vmm/core/host/terminal.h"
#include "vmm/core/host/tracepoint.h"
#include "vmm/core/report/report.h"
#include "vmm/exec/collect.h"
#include "vmm/exec/machine_run.h"
#include "vmm/exec/plan.h"

#define DEFAULT_GUEST "bench.elf"

/* Static because they are large or used until exit. */
static struct config config;
static struct session session;
static struct machine machine;

/* The second run of --kvm-trace. */
static struct config traced_config;
static struct machine traced;

static struct run_info info;
static char beside[PATH_MAX];

/* Look up a guest without a slash in its name in the current, then the program's directory. */
static void find_guest(void)
{
    if (!config.guest)
        config.guest = DEFAULT_GUEST;
    if (!strchr(config.guest, '/') && access(config.guest, F_OK) &&
        !file_beside_program(config.guest, beside, sizeof(beside)) && !access(beside, F_OK))
        config.guest = beside;
}

static int list_benches(struct err *err)
{
    struct image image;

    if (image_open(&image, config.guest, err))
        return -1;
    if (select_args(config.args, image.arg, image.args, err)) {
        image_close(&image);
        return -1;
    }
    for (unsigned i = 0; i < image.benches; i++)
        help_list(20, image.bench[i].name, image.bench[i].help);
    image_close(&image);
    return file_flush(stdout, "standard output", err);
}

/* Prepare a --dry-run; without KVM, the plan says that it was not checked. */
static int prepare(struct err *err)
{
    if (machine_create(&machine, err) && err->code != ERR_CANNOT_RUN)
        return -1;
    return machine_write_boot(&machine, err);
}

static int run_machine(struct err *err)
{
    uint64_t ended;

    session.result = &machine.result;
    if (machine_create(&machine, err) || machine_write_boot(&machine, err) ||
        machine_run(&machine, err) || machine_collect(&machine, &info, err))
        return -1;
    run_info_startup(&info, &session.start, session.exec_ns);
    ended = clock_mono_ns();
    machine_close(&machine);
    info.startup.teardown = clock_mono_ns() - ended;
    info.trace_dropped = machine.trace_dropped;
    info.trace_error = machine.trace_error;
    return 0;
}

/*
 * Run again with KVM's tracepoints, as a quick run: tracepoints slow it down, and it is not timed.
 * Prints a failure; the report of the first run is not affected.
 */
static int run_traced(void)
{
    struct err err = {0};
    int result;

    if (info.stop != STOP_GUEST)
        return 0;
    traced_config = config;
    traced_config.quick = traced_config.kvm_trace = true;
    traced_config.trace = NULL;
    result = machine_load(&traced, &traced_config, &session.watch, session_log, &session, &err);
    if (!result) {
        session.result = &traced.result;
        result = machine_create(&traced, &err) || machine_write_boot(&traced, &err) ||
                 machine_run(&traced, &err);
        if (!result && traced.stop == STOP_ERROR) {
            err = traced.error;
            result = -1;
        } else if (!result && (traced.stop != STOP_GUEST || traced.result.has_fault)) {
            result = err_set(&err, ERR_FAILED, "--kvm-trace: the second run did not finish (%s)",
                             report_stop_name(traced.stop));
        }
        session.traced = result ? NULL : &traced.result;
    }
    machine_close(&traced);
    if (result)
        err_print(&err, program_invocation_short_name);
    return result;
}

/* Load and run the guest, or print the plan. Returns the exit status, or -1 with *err set. */
static int run(struct err *err)
{
    bool trace = config.kvm_trace;
    int status;

    if (trace && tracepoint_check(err))
        return -1;
    config.kvm_trace = false;
    status = machine_load(&machine, &config, &session.watch, session_log, &session, err);
    if (!status && config.dry_run) {
        status = prepare(err);
        if (!status) {
            wrapped_fit(terminal_columns(STDOUT_FILENO));
            plan_print(stdout, &machine);
            status = file_flush(stdout, "standard output", err);
        }
    } else if (!status) {
        status = run_machine(err);
        if (!status) {
            int failed = trace ? run_traced() : 0;

            status = session_finish(&session, &machine.result, &info);
            status = failed ? ERR_FAILED : status;
        }
    }
    machine_close(&machine);
    result_free(&machine.result);
    result_free(&traced.result);
    run_info_free(&info);
    return status;
}

int main(int argc, char **argv)
{
    struct clock_point start = clock_now();
    struct err err = {0};
    int status = -1;

    inherit_settle();
    if (!cli_parse(&config, argc, argv, CLI_VM, &err)) {
        find_guest();
        if (config.list) {
            status = list_benches(&err);
        } else if (!session_begin(&session, &config, &start, &err)) {
            status = run(&err);
            session_end(&session);
        }
    }
    config_free(&config);
    if (status >= 0)
        return status;
    err_print(&err, program_invocation_short_name);
    return err.code;
}
