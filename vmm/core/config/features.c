/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/core/base/keyvalue.h"
#include "vmm/core/config/features.h"

#define XCR0_AVX    (1ull << 2)
#define XCR0_MPX    (3ull << 3)
#define XCR0_AVX512 (7ull << 5)
#define XCR0_PKRU   (1ull << 9)
#define XCR0_AMX    (3ull << 17)
#define XCR0_APX    (1ull << 19)

/* clang-format off */

/* Rows by leaf, subleaf, register; what follows the bit is named. */
#define L1C(name, bit, ...)  {name, 0x1, 0, FEATURE_ECX, bit, __VA_ARGS__}
#define L1D(name, bit, ...)  {name, 0x1, 0, FEATURE_EDX, bit, __VA_ARGS__}
#define L7B(name, bit, ...)  {name, 0x7, 0, FEATURE_EBX, bit, __VA_ARGS__}
#define L7C(name, bit, ...)  {name, 0x7, 0, FEATURE_ECX, bit, __VA_ARGS__}
#define L7D(name, bit, ...)  {name, 0x7, 0, FEATURE_EDX, bit, __VA_ARGS__}
#define L71A(name, bit, ...) {name, 0x7, 1, FEATURE_EAX, bit, __VA_ARGS__}
#define L71D(name, bit, ...) {name, 0x7, 1, FEATURE_EDX, bit, __VA_ARGS__}
#define LDA(name, bit, ...)  {name, 0xd, 1, FEATURE_EAX, bit, __VA_ARGS__}
#define X1C(name, bit, ...)  {name, 0x80000001, 0, FEATURE_ECX, bit, __VA_ARGS__}
#define X1D(name, bit, ...)  {name, 0x80000001, 0, FEATURE_EDX, bit, __VA_ARGS__}
#define X8B(name, bit, ...)  {name, 0x80000008, 0, FEATURE_EBX, bit, __VA_ARGS__}

#define NEEDS(...)  .needs = {__VA_ARGS__}
#define IS(feature) .id = FEATURE_##feature
#define CR4         .cr4 = true
#define BASELINE    .baseline = true
#define EXTENSION   .baseline = false

#define ABI(what)   BASELINE, .use = what
#define LONG_MODE   ABI("64-bit mode")
#define PROGRAMS    ABI("64-bit programs (x86-64 baseline)")

