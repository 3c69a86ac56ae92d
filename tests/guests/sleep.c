/* SPDX-License-Identifier: MIT */
/* Never ends: one vCPU halts with nothing to wake it, the others wait for a word to change. */
#include "guest/kvm/machine.h"

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    (void)machine, (void)team;
    guest_log("asleep");
    for (;;)
        ring0_call(RING0_SLEEP, guest_local()->interrupts, 0);
}
