/* SPDX-License-Identifier: MIT */
/* Makes one invalid access to the paravirtual device; the argument is its number. */
#include <stdlib.h>

#include "guest/kvm/start.h"

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    static const struct {
        unsigned reg;
        uint64_t value;
    } write[] = {
        {MINIVMM_PARAVIRT_WAIT, 0x1001},              /* misaligned */
        {MINIVMM_PARAVIRT_WAIT, MINIVMM_DEVICE_BASE}, /* not RAM */
        {MINIVMM_PARAVIRT_WAIT, 0xfffffffffffc},
        {MINIVMM_PARAVIRT_WAKE, 2},
        {MINIVMM_PARAVIRT_WAKE, 0xfffffffffffffffc},
        {0x18, 0}, /* unknown register */
        {0xff8, 0},
    };
    const unsigned writes = sizeof(write) / sizeof(write[0]);
    unsigned which = (unsigned)strtoul(machine->args, NULL, 10);

    (void)team;
    if (which < writes) {
        *(volatile uint64_t *)(MINIVMM_PARAVIRT_BASE + write[which].reg) = write[which].value;
        return 77;
    }
    switch (which - writes) {
    case 0:
        return *(volatile uint8_t *)MINIVMM_PARAVIRT_BASE;
    case 1:
        *(volatile uint16_t *)(MINIVMM_PARAVIRT_BASE + 4) = 1;
        return 77;
    }
    return 0;
}
