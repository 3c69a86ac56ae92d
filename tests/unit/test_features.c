/* SPDX-License-Identifier: MIT */
/* --cpu: the feature table, parsing a list, and applying it to the guest's CPUID. */
#include <string.h>

#include "tests/support/suite.h"
#include "vmm/kvm/features.h"

#define INDEXED KVM_CPUID_FLAG_SIGNIFCANT_INDEX

static struct config_cpu cpu;
static struct cpuid_table table;
static struct features_masked masked;

static unsigned row(const char *name)
{
    int found = features_find(name, (unsigned)strlen(name));

    ck_assert_msg(found >= 0, "no feature %s", name);
    return (unsigned)found;
}

static void must_parse(const char *text)
{
    struct err err = {0};

    ck_assert_msg(!features_parse(&cpu, text, &err), "%s: %s", text, err.text);
    ck_assert_str_eq(cpu.text, text);
}

/* All names of a blank-separated list are in the set, or none (`expected` false). */
static void check_set(const struct feature_set *set, const char *names, bool expected)
{
    char copy[512], *rest = copy, *name;

    strcpy(copy, names);
    while ((name = strsep(&rest, " ")))
        ck_assert_msg(set->has[row(name)] == expected, "%s of '%s'", name, cpu.text);
}

START_TEST(each_feature_has_its_own_bit)
{
    ck_assert_uint_lt(feature_count, FEATURES_MAX);
    for (unsigned i = 0; i < feature_count; i++) {
        const struct feature *a = &feature_table[i];

        ck_assert(a->bit < 32 && a->reg <= FEATURE_EDX);
        ck_assert_int_eq(features_find(a->name, (unsigned)strlen(a->name)), (int)i);
        ck_assert_msg(!a->use || a->baseline, "%s", a->name);
        for (unsigned j = 0; j < i; j++) {
            const struct feature *b = &feature_table[j];

            ck_assert_msg(a->leaf != b->leaf || a->subleaf != b->subleaf || a->reg != b->reg ||
                              a->bit != b->bit,
                          "%s and %s", a->name, b->name);
        }
    }
    ck_assert_int_eq(features_find("av", 2), -1);
    ck_assert_int_eq(features_find("avx,", 3), (int)row("avx"));
}
END_TEST

START_TEST(required_ids_have_a_row)
{
    for (unsigned id = FEATURE_NONE + 1; id < FEATURE_IDS; id++) {
        unsigned count = 0;

        for (unsigned i = 0; i < feature_count; i++)
            count += feature_table[i].id == id;
        ck_assert_msg(count == 1, "id %u: %u rows", id, count);
    }
}
END_TEST

START_TEST(removing_a_feature_removes_its_dependents)
{
    must_parse("host,-avx");
    check_set(&cpu.removed,
              "avx avx2 fma f16c avx512f avx512vl avx512bw avx512vbmi avx512_vnni avx512_fp16 vaes "
              "vpclmulqdq xop fma4 avx_vnni avx512_bf16 avx10",
              true);
    check_set(&cpu.removed, "xsave xsaveopt aes pclmulqdq sse4_2 popcnt bmi2 sse2", false);

    must_parse("host,-avx512f");
    check_set(&cpu.removed, "avx512f avx512dq avx512ifma avx512cd avx512bw avx512_vpopcntdq avx10",
              true);
    check_set(&cpu.removed, "avx avx2 fma vaes", false);

    must_parse("-xsave");
    check_set(&cpu.removed, "xsave xsavec xsaves avx avx2 avx512f pku amx_tile amx_int8", true);

    must_parse("host,-fma");
    check_set(&cpu.removed, "fma avx512f", true);
    check_set(&cpu.removed, "avx avx2", false);

    must_parse("host,-ssse3");
    check_set(&cpu.removed, "ssse3 sse4_1 sse4_2", true);
    check_set(&cpu.removed, "sse3 avx", false);
}
END_TEST

START_TEST(baseline_is_x86_64_v1)
{
    must_parse("baseline");
    check_set(&cpu.removed, "sse3 ssse3 sse4_1 sse4_2 popcnt cx16 lahf_lm", true);
    check_set(&cpu.removed, "avx avx2 fma bmi1 bmi2 movbe f16c abm avx512f aes sha_ni pku", true);
    check_set(&cpu.removed, "sse sse2 fxsr cmov cx8 fpu mmx x2apic nx rdtscp xsave xsavec", false);
}
END_TEST

