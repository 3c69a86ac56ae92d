/* SPDX-License-Identifier: MIT */
/* Writes to the page tables, at the start of the VMM's reserved memory. */
#include "guest/kvm/start.h"

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    (void)team;
    /* The boot times are at the end of the region, which starts at the 2 MiB boundary below. */
    *(volatile uint64_t *)((uintptr_t)machine->boot_times & ~(uintptr_t)0x1fffff) = 0;
    return 0;
}
