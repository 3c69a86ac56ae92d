/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "vmm/core/result/run_info.h"

/* In a shorter run, the drift is below the error of reading the clocks. */
#define DRIFT_MIN_NS 100000000ull

static uint64_t between(const struct run_info *info, uint64_t from, uint64_t to)
{
    return from && to >= from ? clock_ns(&info->rate, to - from) : RUN_INFO_UNKNOWN;
}

static uint64_t plus(uint64_t a, uint64_t b)
{
    return a == RUN_INFO_UNKNOWN || b == RUN_INFO_UNKNOWN ? RUN_INFO_UNKNOWN : a + b;
}

void run_info_free(struct run_info *info)
{
    for (unsigned i = 0; info->vcpu && i < info->vcpus; i++)
        exitstat_free(info->vcpu[i].stat);
    free(info->vcpu);
    info->vcpu = NULL;
    info->vcpus = 0;
}

void run_info_startup(struct run_info *info, const struct clock_point *main, uint64_t exec_ns)
{
    const struct run_ticks *ticks = &info->ticks;
    struct run_startup *startup = &info->startup;

    startup->exec_to_main =
        exec_ns && exec_ns <= main->mono_ns ? main->mono_ns - exec_ns : RUN_INFO_UNKNOWN;
    startup->main_to_entry = between(info, main->ticks, ticks->entry);
    /* In a native run, both are the same moment. */
    startup->entry_to_user =
        info->env == RUN_VM ? between(info, ticks->entry, ticks->user) : RUN_INFO_UNKNOWN;
    startup->exec_to_user = plus(startup->exec_to_main, between(info, main->ticks, ticks->user));
    startup->exec_to_last_user =
        plus(startup->exec_to_main, between(info, main->ticks, ticks->last_user));
    startup->teardown = RUN_INFO_UNKNOWN;
}

int run_info_drift(const struct run_info *info, double *ppm)
{
    if (info->end.raw_ns - info->begin.raw_ns < DRIFT_MIN_NS)
        return -1;
    *ppm = ((double)clock_measure_hz(&info->begin, &info->end) / (double)info->rate.hz - 1) * 1e6;
    return 0;
}
