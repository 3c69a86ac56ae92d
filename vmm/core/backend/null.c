/* SPDX-License-Identifier: MIT */
/* Engine null: completes everything at once and moves no data, to measure the rest of the path. */
#include "vmm/core/backend/engine.h"

static unsigned null_reap(struct backend *backend, struct backend_io **done, unsigned max)
{
    unsigned count = 0;

    while (count < max && (done[count] = engine_fifo_take(backend)))
        done[count++]->error = 0;
    return count;
}

const struct backend_ops engine_null = {
    .name = "null",
    .open = engine_fifo_open,
    .close = engine_fifo_close,
    .queue = engine_fifo_queue,
    .reap = null_reap,
    .wait = engine_fifo_wait,
};
