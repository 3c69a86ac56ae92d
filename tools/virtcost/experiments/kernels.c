/* SPDX-License-Identifier: MIT */
/* Compute, sequential and random memory, on one CPU and on all. */
#include "tools/virtcost/experiments/experiment.h"
#include "vmm/core/host/cpus.h"

#define BENCH_ALL "linpack,stream.triad,gups"
#define BENCH_ONE BENCH_ALL ",chase"

static void add_step(struct plan *plan, const struct request *request, unsigned threads,
                     const char *bench)
{
    char label[32], pin[PLAN_PIN_MAX];

    snprintf(label, sizeof(label), "threads=%u", threads);
    plan_step(plan, request, label,
              json_pack("{s:s, s:o, s:s}", "bench", request->bench ? request->bench : bench,
                        "vcpus", json_sprintf("%u", threads), "pin",
                        plan_pin(request, threads, pin)));
}

/* Why only one thread is run, or NULL. */
static const char *why_one(const struct request *request)
{
    if (json_object_get(request->options, "vcpus"))
        return "--vcpus 1 asks for one thread";
    if (request->config->pin_count)
        return "--pin names one CPU";
    return cpus_online() == 1 ? "this host has one CPU"
                              : "this process may use one CPU (affinity, or a cpuset)";
}

static int plan_kernels(struct plan *plan, const struct request *request, struct err *err)
{
    unsigned all = plan_threads(request);

    (void)err;
    /* The ladders of pointer chases take as long as the rest together. */
    add_step(plan, request, 1, request->quick ? BENCH_ALL : BENCH_ONE);
    if (all > 1)
        add_step(plan, request, all, BENCH_ALL);
    else
        plan_skip(plan, "", "threads=all", why_one(request));
    return 0;
}

const struct experiment experiment_kernels = {
    .name = "kernels",
    .help = "Compute, sequential and random memory, on one and on all CPUs",
    .blocks = 10,
    .quick_blocks = 3,
    .plan = plan_kernels,
    .measure = experiment_team,
};