START_TEST(a_list_is_applied_from_left_to_right)
{
    must_parse("baseline,+avx2");
    check_set(&cpu.removed, "avx2 avx xsave", false);
    check_set(&cpu.removed, "fma avx512f sse3", true);
    check_set(&cpu.required, "avx2 avx xsave", true);
    check_set(&cpu.required, "fma sse2", false);

    must_parse("baseline,+avx2,-avx");
    check_set(&cpu.removed, "avx avx2", true);
    check_set(&cpu.required, "avx avx2", false);
    check_set(&cpu.required, "xsave", true);

    must_parse("-avx,+avx2");
    check_set(&cpu.removed, "avx avx2", false);
    check_set(&cpu.removed, "fma f16c avx512f", true);

    must_parse("host");
    for (unsigned i = 0; i < feature_count; i++)
        ck_assert(!cpu.removed.has[i] && !cpu.required.has[i]);
}
END_TEST

START_TEST(invalid_lists_are_refused)
{
    static const struct {
        const char *text, *why, *hint;
    } bad[] = {
        {"host,-avx3", "--cpu -avx3: unknown feature", "avx, avx2, avx512f"},
        {"+popcn", "--cpu +popcn: unknown feature", "popcnt"},
        {"-AVX3", "--cpu -AVX3: unknown feature", "avx, avx2, avx512f"},
        {"-?", "--cpu -?: unknown feature", "a name from /proc/cpuinfo"},
        {"-", "--cpu -: missing name after the sign", "host,-avx512f"},
        {"host,+", "--cpu +: missing name after the sign", "host,-avx512f"},
        {"host,avx", "--cpu avx: missing + or - before the name", "+avx or -avx"},
        {"bmi2", "--cpu bmi2: missing + or - before the name", "+bmi2 or -bmi2"},
        {"Host", "--cpu Host: must be host, baseline", "host,-avx512f"},
        {"avx=off", "--cpu avx=off: must be host, baseline, +NAME or -NAME", "host,-avx512f"},
        {"host,baseline", "--cpu baseline: must be the first item", "baseline,-avx512f"},
        {"host,", "--cpu 'host,': empty list item", "host,-avx512f"},
        {"host,,-avx", "--cpu 'host,,-avx': empty list item", "host,-avx512f"},
        {"", "--cpu '': empty list item", "host,-avx512f"},
        {"host,-sse2", "--cpu -sse2: cannot be removed", "64-bit programs"},
        {"-x2apic", "--cpu -x2apic: cannot be removed", "interrupts"},
        {"-tsc", "cannot be removed", "clock"},
        {"-nx", "cannot be removed", "non-executable"},
        {"-apic", "cannot be removed", "interrupts"},
        {"-lm", "cannot be removed", "64-bit mode"},
    };

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct err err = {0};

        ck_assert_msg(features_parse(&cpu, bad[i].text, &err) == -1, "%s", bad[i].text);
        ck_assert_int_eq(err.code, ERR_USAGE);
        ck_assert_msg(strstr(err.text, bad[i].why) != NULL, "%s: %s", bad[i].text, err.text);
        ck_assert_msg(strstr(err.hint, bad[i].hint) != NULL, "%s: %s", bad[i].text, err.hint);
    }
}
END_TEST

/* The message ends with the reason, however long the name is. */
START_TEST(a_long_name_is_truncated)
{
    struct err err = {0};
    char text[2000];

    memset(text, 'a', sizeof(text));
    text[0] = '-';
    text[sizeof(text) - 1] = '\0';
    ck_assert_int_eq(features_parse(&cpu, text, &err), -1);
    ck_assert_msg(strstr(err.text, "aaa: unknown feature") != NULL, "%s", err.text);
}
END_TEST

static void add(uint32_t function, uint32_t index, uint32_t eax, uint32_t ebx, uint32_t ecx,
                uint32_t edx)
{
    ck_assert_uint_lt(table.nent, CPUID_ENTRIES_MAX);
    table.entry[table.nent++] = (struct kvm_cpuid_entry2){
        .function = function,
        .index = index,
        .flags = INDEXED,
        .eax = eax,
        .ebx = ebx,
        .ecx = ecx,
        .edx = edx,
    };
}