/* Intel SDM vol. 2, CPUID; AMD APM vol. 3, appendix E. Within a register, by bit. */
const struct feature feature_table[] = {
    L1D("fpu", 0, PROGRAMS),
    L1D("tsc", 4, ABI("the guest's clock")),
    L1D("msr", 5, LONG_MODE),
    L1D("pae", 6, LONG_MODE),
    L1D("cx8", 8, PROGRAMS),
    L1D("apic", 9, ABI("interrupts")),
    L1D("cmov", 15, PROGRAMS),
    L1D("mmx", 23, PROGRAMS),
    L1D("fxsr", 24, PROGRAMS),
    L1D("sse", 25, PROGRAMS),
    L1D("sse2", 26, PROGRAMS),

    L1C("sse3", 0, IS(SSE3)),
    L1C("pclmulqdq", 1, IS(PCLMULQDQ)),
    L1C("ssse3", 9, IS(SSSE3), NEEDS(FEATURE_SSE3)),
    L1C("fma", 12, IS(FMA), NEEDS(FEATURE_AVX)),
    L1C("cx16", 13, EXTENSION),
    L1C("sse4_1", 19, IS(SSE4_1), NEEDS(FEATURE_SSSE3)),
    L1C("sse4_2", 20, NEEDS(FEATURE_SSE4_1)),
    L1C("x2apic", 21, ABI("interrupts")),
    L1C("movbe", 22, EXTENSION),
    L1C("popcnt", 23, EXTENSION),
    L1C("aes", 25, IS(AES)),
    /* It is XCR0 that makes AVX fault, so it stays with the baseline. */
    L1C("xsave", 26, IS(XSAVE), CR4, BASELINE, .details = {0xd}),
    L1C("avx", 28, IS(AVX), NEEDS(FEATURE_XSAVE), .xcr0 = XCR0_AVX),
    L1C("f16c", 29, IS(F16C), NEEDS(FEATURE_AVX)),
    L1C("rdrand", 30, EXTENSION),

    L7B("fsgsbase", 0, CR4, BASELINE),
    L7B("bmi1", 3, EXTENSION),
    L7B("avx2", 5, IS(AVX2), NEEDS(FEATURE_AVX)),
    L7B("bmi2", 8, EXTENSION),
    L7B("erms", 9, BASELINE),
    L7B("mpx", 14, NEEDS(FEATURE_XSAVE), .xcr0 = XCR0_MPX),
    L7B("avx512f", 16, IS(AVX512F), NEEDS(FEATURE_AVX2, FEATURE_FMA, FEATURE_F16C),
        .xcr0 = XCR0_AVX512),
    L7B("avx512dq", 17, NEEDS(FEATURE_AVX512F)),
    L7B("rdseed", 18, EXTENSION),
    L7B("adx", 19, EXTENSION),
    L7B("avx512ifma", 21, NEEDS(FEATURE_AVX512F)),
    L7B("clflushopt", 23, BASELINE),
    L7B("clwb", 24, BASELINE),
    L7B("avx512pf", 26, NEEDS(FEATURE_AVX512F)),
    L7B("avx512er", 27, NEEDS(FEATURE_AVX512F)),
    L7B("avx512cd", 28, NEEDS(FEATURE_AVX512F)),
    L7B("sha_ni", 29, EXTENSION),
    L7B("avx512bw", 30, IS(AVX512BW), NEEDS(FEATURE_AVX512F)),
    L7B("avx512vl", 31, NEEDS(FEATURE_AVX512F)),

    L7C("avx512vbmi", 1, NEEDS(FEATURE_AVX512BW)),
    L7C("pku", 3, NEEDS(FEATURE_XSAVE), .xcr0 = XCR0_PKRU),
    L7C("avx512_vbmi2", 6, NEEDS(FEATURE_AVX512BW)),
    L7C("gfni", 8, EXTENSION),
    L7C("vaes", 9, NEEDS(FEATURE_AVX, FEATURE_AES)),
    L7C("vpclmulqdq", 10, NEEDS(FEATURE_AVX, FEATURE_PCLMULQDQ)),
    L7C("avx512_vnni", 11, NEEDS(FEATURE_AVX512F)),
    L7C("avx512_bitalg", 12, NEEDS(FEATURE_AVX512BW)),
    L7C("avx512_vpopcntdq", 14, NEEDS(FEATURE_AVX512F)),
    L7C("rdpid", 22, EXTENSION),

    L7D("avx512_4vnniw", 2, NEEDS(FEATURE_AVX512F)),
    L7D("avx512_4fmaps", 3, NEEDS(FEATURE_AVX512F)),
    L7D("fsrm", 4, BASELINE),
    L7D("avx512_vp2intersect", 8, NEEDS(FEATURE_AVX512F)),
    L7D("amx_bf16", 22, NEEDS(FEATURE_AMX_TILE)),
    L7D("avx512_fp16", 23, NEEDS(FEATURE_AVX512BW)),
    L7D("amx_tile", 24, IS(AMX_TILE), NEEDS(FEATURE_XSAVE), .xcr0 = XCR0_AMX, .details = {0x1d, 0x1e}),
    L7D("amx_int8", 25, NEEDS(FEATURE_AMX_TILE)),

    L71A("sha512", 0, NEEDS(FEATURE_AVX2)),
    L71A("sm3", 1, NEEDS(FEATURE_AVX)),
    L71A("sm4", 2, NEEDS(FEATURE_AVX2)),
    L71A("avx_vnni", 4, NEEDS(FEATURE_AVX2)),
    L71A("avx512_bf16", 5, NEEDS(FEATURE_AVX512BW)),
    L71A("amx_fp16", 21, NEEDS(FEATURE_AMX_TILE)),
    L71A("avx_ifma", 23, NEEDS(FEATURE_AVX2)),
    L71D("avx_vnni_int8", 4, NEEDS(FEATURE_AVX2)),
    L71D("avx_ne_convert", 5, NEEDS(FEATURE_AVX2)),
    L71D("amx_complex", 8, NEEDS(FEATURE_AMX_TILE)),
    L71D("avx_vnni_int16", 10, NEEDS(FEATURE_AVX2)),
    L71D("avx10", 19, NEEDS(FEATURE_AVX512BW), .details = {0x24}),
    L71D("apx_f", 21, NEEDS(FEATURE_XSAVE), .xcr0 = XCR0_APX),

    LDA("xsaveopt", 0, NEEDS(FEATURE_XSAVE), BASELINE),
    LDA("xsavec", 1, NEEDS(FEATURE_XSAVE), BASELINE),
    LDA("xgetbv1", 2, NEEDS(FEATURE_XSAVE), BASELINE),
    LDA("xsaves", 3, NEEDS(FEATURE_XSAVE), BASELINE),

    X1C("lahf_lm", 0, EXTENSION),
    X1C("abm", 5, EXTENSION),
    X1C("sse4a", 6, NEEDS(FEATURE_SSE3)),
    X1C("misalignsse", 7, EXTENSION),
    X1C("3dnowprefetch", 8, BASELINE),
    X1C("xop", 11, NEEDS(FEATURE_AVX)),
    X1C("fma4", 16, NEEDS(FEATURE_AVX)),
    X1C("tbm", 21, EXTENSION),
    X1D("nx", 20, ABI("non-executable memory")),
    X1D("rdtscp", 27, BASELINE),
    X1D("lm", 29, LONG_MODE),
    X8B("clzero", 0, BASELINE),
};

