/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "guest/bench/bench.h"
#include "guest/bench/table.h"
#include "vmm/base/args.h"

/* What does not end is run only if it is named. */
#define LOAD "load."

bool bench_chosen(const char *list, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strcspn(at, ",") == length && !strncmp(at, name, length))
            return true;
    return !list && strncmp(name, LOAD, strlen(LOAD)) != 0;
}

static void refuse_arg(const struct env *env, const struct args_fault *fault)
{
    struct channel_record record = {.type = CHANNEL_LOG};

    snprintf(record.log.text, sizeof(record.log.text), "--args %.*s: %s\n",
             fault->length < 100 ? fault->length : 100, fault->at, fault->why);
    env->send(&record, 1);
}

uint32_t bench_main(const struct env *env)
{
    /* Not on the stack, which is small in a guest. */
    static struct bench_run run;
    struct channel_record plan = {.type = CHANNEL_PLAN};
    const struct bench *bench;
    struct args_fault fault;

    if (args_check(env->args, args_table, (unsigned)(args_table_end - args_table), &fault)) {
        refuse_arg(env, &fault);
        return 2;
    }
    run = (struct bench_run){.env = env};
    for (bench = bench_table; bench < bench_table_end; bench++)
        plan.plan.benches += bench_chosen(env->chosen, bench->name);
    env->send(&plan, 1);
    if (bench_isa_missing(env->args))
        bench_warn(&run, "isa_missing",
                   "the instruction set of --args is not there; the best is %s",
                   isa_name(isa_best()));
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
