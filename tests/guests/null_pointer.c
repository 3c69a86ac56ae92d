/* SPDX-License-Identifier: MIT */
/* Dereferences a null pointer. */
#include "guest/kvm/start.h"

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    volatile uint32_t *volatile nowhere = NULL;

    (void)machine, (void)team;
    return *nowhere;
}
