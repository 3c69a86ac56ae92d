/* SPDX-License-Identifier: MIT */
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

uint32_t bench_main(const struct env *env)
{
    /* Static because a guest has small stacks. */
    static struct bench_run run;
    struct channel_record plan = {.type = CHANNEL_PLAN};
    const struct bench *bench;

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
        run.flags = bench->flags;
        run.arena_used = 0;
        bench->run(&run);
        run.index++;
    }
    return run.wrong != 0;
}
