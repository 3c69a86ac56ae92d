/* SPDX-License-Identifier: MIT */
/* Writes to an MMIO address without a device. */
#include "guest/kvm/start.h"

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    (void)machine, (void)team;
    *(volatile uint32_t *)(MINIVMM_DEVICE_BASE + 0x123450) = 1;
    return 0;
}
