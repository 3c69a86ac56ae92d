/* SPDX-License-Identifier: MIT */
/* Logs a greeting and reports one row of results. */
#include "guest/kvm/start.h"

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    const struct channel_record records[] = {
        {.type = CHANNEL_PLAN, .plan = {1}},
        {.type = CHANNEL_BEGIN,
         .begin =
             {.threads = 1, .name = "hello", .params = "a=1,b=x", .unit = "hellos", .op = "hello"}},
        {.type = CHANNEL_END, .end = {.ops = 1, .window_ticks = 1000}},
        {.type = CHANNEL_SAMPLES, .samples = {.count = 2, .value = {1.5, 2.5}}},
        {.type = CHANNEL_CHECK, .check = {.ok = 1, .what = "error", .value = 0, .limit = 0}},
    };

    (void)team;
    guest_log("hello from %u vCPUs, arguments '%s'", machine->vcpus, machine->args);
    guest_send(records, sizeof(records) / sizeof(records[0]));
    return 0;
}