/* All features except AMD's own; state components as on Intel, with PKRU and AMX. */
static void set_up(void)
{
    table.nent = 0;
    add(1, 0, 0x806f8, 0, ~(1u << 27), UINT32_MAX);
    add(7, 0, 1, UINT32_MAX, UINT32_MAX, UINT32_MAX);
    add(7, 1, UINT32_MAX, 0, 0, UINT32_MAX);
    add(0xd, 0, 0x602e7, 11008, 11008, 0);
    add(0xd, 1, 0x1f, 0, 0x1800, 0);
    add(0xd, 2, 256, 576, 0, 0);
    add(0xd, 5, 64, 1088, 0, 0);
    add(0xd, 6, 512, 1152, 0, 0);
    add(0xd, 7, 1024, 1664, 0, 0);
    add(0xd, 9, 8, 2688, 0, 0);
    add(0xd, 11, 16, 0, 1, 0);
    add(0xd, 17, 64, 2752, 2, 0);
    add(0xd, 18, 8192, 2816, 6, 0);
    add(0x1d, 0, 1, 0, 0, 0);
    add(0x1e, 0, 0, 0x4010, 0, 0);
    add(0x24, 0, 1, 1, 0, 0);
    add(0x80000001, 0, 0, 0, UINT32_MAX & ~(1u << 11 | 1u << 16), UINT32_MAX);
}

static void must_apply(const char *text)
{
    struct err err = {0};

    set_up();
    must_parse(text);
    ck_assert_msg(!features_apply(&table, &cpu, &masked, &err), "%s: %s", text, err.text);
}

static const struct kvm_cpuid_entry2 *leaf(uint32_t function, uint32_t index)
{
    const struct kvm_cpuid_entry2 *entry = cpuid_find(&table, function, index);

    ck_assert_msg(entry != NULL, "no leaf %#x.%u", function, index);
    return entry;
}

START_TEST(removing_a_feature_clears_its_bit)
{
    static struct cpuid_table whole;

    set_up();
    whole = table;
    for (unsigned i = 0; i < feature_count; i++) {
        const struct feature *feature = &feature_table[i];
        uint32_t reg[2][4];
        char text[40] = "host,-";

        if (feature->use || !cpuid_find(&whole, feature->leaf, feature->subleaf))
            continue;
        must_apply(strcat(text, feature->name));
        for (unsigned after = 0; after < 2; after++) {
            const struct kvm_cpuid_entry2 *entry =
                cpuid_find(after ? &table : &whole, feature->leaf, feature->subleaf);

            reg[after][FEATURE_EAX] = entry->eax;
            reg[after][FEATURE_EBX] = entry->ebx;
            reg[after][FEATURE_ECX] = entry->ecx;
            reg[after][FEATURE_EDX] = entry->edx;
        }
        ck_assert_msg(!(reg[1][feature->reg] >> feature->bit & 1), "%s", text);
        /* No bit is set, and no bit without a row in the table is cleared. */
        for (unsigned k = 0; k < feature_count; k++) {
            const struct feature *other = &feature_table[k];

            if (other->leaf == feature->leaf && other->subleaf == feature->subleaf &&
                cpu.removed.has[k])
                reg[0][other->reg] &= ~(1u << other->bit);
        }
        for (unsigned r = 0; r < 4; r++)
            ck_assert_msg(reg[1][r] == reg[0][r], "%s: %#x, expected %#x", text, reg[1][r],
                          reg[0][r]);
    }
}
END_TEST

START_TEST(state_components_go_with_their_features)
{
    static const struct {
        const char *text;
        uint64_t states, xcr0; /* components in leaf 0xd; enabled ones */
        uint32_t bytes;        /* of their XSAVE area */
    } cases[] = {
        {"host", 0x602e7, 0xe7, 11008},
        {"host,-popcnt", 0x602e7, 0xe7, 11008},
        {"host,-fma4", 0x602e7, 0xe7, 11008},
        {"host,-avx512bw", 0x602e7, 0xe7, 11008},
        {"host,-amx_tile", 0x2e7, 0xe7, 2696},
        {"host,-amx_tile,-pku", 0xe7, 0xe7, 2688},
        {"host,-avx512f,-amx_tile,-pku", 0x7, 0x7, 832},
        {"host,-avx512f", 0x60207, 0x7, 11008},
        {"host,-avx,-amx_tile", 0x203, 0x3, 2696},
        {"baseline", 0x3, 0x3, 576},
        {"baseline,+avx", 0x7, 0x7, 832},
        {"baseline,+avx512f", 0xe7, 0xe7, 2688},
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        must_apply(cases[i].text);
        ck_assert_msg(leaf(0xd, 0)->eax == cases[i].states, "%s: %#x", cases[i].text,
                      leaf(0xd, 0)->eax);
        ck_assert_uint_eq(cpuid_caps(&table).xcr0, cases[i].xcr0);
        ck_assert_msg(leaf(0xd, 0)->ecx == cases[i].bytes, "%s: %u", cases[i].text,
                      leaf(0xd, 0)->ecx);
        ck_assert_uint_eq(leaf(0xd, 0)->ebx, cases[i].bytes);
        ck_assert_uint_eq(leaf(0xd, 1)->ecx, 0x1800);
        for (unsigned state = 2; state < 32; state++)
            ck_assert_msg((cpuid_find(&table, 0xd, state) != NULL) ==
                              (state == 11 || (cases[i].states >> state & 1)),
                          "%s: state %u", cases[i].text, state);
    }
}
END_TEST

