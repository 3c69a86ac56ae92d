/* SPDX-License-Identifier: MIT */
/* bench-native: the guest's benchmarks in a process, with the options and report of minivmm. */
#include <errno.h>
#include <stdio.h>

#include "guest/bench/table.h"
#include "tools/native/native.h"
#include "vmm/core/cli/help.h"
#include "vmm/core/cli/options.h"
#include "vmm/core/cli/session.h"
#include "vmm/core/config/select.h"
#include "vmm/core/host/file.h"
#include "vmm/core/host/inherit.h"

static struct config config;
static struct session session;
static struct run_result result;
static struct run_info info;

static const char *bench_name(const void *table, size_t i)
{
    return ((const struct bench *)table)[i].name;
}

/*
 * Set *chosen to the names of the benchmarks to run, NULL for all, and check --args and --disk
 * against them. Returns 0, or -1.
 */
static int choose(char **chosen, struct err *err)
{
    size_t count = (size_t)(bench_table_end - bench_table);

    *chosen = NULL;
    if (select_args(config.args, args_table, (unsigned)(args_table_end - args_table), err) ||
        (config.bench && select_benches(config.bench, bench_table, count, bench_name, chosen, err)))
        return -1;
    return select_check_disk(&config, *chosen, (const struct minivmm_bench_info *)bench_table,
                             count, err);
}

static int list_benches(struct err *err)
{
    for (const struct bench *bench = bench_table; bench < bench_table_end; bench++)
        help_list(20, bench->name, bench->help);
    return file_flush(stdout, "standard output", err);
}

/* Returns the exit status, or -1. */
static int run(const char *chosen, struct err *err)
{
    session.result = &result;
    if (native_run(&config, chosen, &session.watch, session_log, &session, &session.start, &result,
                   &info, err))
        return -1;
    run_info_startup(&info, &session.start, session.exec_ns);
    return session_finish(&session, &result, &info);
}

int main(int argc, char **argv)
{
    struct clock_point start = clock_now();
    struct err err = {0};
    static char *chosen; /* static because threads may still run when main() returns */
    int status = -1;

    inherit_settle();
    if (!cli_parse(&config, argc, argv, CLI_NATIVE, &err) && !choose(&chosen, &err)) {
        if (config.list) {
            status = list_benches(&err);
        } else if (!session_begin(&session, &config, &start, &err)) {
            status = run(chosen, &err);
            session_end(&session);
        }
    }
    config_free(&config);
    if (status >= 0)
        return status;
    err_print(&err, program_invocation_short_name);
    return err.code;
}
