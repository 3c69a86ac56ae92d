/* SPDX-License-Identifier: MIT */
/* Whatever --bench and the other options say, as they stand. */
#include "tools/virtcost/experiments/experiment.h"

static int plan_bench(struct plan *plan, const struct request *request, struct err *err)
{
    (void)err;
    plan_step(plan, request, "", json_object());
    return 0;
}

const struct experiment experiment_bench = {
    .name = "bench",
    .help = "What --bench and the other options say; what is run if only --bench is given",
    .blocks = 10,
    .quick_blocks = 3,
    .plan = plan_bench,
};
