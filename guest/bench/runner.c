/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "guest/bench/bench.h"
#include "guest/bench/table.h"

bool bench_chosen(const char *list, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strcspn(at, ",") == length && !strncmp(at, name, length))
            return true;
    return !list;
}

uint32_t bench_main(const struct env *env)
{
    /* Not on the stack, which is small in a guest. */
    static struct bench_run run;
    struct channel_record plan = {.type = CHANNEL_PLAN};
    const struct bench *bench;

    run = (struct bench_run){.env = env};
    for (bench = bench_table; bench < bench_table_end; bench++)
        plan.plan.benches += bench_chosen(env->chosen, bench->name);
    env->send(&plan, 1);
    if (plan.plan.benches)
        env->ticks_hz(); /* now, lest the first to ask spend a measured moment on it */
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
