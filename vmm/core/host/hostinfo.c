/* SPDX-License-Identifier: MIT */
#include <cpuid.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "vmm/core/host/cpus.h"
#include "vmm/core/host/file.h"
#include "vmm/core/host/hostinfo.h"
#include "vmm/core/host/memory.h"

#define VULNERABILITIES "/sys/devices/system/cpu/vulnerabilities"

#define CPUID_ECX_HYPERVISOR    (1u << 31)
#define CPUID_EDX_TSC_INVARIANT (1u << 8)

static void read_cpu(struct hostinfo *info)
{
    const struct cpus_model found = cpus_model();
    unsigned a, b, c, d;

    cpus_name("", info->cpu);
    info->family = found.family;
    info->model = found.model;
    info->stepping = found.stepping;
    info->cpus = cpus_online();
    info->cpus_usable = cpus_allowed();
    if (__get_cpuid(1, &a, &b, &c, &d))
        info->virtualized = c & CPUID_ECX_HYPERVISOR;
    if (__get_cpuid(0x80000007, &a, &b, &c, &d))
        info->tsc_invariant = d & CPUID_EDX_TSC_INVARIANT;
    info->caches = host_caches();
}

/* The loaded KVM module and its kind of paging. */
static void read_kvm(struct hostinfo *info)
{
    bool vmx = cpus_have_vmx(), svm = cpus_have_svm();
    const struct {
        bool usable; /* a built-in module exists on any CPU */
        const char *module, *parameter, *paging;
    } backends[] = {
        {vmx, "kvm_intel", "/sys/module/kvm_intel/parameters/ept", "ept"},
        {svm, "kvm_amd", "/sys/module/kvm_amd/parameters/npt", "npt"},
        {!vmx && !svm, "kvm_pvm", "", "shadow"},
    };

    for (unsigned i = 0; i < sizeof(backends) / sizeof(backends[0]); i++) {
        char path[64], on[8];

        snprintf(path, sizeof(path), "/sys/module/%s", backends[i].module);
        if (!backends[i].usable || access(path, F_OK))
            continue;
        info->kvm_module = backends[i].module;
        info->paging = backends[i].paging;
        if (!file_read(backends[i].parameter, on, sizeof(on)) && (on[0] == 'N' || on[0] == '0'))
            info->paging = "shadow";
        return;
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void read_mitigations(struct hostinfo *info)
{
    DIR *dir = opendir(VULNERABILITIES);
    struct dirent *entry;

    while (dir && (entry = readdir(dir)) && info->mitigations < HOSTINFO_MITIGATIONS_MAX) {
        unsigned i = info->mitigations;
        char path[320];

        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), VULNERABILITIES "/%s", entry->d_name);
        if (file_read(path, info->mitigation[i].state, sizeof(info->mitigation[i].state)))
            continue;
        snprintf(info->mitigation[i].name, sizeof(info->mitigation[i].name), "%.39s",
                 entry->d_name);
        info->mitigations++;
    }
    if (dir)
        closedir(dir);
    qsort(info->mitigation, info->mitigations, sizeof(info->mitigation[0]), by_name);
}

static unsigned count_nodes(void)
{
    unsigned nodes = 0;
    char path[64];

    do
        snprintf(path, sizeof(path), "/sys/devices/system/node/node%u", nodes);
    while (!access(path, F_OK) && ++nodes);
    return nodes;
}

void hostinfo_read(struct hostinfo *info)
{
    static const struct {
        const char *path;
        size_t offset, size;
    } words[] = {
#define WORD(member, path) \
    {path, offsetof(struct hostinfo, member), sizeof(((struct hostinfo *)0)->member)}
        WORD(thp, "/sys/kernel/mm/transparent_hugepage/enabled"),
        WORD(thp_defrag, "/sys/kernel/mm/transparent_hugepage/defrag"),
        WORD(halt_poll_ns, "/sys/module/kvm/parameters/halt_poll_ns"),
        WORD(nx_huge_pages, "/sys/module/kvm/parameters/nx_huge_pages"),
        WORD(tdp_mmu, "/sys/module/kvm/parameters/tdp_mmu"),
        WORD(governor, "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
#undef WORD
    };
    struct utsname name;

    *info = (struct hostinfo){0};
    read_cpu(info);
    read_kvm(info);
    quota_read("", &info->quota);
    read_mitigations(info);
    file_status_kb("/proc/meminfo", "MemTotal:", &info->memory_bytes);
    info->memory_limit_bytes = memory_limit().bytes;
    info->numa_nodes = count_nodes();
    if (!uname(&name))
        snprintf(info->kernel, sizeof(info->kernel), "%s %s", name.sysname, name.release);
    for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        file_read(words[i].path, (char *)info + words[i].offset, words[i].size);
}
