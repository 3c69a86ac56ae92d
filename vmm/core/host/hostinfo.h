/* SPDX-License-Identifier: MIT */
/*
 * The properties of the host on which results depend; part of every report.
 */
#ifndef HOST_HOSTINFO_H
#define HOST_HOSTINFO_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/core/host/caches.h"
#include "vmm/core/host/cpus.h"
#include "vmm/core/host/quota.h"

#define HOSTINFO_MITIGATIONS_MAX 40

struct hostinfo {
    char cpu[CPUS_NAME_MAX]; /* "AMD EPYC 7763 64-Core Processor" */
    unsigned family, model, stepping;
    unsigned cpus, cpus_usable;
    bool virtualized; /* the hypervisor bit of CPUID: this host is itself a VM */
    bool tsc_invariant;
    uint64_t memory_bytes;
    struct host_caches caches;
    unsigned numa_nodes;
    char kernel[144];
    const char *kvm_module; /* "kvm_intel", "kvm_amd", "kvm_pvm", or NULL: none loaded */
    const char *paging;     /* "ept", "npt", "shadow", or NULL: unknown */
    /* Contents of the kernel's files; empty: no such file. */
    char thp[48], thp_defrag[64], halt_poll_ns[16], nx_huge_pages[16], tdp_mmu[16], governor[32];
    struct quota quota; /* at the time of hostinfo_read() */
    uint64_t memory_limit_bytes;
    struct {
        char name[40], state[120];
    } mitigation[HOSTINFO_MITIGATIONS_MAX];
    unsigned mitigations;
};

/* hostinfo_read(): fill in *info; unknown values are empty or 0. Takes some milliseconds. */
void hostinfo_read(struct hostinfo *info);

#endif
