/* SPDX-License-Identifier: MIT */
/*
 * Every vCPU waits for an interrupt from the VMM, addressed by vCPU index, and then for an IPI from
 * vCPU 0, addressed by APIC ID.
 */
#include "guest/kvm/start.h"

#define MSR_X2APIC_ID 0x802
#define DELAY_NS      100000u
#define VCPUS_MAX     64

static uint32_t apic_id[VCPUS_MAX];
static uint32_t turn; /* index of the vCPU that requests its interrupt from the VMM */

static uint32_t taken(void)
{
    return __atomic_load_n(&guest_local()->interrupts, __ATOMIC_ACQUIRE);
}

static void sleep_until(uint32_t count)
{
    uint32_t seen;

    while ((seen = taken()) < count)
        ring0_call(RING0_SLEEP, seen, 0);
}

static void take_turns(struct team *team, unsigned vcpu, void *arg)
{
    const struct guest_machine *machine = arg;

    (void)team;
    apic_id[vcpu] = (uint32_t)ring0_call(RING0_RDMSR, MSR_X2APIC_ID, 0);
    while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) != vcpu)
        cpu_relax();
    *(volatile uint64_t *)(MINIVMM_PROBE_CONTROL_BASE + MINIVMM_CONTROL_INTERRUPT) =
        vcpu | VECTOR_INTERRUPT << MINIVMM_CONTROL_VECTOR_SHIFT |
        (uint64_t)DELAY_NS << MINIVMM_CONTROL_DELAY_SHIFT;
    sleep_until(1);
    __atomic_store_n(&turn, vcpu + 1, __ATOMIC_RELEASE);
    if (!vcpu) {
        while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) != machine->vcpus)
            cpu_relax();
        for (unsigned i = 0; i < machine->vcpus; i++)
            ring0_call(RING0_IPI, apic_id[i], 0);
    }
    sleep_until(2);
}

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    if (machine->vcpus > VCPUS_MAX)
        return 1;
    team_run(team, machine->vcpus, take_turns, (void *)machine);
    return 0;
}
