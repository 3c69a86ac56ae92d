/* SPDX-License-Identifier: MIT */
/* On any host: known values are correct, unknown values are empty or 0. */
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "vmm/core/host/cpus.h"
#include "vmm/core/host/file.h"
#include "vmm/core/host/hostinfo.h"
#include "vmm/core/host/memory.h"

static struct hostinfo info;

static void set_up(void)
{
    memset(&info, 0xff, sizeof(info));
    hostinfo_read(&info);
}

START_TEST(cpus_are_counted)
{
    set_up();
    ck_assert_uint_eq(info.cpus, (unsigned)sysconf(_SC_NPROCESSORS_ONLN));
    ck_assert_uint_eq(info.cpus_usable, cpus_usable());
    ck_assert_uint_le(info.cpus_usable, info.cpus);
    ck_assert_uint_lt(strlen(info.cpu), sizeof(info.cpu));
    ck_assert_uint_gt(info.family, 0);
}
END_TEST

START_TEST(the_kernel_is_named)
{
    struct utsname name;

    set_up();
    ck_assert_int_eq(uname(&name), 0);
    ck_assert(!strncmp(info.kernel, "Linux ", 6));
    ck_assert_str_eq(info.kernel + 6, name.release);
}
END_TEST

static unsigned cpuinfo(const char *key)
{
    char text[32];

    ck_assert_int_eq(file_status_field("/proc/cpuinfo", key, text, sizeof(text)), 0);
    return (unsigned)strtoul(text, NULL, 10);
}

START_TEST(the_model_matches_cpuinfo)
{
    set_up();
    ck_assert_uint_eq(info.family, cpuinfo("cpu family"));
    ck_assert_uint_eq(info.model, cpuinfo("model\t"));
    ck_assert_uint_eq(info.stepping, cpuinfo("stepping"));
}
END_TEST

START_TEST(memory_matches_meminfo)
{
    uint64_t bytes = 0;

    set_up();
    ck_assert_int_eq(file_status_kb("/proc/meminfo", "MemTotal:", &bytes), 0);
    ck_assert_uint_eq(info.memory_bytes, bytes);
    ck_assert_uint_eq(info.memory_limit_bytes, memory_limit().bytes);
}
END_TEST

START_TEST(mitigations_are_sorted)
{
    set_up();
    ck_assert_uint_le(info.mitigations, HOSTINFO_MITIGATIONS_MAX);
    for (unsigned i = 0; i < info.mitigations; i++) {
        char path[128], state[120];

        ck_assert_str_ne(info.mitigation[i].name, "");
        if (i)
            ck_assert_str_lt(info.mitigation[i - 1].name, info.mitigation[i].name);
        strcpy(path, "/sys/devices/system/cpu/vulnerabilities/");
        ck_assert_int_eq(file_read(strcat(path, info.mitigation[i].name), state, sizeof(state)), 0);
        ck_assert_str_eq(info.mitigation[i].state, state);
    }
}
END_TEST

START_TEST(the_kvm_module_is_loaded)
{
    static const char *const paging[] = {"ept", "npt", "shadow"};
    char path[64] = "/sys/module/";
    unsigned known = 0;

    set_up();
    /* The host may lack KVM. */
    if (!info.kvm_module) {
        ck_assert_ptr_null(info.paging);
        return;
    }
    ck_assert_int_eq(access(strcat(path, info.kvm_module), F_OK), 0);
    for (unsigned i = 0; i < 3; i++)
        known += !strcmp(info.paging, paging[i]);
    ck_assert_uint_eq(known, 1);
}
END_TEST

START_TEST(caches_grow_with_their_level)
{
    struct host_caches caches = host_caches();

    set_up();
    ck_assert_mem_eq(&info.caches, &caches, sizeof(caches));
    if (caches.l1d && caches.l2)
        ck_assert_uint_le(caches.l1d, caches.l2);
    if (caches.l1d || caches.l2)
        ck_assert_uint_ge(caches.llc, caches.l2 ? caches.l2 : caches.l1d);
}
END_TEST

/* sysfs has the values of CPUID. */
START_TEST(caches_without_sysfs_are_the_same)
{
    struct host_caches caches = host_caches(), cpuid = host_caches_cpuid();

    if (!cpuid.llc || access("/sys/devices/system/cpu/cpu0/cache/index0/size", F_OK)) {
        suite_skip_part("caches are described in one place only");
        return;
    }
    ck_assert_uint_eq(cpuid.l1d, caches.l1d);
    ck_assert_uint_eq(cpuid.l2, caches.l2);
    ck_assert_uint_eq(cpuid.llc, caches.llc);
}
END_TEST

SUITE_MAIN("hostinfo", cpus_are_counted, the_kernel_is_named, the_model_matches_cpuinfo,
           memory_matches_meminfo, mitigations_are_sorted, the_kvm_module_is_loaded,
           caches_grow_with_their_level, caches_without_sysfs_are_the_same)
