/* SPDX-License-Identifier: MIT */
/*
 * Topology: sockets, cores, threads and nodes presented to the guest, with vCPUs pinned one to one
 * or floating.
 */
#include <string.h>

#include "tools/virtcost/experiments/experiment.h"
#include "tools/virtcost/figures/figures.h"
#include "tools/virtcost/figures/get.h"
#include "vmm/core/base/tabular.h"
#include "vmm/core/base/wrapped.h"
#include "vmm/core/host/hostinfo.h"

#define BENCH "linpack,stream.triad,gups"
#define ARGS  "n=3000"

static int add_step(struct plan *plan, const struct request *request, const char *label,
                    const char *topology, int bound)
{
    unsigned threads = plan_threads(request);
    char pin[PLAN_PIN_MAX];

    plan_step(plan, request, label,
              json_pack("{s:s, s:o, s:s}", "bench", request->bench ? request->bench : BENCH,
                        "vcpus", json_sprintf("%u", threads), "args", plan_args(request, ARGS)));
    if (topology)
        plan_option(plan, "topology", topology);
    if (bound)
        plan_option(plan, "pin", plan_pin(request, threads, pin));
    else
        json_object_del(plan->step[plan->steps - 1].options, "pin");
    return plan_try(plan, request);
}

static int add_nodes(struct plan *plan, const struct request *request)
{
    static struct hostinfo host;
    char pin[PLAN_PIN_MAX];

    hostinfo_read(&host);
    if (host.numa_nodes < 2) {
        plan_skip(plan, "", "nodes=2",
                  host.numa_nodes ? "this machine has one NUMA node"
                                  : "the number of NUMA nodes of this machine is unknown");
        return 0;
    }
    plan_step(plan, request, "nodes=2",
              json_pack("{s:s, s:o, s:s, s:s}", "bench", request->bench ? request->bench : BENCH,
                        "vcpus", json_sprintf("%u", plan_threads(request)), "args",
                        plan_args(request, ARGS), "pin",
                        plan_pin(request, plan_threads(request), pin)));
    plan_option(plan, "numa", "2");
    return plan_try(plan, request);
}

static int plan_topology(struct plan *plan, const struct request *request, struct err *err)
{
    unsigned threads = plan_threads(request);
    const struct {
        const char *label;
        unsigned sockets, cores, threads;
    } shapes[] = {
        {"sockets", threads, 1, 1},
        {"cores", 1, threads, 1},
        {"threads", 1, threads / 2, 2},
    };
    int result = add_step(plan, request, "bound", NULL, 1);
    char topology[64];

    (void)err;
    if (!result)
        result = add_step(plan, request, "floating", NULL, 0);
    for (unsigned i = 0; i < sizeof(shapes) / sizeof(shapes[0]) && !result; i++) {
        if (shapes[i].cores * shapes[i].threads * shapes[i].sockets != threads)
            continue;
        snprintf(topology, sizeof(topology), "sockets=%u,cores=%u,threads=%u", shapes[i].sockets,
                 shapes[i].cores, shapes[i].threads);
        result = add_step(plan, request, shapes[i].label, topology, 1);
    }
    return result ? result : add_nodes(plan, request);
}

/* The VM's configured topology: rows with this prefix, each a property. */
#define PROPERTY "topology."

static const char *const levels[] = {"sockets", "cores", "threads"};

#define LEVELS (sizeof(levels) / sizeof(levels[0]))

static void add_property(json_t *report, const char *what, const char *unit, double value)
{
    char name[32];

    snprintf(name, sizeof(name), PROPERTY "%s", what);
    json_array_append_new(json_object_get(report, "benches"),
                          experiment_row(name, unit, "none", value));
}

/* Whether the guest sees this topology in CPUID: if not, the report has a warning. */
static bool is_seen(const json_t *report)
{
    json_t *warning;
    size_t i;

    json_array_foreach (json_object_get(report, "warnings"), i, warning)
        if (get_is(warning, "code", "topology_not_seen"))
            return false;
    return true;
}

static int measure_topology(struct run *run, const struct environment *env, const struct site *site,
                            const json_t *options, struct err *err)
{
    int result = environment_run(run, env, site, options, err);
    const json_t *topology = json_object_get(json_object_get(run->report, "config"), "topology");

    for (unsigned i = 0; i < LEVELS && topology; i++)
        add_property(run->report, levels[i], levels[i], get_number(topology, levels[i]));
    if (topology && json_object_get(options, "topology"))
        add_property(run->report, "seen", "", is_seen(run->report));
    return result;
}

static const json_t *find_property(const json_t *results, const char *step, const char *what)
{
    char name[32];
    const struct figures_want want = {.step = step, .name = name, .env = "vm"};

    snprintf(name, sizeof(name), PROPERTY "%s", what);
    return figures_find(json_object_get(results, "values"), &want);
}

static void put_property(struct tabular *table, const json_t *property)
{
    if (json_object_get(property, "median"))
        tabular_cell(table, "%.0f", get_number(property, "median"));
    else
        tabular_cell(table, "-");
}

static void put_levels(struct tabular *table, const void *ctx)
{
    static const char *const steps[] = {"bound", "floating", "sockets",
                                        "cores", "threads",  "nodes=2"};

    for (unsigned s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
        const json_t *seen = find_property(ctx, steps[s], "seen");

        if (!find_property(ctx, steps[s], levels[0]))
            continue;
        tabular_cell(table, "%s", steps[s]);
        for (unsigned i = 0; i < LEVELS; i++)
            put_property(table, find_property(ctx, steps[s], levels[i]));
        /* The space separates it from the numbers. */
        tabular_cell(table, " %s",
                     !json_object_get(seen, "median") ? "-"
                     : get_number(seen, "median") > 0 ? "as configured"
                                                      : "different: see the warning");
        tabular_end(table);
    }
}

static void print_topology(FILE *out, const json_t *results)
{
    const struct tabular_column columns[] = {
        {"VM topology", 16, true, NULL},
        {levels[0], 8, false, NULL},
        {levels[1], 8, false, NULL},
        {levels[2], 8, false, NULL},
        {" in the guest's CPUID", 27, true, NULL},
    };

    fputc('\n', out);
    tabular_print(out, columns, sizeof(columns) / sizeof(columns[0]), put_levels, results);
    wrapped_note(out, "sockets, cores, threads: vCPUs bound one to one, presented in CPUID as "
                      "single-core\nsockets, cores of one socket, or pairs of threads. The kernels "
                      "read none of it:\na difference beyond the noise comes from the host.\n");
}

const struct experiment experiment_topology = {
    .name = "topology",
    .help = "Topology: sockets, cores, threads and nodes presented to the guest, bound or floating",
    .chosen = (const char *const[]){"topology", "numa", NULL},
    .blocks = 10,
    .quick_blocks = 2,
    .stepwise = true,
    .plan = plan_topology,
    .measure = measure_topology,
    .print = print_topology,
};
