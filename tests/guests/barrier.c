/* SPDX-License-Identifier: MIT */
/* All vCPUs meet in many barriers; after each, every vCPU checks that the others had arrived. */
#include <stdlib.h>

#include "guest/kvm/start.h"

static uint32_t arrived, rounds, wrong;

static void meet(struct team *team, unsigned tid, void *arg)
{
    (void)tid, (void)arg;
    for (uint32_t i = 1; i <= rounds; i++) {
        __atomic_fetch_add(&arrived, 1, __ATOMIC_RELAXED);
        team_barrier(team);
        if (__atomic_load_n(&arrived, __ATOMIC_RELAXED) != i * team->active)
            __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
        team_barrier(team);
    }
}

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    rounds = (uint32_t)strtoul(machine->args, NULL, 10);
    /* Teams of every size, so that some vCPUs take no part in some jobs. */
    for (unsigned active = 1; active <= machine->vcpus; active++) {
        arrived = 0;
        team_run(team, active, meet, NULL);
    }
    return wrong;
}
