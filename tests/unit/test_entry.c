/* SPDX-License-Identifier: MIT */
#include "minivmm/abi.h"
#include "tests/support/suite.h"
#include "vmm/boot/entry.h"

#define CR0_PE (1ull << 0)
#define CR0_WP (1ull << 16)
#define CR0_PG (1ull << 31)

#define CR4_PAE      (1ull << 5)
#define CR4_OSFXSR   (1ull << 9)
#define CR4_FSGSBASE (1ull << 16)
#define CR4_OSXSAVE  (1ull << 18)
#define CR4_SMEP     (1ull << 20)

#define EFER_LONG (1ull << 8 | 1ull << 10)
#define EFER_NX   (1ull << 11)

#define APIC_BSP (1ull << 8)

static const struct layout layout = {.tables = 0x3e00000, .stacks = 0x3f00000, .dtb = 0x3f80000};

START_TEST(registers_match_the_abi)
{
    for (unsigned id = 0; id < 3; id++) {
        struct kvm_regs regs = entry_regs(&layout, 0x201000, id);

        ck_assert_uint_eq(regs.rip, 0x201000);
        ck_assert_uint_eq(regs.rdi, layout.dtb);
        ck_assert_uint_eq(regs.rsi, id);
        ck_assert_uint_eq(regs.rsp, layout.stacks + (id + 1) * MINIVMM_STACK_BYTES);
        ck_assert_uint_eq(regs.rflags, 2); /* interrupts off */
    }
}
END_TEST

START_TEST(entry_is_in_64_bit_mode_and_ring_0)
{
    struct cpuid_caps caps = {.nx = true};
    struct kvm_sregs sregs = entry_sregs(&layout, &caps, 0);

    ck_assert_uint_eq(sregs.cr3, layout.tables);
    ck_assert_uint_eq(sregs.cr0 & (CR0_PE | CR0_PG | CR0_WP), CR0_PE | CR0_PG | CR0_WP);
    ck_assert_uint_eq(sregs.cr4 & (CR4_PAE | CR4_OSFXSR), CR4_PAE | CR4_OSFXSR);
    ck_assert_uint_eq(sregs.efer, EFER_LONG | EFER_NX);
    ck_assert(sregs.cs.present && sregs.cs.l && !sregs.cs.db && sregs.cs.dpl == 0);
    ck_assert(sregs.ss.present && sregs.ss.dpl == 0 && sregs.tr.present && !sregs.tr.s);
    ck_assert(sregs.ldt.unusable);
}
END_TEST

START_TEST(only_supported_features_are_enabled)
{
    struct cpuid_caps none = {0}, all = {.xcr0 = 7, .smep = true, .fsgsbase = true, .nx = true};
    const uint64_t optional = CR4_OSXSAVE | CR4_SMEP | CR4_FSGSBASE;

    ck_assert_uint_eq(entry_sregs(&layout, &none, 0).cr4 & optional, 0);
    ck_assert_uint_eq(entry_sregs(&layout, &none, 0).efer, EFER_LONG);
    ck_assert_uint_eq(entry_sregs(&layout, &all, 0).cr4 & optional, optional);
    all.smep = false;
    ck_assert_uint_eq(entry_sregs(&layout, &all, 0).cr4 & optional, CR4_OSXSAVE | CR4_FSGSBASE);
}
END_TEST

START_TEST(vcpu_0_is_the_bsp)
{
    struct cpuid_caps caps = {0};

    ck_assert_uint_eq(entry_sregs(&layout, &caps, 0).apic_base, 0xfee00000 | 0xc00 | APIC_BSP);
    ck_assert_uint_eq(entry_sregs(&layout, &caps, 1).apic_base, 0xfee00000 | 0xc00);
    ck_assert_uint_eq(entry_sregs(&layout, &caps, 255).apic_base, 0xfee00000 | 0xc00);
}
END_TEST

SUITE_MAIN("entry", registers_match_the_abi, entry_is_in_64_bit_mode_and_ring_0,
           only_supported_features_are_enabled, vcpu_0_is_the_bsp)
