/* SPDX-License-Identifier: MIT */
#include "vmm/boot/entry.h"

#define CR0_PE (1ull << 0)
#define CR0_MP (1ull << 1)
#define CR0_ET (1ull << 4)
#define CR0_NE (1ull << 5)
#define CR0_WP (1ull << 16)
#define CR0_PG (1ull << 31)

#define CR4_PAE        (1ull << 5)
#define CR4_OSFXSR     (1ull << 9)
#define CR4_OSXMMEXCPT (1ull << 10)
#define CR4_FSGSBASE   (1ull << 16)
#define CR4_OSXSAVE    (1ull << 18)
#define CR4_SMEP       (1ull << 20)

#define EFER_LME (1ull << 8)
#define EFER_LMA (1ull << 10)
#define EFER_NX  (1ull << 11)

#define APIC_BASE   0xfee00000ull
#define APIC_BSP    (1ull << 8)
#define APIC_X2APIC (1ull << 10)
#define APIC_ENABLE (1ull << 11)

#define RFLAGS_FIXED (1ull << 1)

#define TYPE_DATA 3  /* read, write, accessed */
#define TYPE_CODE 11 /* execute, read, accessed */
#define TYPE_TSS  11 /* busy 64-bit TSS */

struct kvm_sregs entry_sregs(const struct layout *layout, const struct cpuid_caps *caps,
                             unsigned id)
{
    struct kvm_segment data = {.limit = 0xffffffff,
                               .selector = 0x10,
                               .type = TYPE_DATA,
                               .present = 1,
                               .s = 1,
                               .db = 1,
                               .g = 1};
    struct kvm_segment code = {.limit = 0xffffffff,
                               .selector = 0x08,
                               .type = TYPE_CODE,
                               .present = 1,
                               .s = 1,
                               .l = 1,
                               .g = 1};
    struct kvm_segment task = {.limit = 0x67, .type = TYPE_TSS, .present = 1};
    struct kvm_segment none = {.unusable = 1};

    return (struct kvm_sregs){
        .cs = code,
        .ds = data,
        .es = data,
        .fs = data,
        .gs = data,
        .ss = data,
        .tr = task,
        .ldt = none,
        .cr0 = CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_PG,
        .cr3 = layout->tables,
        .cr4 = CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT | (caps->xcr0 ? CR4_OSXSAVE : 0) |
               (caps->smep ? CR4_SMEP : 0) | (caps->fsgsbase ? CR4_FSGSBASE : 0),
        .efer = EFER_LME | EFER_LMA | (caps->nx ? EFER_NX : 0),
        .apic_base = APIC_BASE | APIC_ENABLE | APIC_X2APIC | (id == 0 ? APIC_BSP : 0),
    };
}

struct kvm_regs entry_regs(const struct layout *layout, gpa_t entry, unsigned id)
{
    return (struct kvm_regs){
        .rip = entry,
        .rsp = layout_stack_top(layout, id),
        .rdi = layout->dtb,
        .rsi = id,
        .rflags = RFLAGS_FIXED,
    };
}
