/* SPDX-License-Identifier: MIT */
/*
 * Topology: what the guest is told of sockets, cores, threads and nodes, and whether vCPUs are
 * bound one to one or float.
 */
#include <string.h>

#include "tools/virtcost/experiment.h"
#include "tools/virtcost/get.h"
#include "vmm/host/hostinfo.h"

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
        plan_skip(plan, "", "nodes=2", "this machine has one NUMA node");
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

static void print_topology(FILE *out, const json_t *results)
{
    (void)results;
    fprintf(out,
            "\nsockets, cores, threads: vCPUs bound one to one, presented in CPUID as so many\n"
            "sockets of one core, cores of one socket, and pairs of threads. The kernels ask for\n"
            "none of it: what differs beyond the noise is the host's doing.\n");
}

const struct experiment experiment_topology = {
    .name = "topology",
    .help = "Topology: sockets, cores, threads and nodes that the guest is told, bound or floating",
    .chosen = (const char *const[]){"topology", "numa", NULL},
    .blocks = 10,
    .quick_blocks = 2,
    .stepwise = true,
    .plan = plan_topology,
    .print = print_topology,
};
