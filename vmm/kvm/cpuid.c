/* SPDX-License-Identifier: MIT */
#include <cpuid.h>
#include <string.h>

#include "vmm/kvm/cpuid.h"

#define LEAF_BASIC    0x1u
#define LEAF_FEATURES 0x7u
#define LEAF_XSAVE    0xdu
#define LEAF_EXTENDED 0x80000001u

#define BASIC_ECX_VMX         (1u << 5)
#define BASIC_ECX_FMA         (1u << 12)
#define BASIC_ECX_X2APIC      (1u << 21)
#define BASIC_ECX_DEADLINE    (1u << 24)
#define BASIC_ECX_XSAVE       (1u << 26)
#define BASIC_ECX_OSXSAVE     (1u << 27)
#define BASIC_ECX_AVX         (1u << 28)
#define BASIC_ECX_F16C        (1u << 29)
#define FEATURES_EBX_FSGSBASE (1u << 0)
#define FEATURES_EBX_AVX2     (1u << 5)
#define FEATURES_EBX_SMEP     (1u << 7)
/* AVX512F, DQ, IFMA, CD, BW, VL */
#define FEATURES_EBX_AVX512  (1u << 16 | 1u << 17 | 1u << 21 | 1u << 28 | 1u << 30 | 1u << 31)
#define EXTENDED_ECX_SVM     (1u << 2)
#define EXTENDED_EDX_NX      (1u << 20)
#define EXTENDED_EDX_PAGE_1G (1u << 26)

/* x87, SSE, AVX, opmask and ZMM: components that need no permission and no other register. */
#define XCR0_X87    0x01u
#define XCR0_AVX    0x06u
#define XCR0_AVX512 0xe6u
#define XCR0_USED   (XCR0_X87 | XCR0_AVX | XCR0_AVX512)

struct kvm_cpuid_entry2 *cpuid_find(struct cpuid_table *table, uint32_t leaf, uint32_t subleaf)
{
    for (unsigned i = 0; i < table->nent; i++) {
        struct kvm_cpuid_entry2 *entry = &table->entry[i];

        if (entry->function == leaf &&
            (entry->index == subleaf || !(entry->flags & KVM_CPUID_FLAG_SIGNIFCANT_INDEX)))
            return entry;
    }
    return NULL;
}

void cpuid_remove(struct cpuid_table *table, uint32_t leaf)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < table->nent; i++)
        if (table->entry[i].function != leaf)
            table->entry[kept++] = table->entry[i];
    table->nent = kept;
}

/*
 * A KVM implementation that runs user code without hardware virtualization may list the vector
 * state components in leaf 0xd and omit the feature bits of leaves 1 and 7, though the instructions
 * work once XCR0 enables them. If the components can be enabled, take these bits from the host's
 * CPUID; with hardware virtualization KVM has set them already.
 */
static void add_vector_features(struct cpuid_table *table, uint64_t xcr0)
{
    struct kvm_cpuid_entry2 *basic = cpuid_find(table, LEAF_BASIC, 0);
    struct kvm_cpuid_entry2 *features = cpuid_find(table, LEAF_FEATURES, 0);
    uint32_t a, b, c, d;

    if (!basic || !features || (xcr0 & XCR0_AVX) != XCR0_AVX)
        return;
    __cpuid(LEAF_BASIC, a, b, c, d);
    basic->ecx |= c & (BASIC_ECX_XSAVE | BASIC_ECX_AVX | BASIC_ECX_FMA | BASIC_ECX_F16C);
    __cpuid_count(LEAF_FEATURES, 0, a, b, c, d);
    features->ebx |= b & FEATURES_EBX_AVX2;
    if ((xcr0 & XCR0_AVX512) == XCR0_AVX512)
        features->ebx |= b & FEATURES_EBX_AVX512;
}

static uint64_t offered_xcr0(const struct cpuid_table *table)
{
    struct kvm_cpuid_entry2 *xsave = cpuid_find((struct cpuid_table *)table, LEAF_XSAVE, 0);

    return xsave ? xsave->eax & XCR0_USED : 0;
}

int cpuid_supported(const struct kvm *kvm, struct cpuid_table *table, struct err *err)
{
    struct kvm_cpuid_entry2 *entry;

    table->nent = CPUID_ENTRIES_MAX;
    table->padding = 0;
    if (KVM_IOCTL(kvm->fd, KVM_GET_SUPPORTED_CPUID, table, err) < 0)
        return -1;
    add_vector_features(table, offered_xcr0(table));

    /* No nested virtualization. */
    entry = cpuid_find(table, LEAF_BASIC, 0);
    if (entry) {
        entry->ecx = (entry->ecx & ~BASIC_ECX_VMX) | BASIC_ECX_X2APIC;
        /* KVM does not report TSC-deadline: user space sets it if the in-kernel APIC has it. */
        if (kvm_can(kvm->fd, KVM_CAP_TSC_DEADLINE_TIMER))
            entry->ecx |= BASIC_ECX_DEADLINE;
    }
    entry = cpuid_find(table, LEAF_EXTENDED, 0);
    if (entry)
        entry->ecx &= ~EXTENDED_ECX_SVM;
    return 0;
}

void cpuid_copy(struct cpuid_table *to, const struct cpuid_table *from)
{
    memcpy(to, from, offsetof(struct cpuid_table, entry) + from->nent * sizeof(from->entry[0]));
}

struct cpuid_caps cpuid_caps(const struct cpuid_table *table)
{
    struct cpuid_table *t = (struct cpuid_table *)table;
    const struct kvm_cpuid_entry2 *basic = cpuid_find(t, LEAF_BASIC, 0);
    const struct kvm_cpuid_entry2 *features = cpuid_find(t, LEAF_FEATURES, 0);
    const struct kvm_cpuid_entry2 *extended = cpuid_find(t, LEAF_EXTENDED, 0);
    struct cpuid_caps caps = {0};

    if (basic && basic->ecx & BASIC_ECX_XSAVE)
        caps.xcr0 = offered_xcr0(table);
    if (features) {
        caps.smep = features->ebx & FEATURES_EBX_SMEP;
        caps.fsgsbase = features->ebx & FEATURES_EBX_FSGSBASE;
    }
    if (extended) {
        caps.nx = extended->edx & EXTENDED_EDX_NX;
        caps.page_1g = extended->edx & EXTENDED_EDX_PAGE_1G;
    }
    return caps;
}
