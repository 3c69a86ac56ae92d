/* SPDX-License-Identifier: MIT */
/* Jumps into the data segment, which is not executable. */
#include "guest/kvm/start.h"

static volatile uint8_t code[16] = {0xc3};

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    (void)machine, (void)team;
    ((void (*)(void))(uintptr_t)code)();
    return 0;
}
