/* SPDX-License-Identifier: MIT */
/*
 * Vector units: the same program with fewer features in CPUID, against the same micro-kernel
 * natively. This is how a VM "loses half" of its compute.
 */
#include "tools/virtcost/experiments/experiment.h"

#define BENCH "linpack,dgemm"
#define ARGS  "n=3000"

/* Widest first; `cpu` is the guest's --cpu, `isa` the forced native code path. */
static const struct {
    const char *isa, *cpu;
} steps[] = {
    {"avx512", "host"},
    {"avx2", "host,-avx512f"},
    {"sse2", "host,-avx"},
};

static int plan_vector(struct plan *plan, const struct request *request, struct err *err)
{
    char label[32], pin[PLAN_PIN_MAX];
    int result = 0;

    (void)err;
    for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]) && !result; i++) {
        snprintf(label, sizeof(label), "isa=%s", steps[i].isa);
        if (!plan_has_isa(steps[i].isa)) {
            plan_skip(plan, "", label, "unsupported by these CPUs or their hypervisor");
            continue;
        }
        plan_step(plan, request, label,
                  json_pack("{s:s, s:o, s:s, s:s, s:s}", "bench",
                            request->bench ? request->bench : BENCH, "args",
                            json_sprintf("%s isa=%s", plan_args(request, ARGS), steps[i].isa),
                            "vcpus", "1", "pin", plan_pin(request, 1, pin), "cpu", steps[i].cpu));
        result = plan_try(plan, request);
    }
    return result;
}

const struct experiment experiment_vector = {
    .name = "vector",
    .help = "Vector units: the same code with AVX-512, AVX2 and SSE2, masked in the VM's CPUID",
    .chosen = (const char *const[]){"cpu", "vcpus", NULL},
    .blocks = 10,
    .quick_blocks = 2,
    .stepwise = true,
    .step_keys = 1,
    .plan = plan_vector,
};
