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

static void add_step(struct plan *plan, const struct request *request, const char *label,
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
    plan_try(plan, request);
}

static void add_nodes(struct plan *plan, const struct request *request)
{
    static struct hostinfo host;
    char pin[PLAN_PIN_MAX];

    hostinfo_read(&host);
    if (host.numa_nodes < 2) {
        plan_skip(plan, "", "nodes=2", "this machine has one NUMA node");
        return;
    }
    plan_step(plan, request, "nodes=2",
              json_pack("{s:s, s:o, s:s, s:s}", "bench", request->bench ? request->bench : BENCH,
                        "vcpus", json_sprintf("%u", plan_threads(request)), "args",
                        plan_args(request, ARGS), "pin",
                        plan_pin(request, plan_threads(request), pin)));
    plan_option(plan, "numa", "2");
    plan_try(plan, request);
}

static int plan_topology(struct plan *plan, const struct request *request, struct err *err)
{
    unsigned threads = plan_threads(request);
    char topology[64];

    (void)err;
    add_step(plan, request, "bound", NULL, 1);
    add_step(plan, request, "floating", NULL, 0);
    snprintf(topology, sizeof(topology), "sockets=%u,cores=1,threads=1", threads);
    add_step(plan, request, "sockets", topology, 1);
    snprintf(topology, sizeof(topology), "sockets=1,cores=%u,threads=1", threads);
    add_step(plan, request, "cores", topology, 1);
    if (threads % 2 == 0) {
        snprintf(topology, sizeof(topology), "sockets=1,cores=%u,threads=2", threads / 2);
        add_step(plan, request, "threads", topology, 1);
    }
    add_nodes(plan, request);
    return 0;
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
    .blocks = 10,
    .quick_blocks = 2,
    .stepwise = true,
    .plan = plan_topology,
    .print = print_topology,
};
