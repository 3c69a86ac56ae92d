/* SPDX-License-Identifier: MIT */
/* bench-native: the guest's benchmarks in a process, with the options and report of minivmm. */
#include <errno.h>
#include <stdio.h>

#include "guest/bench/table.h"
#include "guest/posix/native.h"
#include "vmm/cli/options.h"
#include "vmm/cli/session.h"
#include "vmm/config/select.h"
#include "vmm/host/file.h"

static struct config config;
static struct session session;
static struct run_result result;
static struct run_facts facts;

static const char *bench_name(const void *table, size_t i)
{
    return ((const struct bench *)table)[i].name;
}

static int list_benches(struct err *err)
{
    for (const struct bench *bench = bench_table; bench < bench_table_end; bench++)
        printf("%-20s %s\n", bench->name, bench->help);
    return file_flush(stdout, "standard output", err);
}

/* Returns the exit status, or -1. */
static int run(struct err *err)
{
    char *chosen = NULL;

    if (config.bench &&
        select_benches(config.bench, bench_table, (size_t)(bench_table_end - bench_table),
                       bench_name, &chosen, err))
        return -1;
    session.result = &result;
    if (native_run(&config, chosen, &session.watch, session_log, &session, &session.start, &result,
                   &facts, err))
        return -1;
    facts_startup(&facts, &session.start, session.exec_ns);
    return session_finish(&session, &result, &facts);
}

int main(int argc, char **argv)
{
    struct clock_point start = clock_now();
    struct err err = {0};
    int status = -1;

    if (!cli_parse(&config, argc, argv, CLI_NATIVE, &err)) {
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
