/* SPDX-License-Identifier: MIT */
/*
 * What the user asked for: plain data, filled in by the command line, constant afterwards.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/base/err.h"

#define CONFIG_VCPUS_MAX 4096 /* what the tables here can hold; KVM may allow fewer */

#define CONFIG_PINS_MAX 1024 /* in a list of --pin */

#define CONFIG_PAGE_4K (1ull << 12)
#define CONFIG_PAGE_2M (1ull << 21)
#define CONFIG_PAGE_1G (1ull << 30)

/* A switch that differs from its default only if the user says so. */
enum config_switch {
    CONFIG_DEFAULT, /* on where the host can, a warning elsewhere */
    CONFIG_ON,      /* an error where the host cannot */
    CONFIG_OFF,
};

enum config_format {
    CONFIG_TEXT,
    CONFIG_JSON,
};

struct config {
    const char *guest; /* path of the guest's ELF file; NULL: bench.elf beside the program */
    uint64_t mem_bytes;
    unsigned vcpus;            /* vCPUs, or threads of a native run */
    uint64_t hugepage_bytes;   /* pages of hugetlbfs to back memory with; 0: ordinary memory */
    enum config_switch thp;    /* transparent huge pages */
    bool prefault;             /* populate all memory before the start */
    uint64_t guest_page_bytes; /* the largest page in the guest's page tables */
    const char *bench;         /* names or dotted prefixes, "none", or NULL: all */
    const char *args;          /* for the guest; may be empty */
    bool quick;
    unsigned pin[CONFIG_PINS_MAX]; /* vCPU i runs on pin[i % pin_count] */
    unsigned pin_count;            /* 0: not pinned */
    uint64_t timeout_ns;           /* 0: none */
    enum config_format format;
    const char *output;   /* NULL: standard output */
    const char *log;      /* where the guest's text goes; NULL: standard error */
    const char *dump_dtb; /* NULL: do not */
    const char *trace;    /* every exit goes to this file; NULL: none */
    bool kvm_trace;       /* run once more, and count KVM's tracepoints */
    bool dry_run;
    bool list;
};

/* config_init(): the defaults. */
void config_init(struct config *config);

/*
 * config_validate(): whether the parts fit each other; what depends on the host is checked where
 * it is used. Returns 0, or -1 with ERR_USAGE.
 */
int config_validate(const struct config *config, struct err *err);

#endif
