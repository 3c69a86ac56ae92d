/* SPDX-License-Identifier: MIT */
/* Halts until the local APIC timer fires, ten times. */
#include "guest/kvm/start.h"

#define MSR_X2APIC_TIMER  0x832
#define MSR_X2APIC_COUNT  0x838
#define MSR_X2APIC_DIVIDE 0x83e
#define TIMER_VECTOR      0x40
#define DIVIDE_BY_1       0xb
#define COUNT             100000

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    struct cpu_local *local = guest_local();

    (void)machine, (void)team;
    ring0_call(RING0_WRMSR, MSR_X2APIC_DIVIDE, DIVIDE_BY_1);
    ring0_call(RING0_WRMSR, MSR_X2APIC_TIMER, TIMER_VECTOR);
    if (ring0_call(RING0_RDMSR, MSR_X2APIC_TIMER, 0) != TIMER_VECTOR)
        return 1;
    for (unsigned i = 0; i < 10; i++) {
        uint32_t seen = __atomic_load_n(&local->interrupts, __ATOMIC_RELAXED);

        ring0_call(RING0_WRMSR, MSR_X2APIC_COUNT, COUNT);
        while (__atomic_load_n(&local->interrupts, __ATOMIC_RELAXED) == seen)
            ring0_call(RING0_SLEEP, seen, 0);
    }
    return local->interrupts == 10 ? 0 : 2;
}
