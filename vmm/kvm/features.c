/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "vmm/kvm/features.h"

#define LEAF_XSAVE 0xdu

/* The legacy region and the XSAVE header. */
#define XSAVE_AREA_MIN 576u

/* State components with a subleaf each; 0 and 1 are in the legacy region. */
#define XSAVE_STATES_FIRST 2u
#define XSAVE_STATES_END   63u

/* The register with a feature's bit, or NULL if the table lacks its leaf. */
static uint32_t *register_of(struct cpuid_table *table, const struct feature *feature)
{
    struct kvm_cpuid_entry2 *entry = cpuid_find(table, feature->leaf, feature->subleaf);

    if (!entry)
        return NULL;
    return (uint32_t *const[]){
        [FEATURE_EAX] = &entry->eax,
        [FEATURE_EBX] = &entry->ebx,
        [FEATURE_ECX] = &entry->ecx,
        [FEATURE_EDX] = &entry->edx,
    }[feature->reg];
}

static bool is_supported(struct cpuid_table *table, const struct feature *feature)
{
    const uint32_t *reg = register_of(table, feature);

    return reg && *reg & 1u << feature->bit;
}

static int check_required(struct cpuid_table *table, const struct config_cpu *cpu, struct err *err)
{
    static const char *const names[] = {
        [FEATURE_EAX] = "EAX", [FEATURE_EBX] = "EBX", [FEATURE_ECX] = "ECX", [FEATURE_EDX] = "EDX"};

    for (unsigned i = 0; i < feature_count; i++) {
        const struct feature *feature = &feature_table[i];

        if (!cpu->required.has[i] || is_supported(table, feature))
            continue;
        err_set(err, ERR_USAGE,
                "--cpu %s: KVM does not support %s on this host (CPUID %#x, bit %u of %s)",
                cpu->text, feature->name, feature->leaf, feature->bit, names[feature->reg]);
        return err_hint(err, "--cpu host, for all features that KVM supports");
    }
    return 0;
}

/* The size of a standard-format XSAVE area with these state components. */
static uint32_t area_bytes(struct cpuid_table *table, uint64_t states)
{
    uint32_t bytes = XSAVE_AREA_MIN;

    for (unsigned i = XSAVE_STATES_FIRST; i < XSAVE_STATES_END; i++) {
        const struct kvm_cpuid_entry2 *state = cpuid_find(table, LEAF_XSAVE, i);

        if (states >> i & 1 && state && state->ebx + state->eax > bytes)
            bytes = state->ebx + state->eax;
    }
    return bytes;
}

/* Remove components from subleaf 0, which lists them and their size, and their own subleaves. */
static void remove_states(struct cpuid_table *table, uint64_t removed)
{
    struct kvm_cpuid_entry2 *entry = cpuid_find(table, LEAF_XSAVE, 0);
    unsigned kept = 0;

    if (!entry || !removed)
        return;
    entry->eax &= (uint32_t)~removed;
    entry->edx &= (uint32_t)(~removed >> 32);
    entry->ecx = area_bytes(table, (uint64_t)entry->edx << 32 | entry->eax);
    /* The size for the current XCR0, which KVM updates when XCR0 changes. */
    entry->ebx = entry->ecx;
    for (unsigned i = 0; i < table->nent; i++) {
        const struct kvm_cpuid_entry2 *state = &table->entry[i];

        if (state->function != LEAF_XSAVE || state->index < XSAVE_STATES_FIRST ||
            state->index >= XSAVE_STATES_END || !(removed >> state->index & 1))
            table->entry[kept++] = *state;
    }
    table->nent = kept;
}

int features_apply(struct cpuid_table *table, const struct config_cpu *cpu,
                   struct features_masked *masked, struct err *err)
{
    struct feature_set supported = {0};
    uint64_t removed = 0, xcr0;

    *masked = (struct features_masked){0};
    if (check_required(table, cpu, err))
        return -1;
    for (unsigned i = 0; i < feature_count; i++) {
        const struct feature *feature = &feature_table[i];

        if (!cpu->removed.has[i])
            continue;
        removed |= feature->xcr0;
        supported.has[i] = is_supported(table, feature);
        if (supported.has[i])
            *register_of(table, feature) &= ~(1u << feature->bit);
    }
    /* Last, since the leaf that describes one feature may hold another's bit. */
    for (unsigned i = 0; i < feature_count; i++)
        for (unsigned k = 0; k < FEATURE_DETAILS_MAX; k++)
            if (cpu->removed.has[i] && feature_table[i].details[k])
                cpuid_remove(table, feature_table[i].details[k]);
    remove_states(table, removed);
    xcr0 = cpuid_caps(table).xcr0;
    for (unsigned i = 0; i < feature_count; i++) {
        bool disabled = features_disabled(i, &cpu->removed, xcr0);

        masked->disabled.has[i] = supported.has[i] && disabled;
        masked->hidden.has[i] = supported.has[i] && !disabled;
    }
    return 0;
}
