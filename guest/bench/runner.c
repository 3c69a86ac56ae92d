/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "guest/bench/bench.h"
#include "guest/bench/table.h"

/* Prefix of the benchmarks that do not end; they run only if --bench names them. */
#define LOAD "load."

bool bench_chosen(const char *list, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strcspn(at, ",") == length && !strncmp(at, name, length))
            return true;
    return !list && strncmp(name, LOAD, strlen(LOAD)) != 0;
}

static void refuse_arg(const struct env *env, const char *arg)
{
    struct channel_record record = {.type = CHANNEL_LOG};

    snprintf(record.log.text, sizeof(record.log.text),
             "--args: '%.*s' is there twice or not one of n=NUMBER (to %d), isa=sse2|avx2|avx512, "
             "bs=512:4k:1m, iodepth=1:32 (powers of two, to 1m and 64), grid=full\n",
             (int)strcspn(arg, " ,"), arg, BENCH_N_MAX);
    env->send(&record, 1);
}

uint32_t bench_main(const struct env *env)
{
    /* Static because a guest has small stacks. */
    static struct bench_run run;
    struct channel_record plan = {.type = CHANNEL_PLAN};
    const char *bad = bench_check_args(env->args);
    const struct bench *bench;

    if (bad) {
        refuse_arg(env, bad);
        return 2;
    }
    run = (struct bench_run){.env = env};
    for (bench = bench_table; bench < bench_table_end; bench++)
        plan.plan.benches += bench_chosen(env->chosen, bench->name);
    env->send(&plan, 1);
    if (bench_isa_missing(env->args))
        bench_warn(&run, "isa_missing", "--args isa=: instruction set not supported here; using %s",
                   isa_name(isa_best()));
    if (plan.plan.benches)
        env->ticks_hz(); /* calibrate now, outside any measurement window */
    for (bench = bench_table; bench < bench_table_end; bench++) {
        if (!bench_chosen(env->chosen, bench->name))
            continue;
        run.name = bench->name;
        run.arena_used = 0;
        bench->run(&run);
        run.index++;
    }
    return run.wrong != 0;
}