START_TEST(leaves_go_with_their_feature)
{
    must_apply("host,-xsave");
    ck_assert_ptr_null(cpuid_find(&table, 0xd, 0));
    ck_assert_ptr_null(cpuid_find(&table, 0xd, 1));
    ck_assert_ptr_null(cpuid_find(&table, 0x1d, 0));
    ck_assert_ptr_null(cpuid_find(&table, 0x1e, 0));
    ck_assert_uint_eq(cpuid_caps(&table).xcr0, 0);
    must_apply("host,-avx512bw");
    ck_assert_ptr_null(cpuid_find(&table, 0x24, 0));
    leaf(0x1d, 0);
    leaf(0x1e, 0);
    leaf(0xd, 0);
}
END_TEST

START_TEST(features_are_disabled_or_hidden)
{
    must_apply("host,-avx");
    check_set(&masked.disabled, "avx avx2 fma f16c vaes vpclmulqdq avx512f avx512bw", true);
    check_set(&masked.hidden, "avx avx2 fma f16c vaes vpclmulqdq avx512f avx512bw", false);
    /* KVM does not support these, so they are not reported as removed. */
    check_set(&masked.disabled, "xop fma4", false);

    must_apply("host,-fma,-popcnt,-avx512bw");
    check_set(&masked.disabled, "avx512f avx512dq", true);
    check_set(&masked.hidden, "fma popcnt", true);
    check_set(&masked.disabled, "fma popcnt", false);

    must_apply("host,-avx512bw");
    check_set(&masked.hidden, "avx512bw avx512vbmi", true);
    check_set(&masked.disabled, "avx512bw avx512vbmi", false);

    must_apply("host,-xsave,-fsgsbase");
    check_set(&masked.disabled, "xsave xsaveopt avx fsgsbase", true);

    must_apply("host,-xsaveopt,-aes");
    check_set(&masked.hidden, "xsaveopt aes vaes", true);

    must_apply("host");
    for (unsigned i = 0; i < feature_count; i++)
        ck_assert(!masked.disabled.has[i] && !masked.hidden.has[i]);
}
END_TEST

START_TEST(an_unsupported_required_feature_is_refused)
{
    struct err err = {0};

    set_up();
    must_parse("host,+xop");
    ck_assert_int_eq(features_apply(&table, &cpu, &masked, &err), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_msg(strstr(err.text, "--cpu host,+xop: KVM does not support xop") != NULL, "%s",
                  err.text);
    /* The same for a feature that it depends on. */
    cpuid_find(&table, 1, 0)->ecx &= ~(1u << 28);
    must_parse("baseline,+avx2");
    ck_assert_int_eq(features_apply(&table, &cpu, &masked, &err), -1);
    ck_assert_msg(strstr(err.text, "KVM does not support avx ") != NULL, "%s", err.text);
    must_apply("host,+popcnt,-xop");
}
END_TEST

/* KVM without XSAVE, as in an emulator. */
START_TEST(missing_leaves_are_ignored)
{
    struct err err = {0};

    table.nent = 0;
    add(1, 0, 0x60fb1, 0, 1u << 23, 1u << 26);
    must_parse("baseline,-xsave");
    ck_assert_int_eq(features_apply(&table, &cpu, &masked, &err), 0);
    ck_assert_uint_eq(table.nent, 1);
    ck_assert_uint_eq(leaf(1, 0)->ecx, 0);
    check_set(&masked.hidden, "popcnt", true);
    check_set(&masked.disabled, "xsave avx", false);
}
END_TEST

SUITE_MAIN("features", each_feature_has_its_own_bit, required_ids_have_a_row,
           removing_a_feature_removes_its_dependents, baseline_is_x86_64_v1,
           a_list_is_applied_from_left_to_right, invalid_lists_are_refused,
           a_long_name_is_truncated, removing_a_feature_clears_its_bit,
           state_components_go_with_their_features, leaves_go_with_their_feature,
           features_are_disabled_or_hidden, an_unsupported_required_feature_is_refused,
           missing_leaves_are_ignored)
