/* SPDX-License-Identifier: MIT */
/* Makes one invalid access to the probe or its control device; the argument is its number. */
#include <stdlib.h>

#include "guest/kvm/start.h"

#define WORK(kind)   ((uint64_t)(kind) << MINIVMM_CONTROL_WORK_SHIFT | 1)
#define DELAY(delay) ((uint64_t)(delay) << MINIVMM_CONTROL_DELAY_SHIFT)

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    static const struct {
        uint64_t address, value;
    } write[] = {
        {MINIVMM_PROBE_CONTROL_BASE + MINIVMM_CONTROL_WORK, WORK(MINIVMM_WORK_COUNT)},
        {MINIVMM_PROBE_CONTROL_BASE + MINIVMM_CONTROL_WORK, UINT64_MAX},
        {MINIVMM_PROBE_CONTROL_BASE + MINIVMM_CONTROL_INTERRUPT, DELAY(1000000000)},
        {MINIVMM_PROBE_CONTROL_BASE + MINIVMM_CONTROL_INTERRUPT, DELAY(0xffffffff)},
        {MINIVMM_PROBE_CONTROL_BASE + MINIVMM_CONTROL_MMIO, 0},
        {MINIVMM_PROBE_CONTROL_BASE + MINIVMM_CONTROL_WAYS, 0},
        {MINIVMM_PROBE_CONTROL_BASE + 0xa0, 0}, /* unknown register */
        {MINIVMM_PROBE_CONTROL_BASE + 0xff8, 0},
        {MINIVMM_PROBE_BASE + MINIVMM_PROBE_WAYS * 8, 0},
        {MINIVMM_PROBE_BASE + 0xff8, 0},
    };
    static const uint64_t read[] = {
        MINIVMM_PROBE_BASE + MINIVMM_PROBE_COALESCED * 8,
        MINIVMM_PROBE_CONTROL_BASE + MINIVMM_CONTROL_TIMES,
        MINIVMM_PROBE_CONTROL_BASE + MINIVMM_CONTROL_MMIO + 4,
        MINIVMM_PROBE_CONTROL_BASE + 0x20, /* way out of range */
    };
    const unsigned writes = sizeof(write) / sizeof(write[0]);
    const unsigned reads = sizeof(read) / sizeof(read[0]);
    unsigned which = (unsigned)strtoul(machine->args, NULL, 10);

    (void)team;
    if (which < writes) {
        *(volatile uint64_t *)write[which].address = write[which].value;
        return 77;
    }
    which -= writes;
    if (which < reads)
        return 77 + (uint32_t)(*(volatile uint64_t *)read[which] & 1);
    switch (which - reads) {
    case 0:
        return 77 + *(volatile uint8_t *)(MINIVMM_PROBE_CONTROL_BASE + MINIVMM_CONTROL_WAYS);
    case 1:
        *(volatile uint32_t *)(MINIVMM_PROBE_CONTROL_BASE + MINIVMM_CONTROL_TIMES) = 1;
        return 77;
    case 2: /* crosses the end of the ports */
        __asm__ volatile("outl %%eax, %w0" ::"d"(MINIVMM_PROBE_PORT + 30), "a"(0));
        return 77;
    }
    return 0;
}