/* clang-format on */

#define ROWS (sizeof(feature_table) / sizeof(feature_table[0]))

_Static_assert(ROWS <= FEATURES_MAX, "a set has room for all");

const unsigned feature_count = ROWS;

static bool is_word(const char *item, unsigned length, const char *word)
{
    return strlen(word) == length && !strncmp(item, word, length);
}

int features_find(const char *name, unsigned length)
{
    for (unsigned i = 0; i < ROWS; i++)
        if (is_word(name, length, feature_table[i].name))
            return (int)i;
    return -1;
}

/* The row of a feature that others need. */
static unsigned row_of(enum feature_id id)
{
    unsigned row = 0;

    while (feature_table[row].id != id)
        row++;
    return row;
}

static bool needs_one_of(const struct feature *feature, const struct feature_set *set)
{
    for (unsigned i = 0; i < FEATURE_NEEDS_MAX && feature->needs[i]; i++)
        if (set->has[row_of(feature->needs[i])])
            return true;
    return false;
}

void features_close(struct feature_set *removed)
{
    bool more = true;

    while (more) {
        more = false;
        for (unsigned i = 0; i < ROWS; i++) {
            if (removed->has[i] || !needs_one_of(&feature_table[i], removed))
                continue;
            removed->has[i] = more = true;
        }
    }
}

bool features_disabled(unsigned row, const struct feature_set *removed, uint64_t xcr0)
{
    const struct feature *feature = &feature_table[row];

    if (!removed->has[row])
        return false;
    if (feature->cr4 || feature->xcr0 & ~xcr0)
        return true;
    for (unsigned i = 0; i < FEATURE_NEEDS_MAX && feature->needs[i]; i++)
        if (features_disabled(row_of(feature->needs[i]), removed, xcr0))
            return true;
    return false;
}

/* A feature and what it needs become part of the guest's. */
static void add(struct config_cpu *cpu, unsigned row)
{
    const struct feature *feature = &feature_table[row];

    cpu->removed.has[row] = false;
    cpu->required.has[row] = true;
    for (unsigned i = 0; i < FEATURE_NEEDS_MAX && feature->needs[i]; i++)
        add(cpu, row_of(feature->needs[i]));
}

static void remove_with_dependents(struct config_cpu *cpu, unsigned row)
{
    cpu->removed.has[row] = true;
    features_close(&cpu->removed);
    for (unsigned i = 0; i < ROWS; i++)
        cpu->required.has[i] &= !cpu->removed.has[i];
}

#define EXAMPLE "host,-avx512f"

struct parse {
    struct config_cpu *cpu;
    unsigned items; /* so far */
};

