/* SPDX-License-Identifier: MIT */
/* Ends with the status given by the argument. */
#include <stdlib.h>

#include "guest/kvm/start.h"

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    (void)team;
    return (uint32_t)strtoul(machine->args, NULL, 10);
}
