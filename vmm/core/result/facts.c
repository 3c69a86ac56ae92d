/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "vmm/core/result/facts.h"

/* In a shorter run, the drift is below the error of reading the clocks. */
#define DRIFT_MIN_NS 100000000ull

static uint64_t between(const struct run_facts *facts, uint64_t from, uint64_t to)
{
    return from && to >= from ? clock_ns(&facts->rate, to - from) : FACT_ABSENT;
}

static uint64_t plus(uint64_t a, uint64_t b)
{
    return a == FACT_ABSENT || b == FACT_ABSENT ? FACT_ABSENT : a + b;
}

void facts_free(struct run_facts *facts)
{
    for (unsigned i = 0; facts->vcpu && i < facts->vcpus; i++)
        exitstat_free(facts->vcpu[i].stat);
    free(facts->vcpu);
    facts->vcpu = NULL;
    facts->vcpus = 0;
}

void facts_startup(struct run_facts *facts, const struct clock_point *main, uint64_t exec_ns)
{
    const struct run_ticks *ticks = &facts->ticks;
    struct run_startup *startup = &facts->startup;

    startup->exec_to_main =
        exec_ns && exec_ns <= main->mono_ns ? main->mono_ns - exec_ns : FACT_ABSENT;
    startup->main_to_entry = between(facts, main->ticks, ticks->entry);
    /* In a native run, both are the same moment. */
    startup->entry_to_user =
        facts->env == RUN_VM ? between(facts, ticks->entry, ticks->user) : FACT_ABSENT;
    startup->exec_to_user = plus(startup->exec_to_main, between(facts, main->ticks, ticks->user));
    startup->exec_to_last_user =
        plus(startup->exec_to_main, between(facts, main->ticks, ticks->last_user));
    startup->teardown = FACT_ABSENT;
}

int facts_drift(const struct run_facts *facts, double *ppm)
{
    if (facts->end.raw_ns - facts->begin.raw_ns < DRIFT_MIN_NS)
        return -1;
    *ppm =
        ((double)clock_measure_hz(&facts->begin, &facts->end) / (double)facts->rate.hz - 1) * 1e6;
    return 0;
}
