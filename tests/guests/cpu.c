/* SPDX-License-Identifier: MIT */
/*
 * Logs the CPU identification that each vCPU reads, in hexadecimal: CPUID as "VCPU LEAF.SUBLEAF EAX
 * EBX ECX EDX" and XCR0, if present, as "VCPU xcr0 VALUE", both in ring 3, and "VCPU apic ID".
 */
#include <cpuid.h>

#include "guest/kvm/start.h"

#define MSR_X2APIC_ID 0x802

static const struct {
    unsigned leaf, subleaves;
} leaves[] = {
    {0x0, 1},  {0x1, 1},        {0x4, 5},        {0x7, 2},        {0xb, 3},        {0xd, 10},
    {0x1f, 3}, {0x80000001, 1}, {0x80000008, 1}, {0x8000001d, 5}, {0x8000001e, 1},
};

static void log_cpu(struct team *team, unsigned vcpu, void *arg)
{
    unsigned a, b, c, d;

    (void)team, (void)arg;
    for (unsigned i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
        if ((unsigned)__get_cpuid_max(leaves[i].leaf & 0x80000000, NULL) < leaves[i].leaf)
            continue;
        for (unsigned subleaf = 0; subleaf < leaves[i].subleaves; subleaf++) {
            __cpuid_count(leaves[i].leaf, subleaf, a, b, c, d);
            guest_log("%x %x.%x %x %x %x %x", vcpu, leaves[i].leaf, subleaf, a, b, c, d);
        }
    }
    __cpuid(1, a, b, c, d);
    if (c & bit_OSXSAVE) {
        __asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
        guest_log("%x xcr0 %x", vcpu, a);
    }
    guest_log("%x apic %x", vcpu, (unsigned)ring0_call(RING0_RDMSR, MSR_X2APIC_ID, 0));
}

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    team_run(team, machine->vcpus, log_cpu, NULL);
    return 0;
}
