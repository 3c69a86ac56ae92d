/* SPDX-License-Identifier: MIT */
/*
 * Never ends: every vCPU spins, after one complete row, the BEGIN of another, and a number of log
 * lines given by the argument.
 */
#include <stdlib.h>

#include "guest/kvm/start.h"

static void spin(struct team *team, unsigned tid, void *arg)
{
    (void)team, (void)tid, (void)arg;
    for (;;)
        cpu_relax();
}

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    const struct channel_record records[] = {
        {.type = CHANNEL_BEGIN, .begin = {.threads = 1, .name = "done", .unit = "u", .op = "o"}},
        {.type = CHANNEL_SAMPLES, .samples = {.count = 1, .value = {1}}},
        {.type = CHANNEL_END, .end = {.ops = 1}},
        {.type = CHANNEL_CHECK, .check = {.ok = 1, .what = "w"}},
        {.type = CHANNEL_BEGIN, .begin = {.threads = 1, .name = "open", .unit = "u", .op = "o"}},
    };

    guest_send(records, sizeof(records) / sizeof(records[0]));
    for (unsigned long i = strtoul(machine->args, NULL, 10); i; i--)
        guest_log("%0200lu", i);
    guest_log("spinning");
    team_run(team, machine->vcpus, spin, NULL);
    return 0;
}
