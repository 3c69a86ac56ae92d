/* SPDX-License-Identifier: MIT */
/*
 * CPU features by name: one table says where CPUID has each, what it cannot be without, and which
 * state of XCR0 it works on. --cpu chooses among them; vmm/kvm/features.h puts the choice into
 * effect.
 *
 * A feature whose state XCR0 does not have raises #UD when it is used: it is disabled. Most others
 * are only hidden, since a processor has no switch for them.
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

/* Features that others need; the rest have no name but that in the table. */
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
    const char *name; /* as in /proc/cpuinfo, but for sse3, which has an older name there */
    uint32_t leaf, subleaf;
    enum feature_reg reg;
    unsigned bit;
    enum feature_id id;                       /* for those that others need */
    enum feature_id needs[FEATURE_NEEDS_MAX]; /* not those that their own needs imply */
    uint64_t xcr0; /* the states that it, beside what it needs, works on */
    bool cr4;      /* it faults unless a bit of CR4 is set, which is only where CPUID has it */
    uint32_t details[FEATURE_DETAILS_MAX]; /* leaves that describe it and go with it; 0: none */
    bool baseline;   /* every x86-64 processor has it, or it adds no instructions to programs */
    const char *use; /* what a guest of minivmm has it for, and cannot be without; NULL: nothing */
};

/* The table. */
extern const struct feature feature_table[];
extern const unsigned feature_count;

/* A choice of features: one per row of the table. */
struct feature_set {
    bool has[FEATURES_MAX];
};

/* What became of those that KVM has and the guest does not get. */
struct features_masked {
    struct feature_set disabled; /* using one faults */
    struct feature_set hidden;   /* CPUID does not tell; a program that does not ask may use them */
};

/* What --cpu says. */
struct config_cpu {
    const char *text;            /* as it was given; NULL: it was not */
    struct feature_set removed;  /* these are not for the guest, whether KVM has them or not */
    struct feature_set required; /* without these, the run cannot be */
};

/*
 * features_find(): the row of a name of `length` characters, or -1.
 */
int features_find(const char *name, unsigned length);

/*
 * features_close(): add to a set whatever needs one of its members: without AVX, there is no AVX2.
 */
void features_close(struct feature_set *removed);

/*
 * features_disabled(): whether using a feature faults that was removed with others, in a guest with
 * these states in XCR0.
 */
bool features_disabled(unsigned row, const struct feature_set *removed, uint64_t xcr0);

/*
 * features_parse(): "host" or "baseline" or neither, then +NAME and -NAME, with commas between and
 * from left to right: removing a feature removes what needs it, and adding one adds what it needs.
 * Returns 0 with *cpu, or -1 with ERR_USAGE. The text must outlive *cpu.
 */
int features_parse(struct config_cpu *cpu, const char *text, struct err *err);

#endif
