/* SPDX-License-Identifier: MIT */
/* Writes to its code segment, which is read-only. */
#include "guest/kvm/start.h"

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    (void)machine, (void)team;
    *(volatile uint8_t *)guest_main = 0xc3;
    return 0;
}
