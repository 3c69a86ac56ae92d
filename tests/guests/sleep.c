/* SPDX-License-Identifier: MIT */
/* Never ends: vCPU 0 halts without a source of interrupts, the others wait on a word of memory. */
#include "guest/kvm/start.h"

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    (void)machine, (void)team;
    guest_log("asleep");
    for (;;)
        ring0_call(RING0_SLEEP, guest_local()->interrupts, 0);
}
