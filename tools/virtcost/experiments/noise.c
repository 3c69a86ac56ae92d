/* SPDX-License-Identifier: MIT */
/*
 * Isolation: throughput and latency of a run while a neighbour of the same kind loads the CPUs, the
 * memory or the disk.
 */
#include <string.h>

#include "tools/virtcost/env/instance.h"
#include "tools/virtcost/experiments/experiment.h"
#include "tools/virtcost/figures/get.h"

#define BENCH "linpack,stream.triad,blk.randread"
#define ARGS  "bs=4k iodepth=1"

/* The neighbour's options in a step. */
#define NEIGHBOUR "neighbour"

static json_t *victim(const struct request *request)
{
    char pin[PLAN_PIN_MAX];

    return json_pack("{s:s, s:s, s:s, s:s, s:o}", "bench", request->bench ? request->bench : BENCH,
                     "args", plan_args(request, ARGS), "vcpus", "1", "pin",
                     plan_pin(request, 1, pin), "disk", plan_disk(request, "disk"));
}

static int plan_noise(struct plan *plan, const struct request *request, struct err *err)
{
    static const char *const loads[] = {"cpu", "memory", "disk"};

    (void)err;
    plan_step(plan, request, "alone", victim(request));
    for (unsigned i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
        json_t *options = victim(request), *neighbour;
        char label[32];

        /* As many threads as CPUs, not pinned. */
        neighbour =
            json_pack("{s:o, s:o, s:o}", "bench", json_sprintf("load.%s", loads[i]), "vcpus",
                      json_sprintf("%u", request->cpus), "disk", plan_disk(request, "neighbour"));
        json_object_set_new(options, NEIGHBOUR, neighbour);
        snprintf(label, sizeof(label), "neighbour=%s", loads[i]);
        plan_step(plan, request, label, options);
    }
    return 0;
}

/* Give the tail latency its own row: it suffers first. */
static void add_tails(json_t *report)
{
    json_t *rows = json_object_get(report, "benches"), *row;
    size_t count = json_array_size(rows);

    for (size_t i = 0; i < count; i++) {
        const json_t *latency;
        json_t *name, *tail;

        row = json_array_get(rows, i);
        latency = json_object_get(row, "latency_ns");
        if (!json_object_get(latency, "p99"))
            continue;
        name = json_sprintf("%s.p99", get_text(row, "name"));
        tail = experiment_row(json_string_value(name), "ns", "lower", get_number(latency, "p99"));
        json_object_set(tail, "params", json_object_get(row, "params"));
        json_object_set(tail, "check", json_object_get(row, "check"));
        if (json_object_get(row, "interrupted"))
            json_object_set(tail, "interrupted", json_object_get(row, "interrupted"));
        json_array_append_new(rows, tail);
        json_decref(name);
    }
}

static int measure_noise(struct run *run, const struct environment *env, const struct site *site,
                         const json_t *options, struct err *err)
{
    const json_t *neighbour = json_object_get(options, NEIGHBOUR);
    struct instance instance = {0};
    struct answers answers;
    int result;

    *run = (struct run){0};
    if (answers_open(&answers, err))
        return -1;
    result = neighbour ? instance_start(&instance, env, site, neighbour, 0, &answers, err) : 0;
    if (!result && neighbour)
        result = answers_await(&answers, 1, site, err);
    if (!result)
        result = environment_run(run, env, site, options, err);
    /* The neighbour must have run until the end. */
    if (!result && neighbour && answers_check(&answers, err)) {
        json_decref(run->report);
        run->report = NULL;
        result = -1;
    }
    if (!result) {
        run->interrupted |= answers.interrupted;
        add_tails(run->report);
    }
    instance_end(&instance, site);
    answers_close(&answers);
    return result;
}

const struct experiment experiment_noise = {
    .name = "noise",
    .help =
        "Isolation: throughput and latency with a neighbour of the same kind, relative to alone",
    .chosen = (const char *const[]){"disk", "vcpus", NULL},
    .blocks = 6,
    .quick_blocks = 2,
    .alone = true,
    .stepwise = true,
    .plan = plan_noise,
    .measure = measure_noise,
};
