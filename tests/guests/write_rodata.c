/* SPDX-License-Identifier: MIT */
/* Writes to read-only data. */
#include "guest/kvm/start.h"

static const uint32_t constant = 1;

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    uint32_t *pointer = (uint32_t *)&constant;

    (void)machine, (void)team;
    __asm__("" : "+r"(pointer)); /* hide from the compiler what it points to */
    *(volatile uint32_t *)pointer = 2;
    return 0;
}
