/* SPDX-License-Identifier: MIT */
/* The engine that does nothing, at once: what is left is the cost of asking for it. */
#include "vmm/backend/engine.h"

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
