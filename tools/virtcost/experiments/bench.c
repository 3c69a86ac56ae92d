/* SPDX-License-Identifier: MIT */
/* One step with --bench and the other options unchanged. */
#include "tools/virtcost/experiments/experiment.h"

static int plan_bench(struct plan *plan, const struct request *request, struct err *err)
{
    (void)err;
    plan_step(plan, request, "", json_object());
    return 0;
}

const struct experiment experiment_bench = {
    .name = "bench",
    .help = "The benchmarks of --bench with the given options; the default if --bench is given",
    .blocks = 10,
    .quick_blocks = 3,
    .plan = plan_bench,
};
