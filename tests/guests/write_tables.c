/* SPDX-License-Identifier: MIT */
/* Writes to where the page tables lie: the beginning of what the VMM reserved. */
#include "guest/kvm/machine.h"

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    (void)team;
    /* The boot times end the region; its beginning is the last 2 MiB border before them. */
    *(volatile uint64_t *)((uintptr_t)machine->boot_times & ~(uintptr_t)0x1fffff) = 0;
    return 0;
}
