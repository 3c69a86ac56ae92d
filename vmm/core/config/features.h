/* SPDX-License-Identifier: MIT */
/*
 * CPU features by name. A table lists the CPUID bit, the required features and the XCR0 state
 * components of each. --cpu selects among them; vmm/kvm/features.h applies the selection.
 *
 * Using a feature whose state component is clear in XCR0 raises #UD: it is disabled. Most other
 * features can only be hidden in CPUID, since a processor cannot disable them.
 */
#ifndef CONFIG_FEATURES_H
#define CONFIG_FEATURES_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/core/base/err.h"

enum feature_reg {
    FEATURE_EAX,
    FEATURE_EBX,
    FEATURE_ECX,
    FEATURE_EDX,
};

/* Features that others require; all others are identified by their name only. */
enum feature_id {
    FEATURE_NONE,
    FEATURE_XSAVE,
    FEATURE_SSE3,
    FEATURE_SSSE3,
    FEATURE_SSE4_1,
    FEATURE_AES,
    FEATURE_PCLMULQDQ,
    FEATURE_AVX,
    FEATURE_AVX2,
    FEATURE_FMA,
    FEATURE_F16C,
    FEATURE_AVX512F,
    FEATURE_AVX512BW,
    FEATURE_AMX_TILE,
    FEATURE_IDS,
};

#define FEATURES_MAX        96
#define FEATURE_NEEDS_MAX   3
#define FEATURE_DETAILS_MAX 2

struct feature {
    const char *name; /* as in /proc/cpuinfo, except sse3, which is "pni" there */
    uint32_t leaf, subleaf;
    enum feature_reg reg;
    unsigned bit;
    enum feature_id id;                       /* FEATURE_NONE unless others require it */
    enum feature_id needs[FEATURE_NEEDS_MAX]; /* required features, without transitive ones */
    uint64_t xcr0; /* state components, without those of the required features */
    bool cr4;      /* faults unless enabled in CR4, which requires the CPUID bit */
    uint32_t details[FEATURE_DETAILS_MAX]; /* CPUID leaves to clear together with it; 0: none */
    bool baseline;                         /* kept by "baseline" */
    const char *use;                       /* why the guest requires it; NULL: it does not */
};

/* The table. */
extern const struct feature feature_table[];
extern const unsigned feature_count;

/* A set of features, indexed by row of the table. */
struct feature_set {
    bool has[FEATURES_MAX];
};

/* Features that KVM supports and that were removed from the guest. */
struct features_masked {
    struct feature_set disabled; /* using one raises an exception */
    struct feature_set hidden;   /* cleared in CPUID only: usable by code that ignores CPUID */
};

/* --cpu */
struct config_cpu {
    const char *text;            /* the option's argument; NULL: not given */
    struct feature_set removed;  /* removed from the guest */
    struct feature_set required; /* the run fails if KVM lacks one */
};

/*
 * features_find(): the row of the feature `name`, of `length` characters, or -1.
 */
int features_find(const char *name, unsigned length);

/*
 * features_close(): add all features to a set that require one of its members, as AVX2 requires
 * AVX.
 */
void features_close(struct feature_set *removed);

/*
 * features_disabled(): whether using the feature `row`, a member of `removed`, raises an exception
 * in a guest with this XCR0.
 */
bool features_disabled(unsigned row, const struct feature_set *removed, uint64_t xcr0);

/*
 * features_parse(): parse "[host|baseline],+NAME,-NAME,...", left to right. Removing a feature also
 * removes those that require it; adding one also adds those that it requires. Returns 0 with *cpu
 * set, or -1 with ERR_USAGE. *cpu refers to `text`.
 */
int features_parse(struct config_cpu *cpu, const char *text, struct err *err);

#endif
