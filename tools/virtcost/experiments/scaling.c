/* SPDX-License-Identifier: MIT */
/*
 * Scaling: from one thread or vCPU to all CPUs, then more threads than CPUs. Runs both loops of
 * RandomAccess, since the one with barriers hides the cost of memory.
 */
#include <string.h>

#include "tools/virtcost/experiments/experiment.h"
#include "tools/virtcost/figures/figures.h"
#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/figures/table.h"
#include "vmm/core/base/wrapped.h"

#define BENCH "linpack,stream.triad,gups"
#define ARGS  "n=3000"

/* Most threads per CPU. */
#define OVERSUBSCRIPTION 8

static int plan_scaling(struct plan *plan, const struct request *request, struct err *err)
{
    unsigned cpus = request->cpus;
    char label[32];

    (void)err;
    for (unsigned n = 1; n <= OVERSUBSCRIPTION * cpus && plan->steps < STEPS_MAX;) {
        snprintf(label, sizeof(label), "threads=%u", n);
        plan_step(plan, request, label,
                  json_pack("{s:s, s:o, s:s}", "bench", request->bench ? request->bench : BENCH,
                            "vcpus", json_sprintf("%u", n), "args", plan_args(request, ARGS)));
        /* Every number up to that of the CPUs, then doubling. */
        n = n < cpus && cpus <= 16 ? n + 1 : n < cpus && 2 * n > cpus ? cpus : 2 * n;
    }
    return 0;
}

static void put_share(struct tabular *table, const json_t *value, const char *part)
{
    double window = get_number(value, "window_ns") * (double)get_integer(value, "threads");
    const json_t *ns = json_object_get(json_object_get(value, "time_ns"), part);

    if (json_is_number(ns) && window > 0)
        tabular_cell(table, "%.1f", 100 * json_number_value(ns) / window);
    else
        tabular_cell(table, "-");
}

/* There are none natively. */
static void put_rate(struct tabular *table, const json_t *value, const char *exits)
{
    double window_ms = get_number(value, "window_ns") / 1e6;

    if (json_object_get(value, exits) && window_ms > 0)
        tabular_cell(table, "%.3g", get_number(value, exits) / window_ms);
    else
        tabular_cell(table, "-");
}

static void put_times(struct tabular *table, const void *ctx)
{
    static const char *const parts[] = {"running", "asleep", "halted", "runqueue"};
    json_t *value;
    size_t i;

    json_array_foreach (json_object_get(ctx, "values"), i, value) {
        if (!json_object_get(value, "time_ns"))
            continue;
        table_name(table, value);
        for (unsigned k = 0; k < 4; k++)
            put_share(table, value, parts[k]);
        put_rate(table, value, "exits_vmm");
        put_rate(table, value, "exits_kvm");
        tabular_end(table);
    }
}

static void print_scaling(FILE *out, const json_t *results)
{
    static const struct tabular_column columns[] = {
        {"time in %, exits per ms", 32, true, NULL},
        {"thr", 3, false, NULL},
        {"env", 9, true, NULL},
        {"running", 8, false, NULL},
        {"asleep", 8, false, NULL},
        {"halted", 8, false, NULL},
        {"runq", 8, false, NULL},
        {"exits", 8, false, NULL},
        {"of KVM", 8, false, NULL},
    };

    fputc('\n', out);
    tabular_print(out, columns, sizeof(columns) / sizeof(columns[0]), put_times, results);
    wrapped_note(out,
                 "asleep: mostly in barriers; halted: the part of it that KVM counts as halted; "
                 "runq:\nrunnable, waiting for a CPU; exits: to the VMM, those of barriers "
                 "included; of KVM: all\nexits that KVM counts. From the first block's run.\n");
}

const struct experiment experiment_scaling = {
    .name = "scaling",
    .help = "Scaling: one thread to all CPUs, then up to 8 threads per CPU",
    .chosen = (const char *const[]){"vcpus", "topology", "numa", NULL},
    .blocks = 10,
    .quick_blocks = 2,
    .stepwise = true,
    .step_keys = 2,
    .plan = plan_scaling,
    .measure = experiment_team,
    .print = print_scaling,
};