static unsigned alike(const char *a, const char *b, unsigned length)
{
    unsigned same = 0;

    while (same < length && tolower((unsigned char)a[same]) == b[same])
        same++;
    return same;
}

/* The hint is the names that are most like it, by how they begin, as far as there is room. */
static int unknown(struct err *err, const struct keyvalue_item *item)
{
    const char *name = item->key + 1;
    unsigned length = (unsigned)strlen(name);
    char known[sizeof(err->hint)] = "";
    unsigned most = 0, used = 0;

    for (unsigned i = 0; i < ROWS; i++) {
        unsigned same = alike(name, feature_table[i].name, length);

        most = same > most ? same : most;
    }
    if (!most)
        return keyvalue_bad(err, item, "unknown feature",
                            "a name from /proc/cpuinfo, such as avx512f or bmi2");
    for (unsigned i = 0; i < ROWS; i++) {
        const char *other = feature_table[i].name;

        if (alike(name, other, length) == most && used + strlen(other) + 3 < sizeof(known))
            used += (unsigned)sprintf(known + used, "%s%s", used ? ", " : "", other);
    }
    return keyvalue_bad(err, item, "unknown feature", known);
}

/* The error for an item that begins with no sign. */
static int unsigned_item(struct err *err, const struct keyvalue_item *item)
{
    char hint[sizeof(err->hint)];
    int row = item->has_value ? -1 : features_find(item->key, (unsigned)strlen(item->key));

    if (row < 0)
        return keyvalue_bad(err, item, "must be host, baseline, +NAME or -NAME", EXAMPLE);
    snprintf(hint, sizeof(hint), "+%s or -%s", feature_table[row].name, feature_table[row].name);
    return keyvalue_bad(err, item, "missing + or - before the name", hint);
}

static int parse_feature(void *ctx, const struct keyvalue_item *item, struct err *err)
{
    struct parse *parse = ctx;
    int row;

    parse->items++;
    if (*item->key != '+' && *item->key != '-')
        return unsigned_item(err, item);
    if (!item->key[1])
        return keyvalue_bad(err, item, "missing name after the sign", EXAMPLE);
    if (item->has_value)
        return keyvalue_bad(err, item, "takes no value", item->key);
    row = features_find(item->key + 1, (unsigned)strlen(item->key + 1));
    if (row < 0)
        return unknown(err, item);
    if (*item->key == '+') {
        add(parse->cpu, (unsigned)row);
    } else if (feature_table[row].use) {
        keyvalue_bad(err, item, "cannot be removed", "");
        return err_hint(err, "keep it, as the guest requires it for %s", feature_table[row].use);
    } else {
        remove_with_dependents(parse->cpu, (unsigned)row);
    }
    return 0;
}

/* Count a model, which must be the first item. */
static int parse_model(struct parse *parse, const struct keyvalue_item *item, struct err *err)
{
    char hint[sizeof(err->hint)];

    if (!parse->items++)
        return 0;
    snprintf(hint, sizeof(hint), "%s,-avx512f", item->key);
    return keyvalue_bad(err, item, "must be the first item", hint);
}

static int parse_host(void *ctx, const struct keyvalue_item *item, struct err *err)
{
    return parse_model(ctx, item, err);
}

static int parse_baseline(void *ctx, const struct keyvalue_item *item, struct err *err)
{
    struct parse *parse = ctx;

    if (parse_model(parse, item, err))
        return -1;
    for (unsigned i = 0; i < ROWS; i++)
        parse->cpu->removed.has[i] = !feature_table[i].baseline;
    return 0;
}

static const struct keyvalue_key keys[] = {
    {"host", NULL, parse_host},
    {"baseline", NULL, parse_baseline},
};

static const struct keyvalue_list list = {"cpu", EXAMPLE, keys, sizeof(keys) / sizeof(keys[0]),
                                          parse_feature};

int features_parse(struct config_cpu *cpu, const char *text, struct err *err)
{
    struct parse parse = {cpu, 0};
    char *copy = strdup(text);
    int result;

    *cpu = (struct config_cpu){.text = text};
    if (!copy)
        return err_sys(err, ERR_FAILED, "--cpu");
    result = keyvalue_parse(&list, text, copy, &parse, err);
    free(copy);
    return result;
}
