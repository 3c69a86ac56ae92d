/* SPDX-License-Identifier: MIT */
/* Reports on the host: cgroup limits, shared CPUs, unknown values. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/suite.h"
#include "vmm/core/host/caches.h"

#define MOUNT "/sys/fs/cgroup"

/* A cgroup below the root of a hierarchy, and a child that this process enters. */
struct group {
    char outer[400], inner[500], before[400];
    bool version_1;
};

static int write_in(const char *folder, const char *name, const char *text)
{
    char path[600];
    int fd, result;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    result = write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : -1;
    close(fd);
    return result;
}

/* The path of this process's group in the hierarchy of a controller; "" for version 2. */
static bool find_own(const char *controller, char *path, size_t size)
{
    FILE *file = fopen("/proc/self/cgroup", "re");
    char line[512], key[64];
    bool found = false;

    snprintf(key, sizeof(key), ":%s:", controller);
    while (file && !found && fgets(line, sizeof(line), file)) {
        char *at = strstr(line, key);

        if (!at)
            continue;
        at[strcspn(at, "\n")] = '\0';
        snprintf(path, size, "%s", at + strlen(key));
        found = true;
    }
    if (file)
        fclose(file);
    return found;
}

/* Files of a group and their values, by version; unused entries have no name. */
struct setting {
    const char *file, *value;
};

/*
 * Create both groups, set limits of the outer one and enter the inner one. Returns whether that is
 * possible here.
 */
static bool enter(struct group *group, const char *controller, const struct setting set[2][2])
{
    const struct setting *of;
    char own[256], root[64];
    bool made;

    *group = (struct group){.version_1 = find_own(controller, own, sizeof(own))};
    if (!group->version_1 && !find_own("", own, sizeof(own)))
        return false;
    snprintf(root, sizeof(root), "%s%s%s", MOUNT, group->version_1 ? "/" : "",
             group->version_1 ? controller : "");
    snprintf(group->before, sizeof(group->before), "%s%s", root, own);
    snprintf(group->outer, sizeof(group->outer), "%s/minivmm-test-%d", root, (int)getpid());
    snprintf(group->inner, sizeof(group->inner), "%s/inner", group->outer);
    of = set[!group->version_1];
    made = !mkdir(group->outer, 0755) && !mkdir(group->inner, 0755) &&
           !write_in(group->outer, of[0].file, of[0].value) &&
           (!of[1].file || !write_in(group->outer, of[1].file, of[1].value)) &&
           !write_in(group->inner, "cgroup.procs", "0");
    if (!made) {
        rmdir(group->inner);
        rmdir(group->outer);
    }
    return made;
}

/* Remove the groups, which may fail for a moment after their last member has ended. */
static void leave(const struct group *group)
{
    const struct timespec pause = {.tv_nsec = 10000000};

    ck_assert_int_eq(write_in(group->before, "cgroup.procs", "0"), 0);
    for (unsigned i = 0; i < 200 && rmdir(group->inner) && errno == EBUSY; i++)
        nanosleep(&pause, NULL);
    ck_assert_int_eq(rmdir(group->outer), 0);
}

/* 1/5 CPU: a busy thread is throttled within milliseconds. */
static bool enter_quota(struct group *group)
{
    static const struct setting set[2][2] = {
        {{"cpu.cfs_period_us", "10000"}, {"cpu.cfs_quota_us", "2000"}},
        {{"cpu.max", "2000 10000"}},
    };

    return enter(group, "cpu", set);
}

static bool enter_memory(struct group *group)
{
    static const struct setting set[2][2] = {
        {{"memory.limit_in_bytes", "209715200"}},
        {{"memory.max", "209715200"}},
    };

    return enter(group, "memory", set);
}

static bool warns(const json_t *report, const char *code)
{
    json_t *warning;
    size_t i;

    json_array_foreach (json_at(report, "warnings"), i, warning)
        if (!strcmp(json_text_at(warning, "code"), code))
            return true;
    return false;
}

static const char *const programs[] = {"minivmm", "bench-native"};

/* The quota is set on the parent of the programs' group. */
START_TEST(a_cpu_quota_is_reported)
{
    struct group group;

    if (!enter_quota(&group)) {
        suite_skip_part("no CPU quota can be set here");
        return;
    }
    for (unsigned i = 0; i < 2; i++) {
        struct outcome run = program_run(programs[i], "--mem", "64M", "--vcpus", "2", "--bench",
                                         "fma", "--quick", "--report", "json", NULL);

        ck_assert_msg(run.status == 0, "%s", run.err);
        ck_assert_double_eq(json_number_value(json_at(run.json, "host.cpu_limit")), 0.2);
        ck_assert(warns(run.json, "cpu_limit"));
        ck_assert_int_gt(json_int_at(run.json, "host.cpu_throttled.periods"), 0);
        ck_assert_int_gt(json_int_at(run.json, "host.cpu_throttled.ns"), 0);
        ck_assert(warns(run.json, "cpu_throttled"));
        outcome_free(&run);
    }
    leave(&group);
}
END_TEST

/* In a cgroup namespace, a process does not see the names of its groups. */
START_TEST(a_cpu_quota_is_reported_in_a_namespace)
{
    struct group group;
    struct outcome run;

    if (!enter_quota(&group)) {
        suite_skip_part("no CPU quota can be set here");
        return;
    }
    ck_assert_int_eq(unshare(CLONE_NEWCGROUP), 0);
    run = program_run("bench-native", "--mem", "64M", "--bench", "none", NULL);
    ck_assert_msg(run.status == 0, "%s", run.err);
    ck_assert_msg(strstr(run.out, "; CPU quota 0.2; ") != NULL, "%s", run.out);
    outcome_free(&run);
    leave(&group);
}
END_TEST

START_TEST(without_a_quota_none_is_reported)
{
    struct outcome run =
        program_run("bench-native", "--mem", "64M", "--bench", "none", "--report", "json", NULL);

    ck_assert_int_eq(run.status, 0);
    if (json_has(run.json, "host.cpu_limit"))
        suite_skip_part("this machine has a quota");
    else
        ck_assert(!json_has(run.json, "host.cpu_throttled"));
    outcome_free(&run);
}
END_TEST

/* The suggested --mem fits with all overhead; otherwise the OOM killer would end the program. */
START_TEST(the_suggested_memory_fits)
{
    char suggested[32] = "";
    struct group group;
    struct outcome run;

    if (!enter_memory(&group)) {
        suite_skip_part("no memory limit can be set here");
        return;
    }
    run = program_run("minivmm", "--mem", "1G", "--bench", "none", NULL);
    ck_assert_int_eq(run.status, 2);
    ck_assert_msg(strstr(run.err, "the cgroup's limit of 200 MiB; try: --mem ") != NULL, "%s",
                  run.err);
    sscanf(strstr(run.err, "try: --mem ") + strlen("try: --mem "), "%31s", suggested);
    ck_assert_int_ge(atoi(suggested), 100);
    ck_assert_int_lt(atoi(suggested), 200);
    outcome_free(&run);
    for (unsigned i = 0; i < 4; i++) {
        run = program_run(programs[i % 2], "--mem", suggested, "--prefault", "--bench", "none",
                          i < 2 ? NULL : "--thp", "off", NULL);
        ck_assert_msg(run.status == 0, "%s: %d %s", suggested, run.status, run.err);
        outcome_free(&run);
    }
    run = program_run("minivmm", "--mem", "198M", "--prefault", "--bench", "none", NULL);
    ck_assert_int_eq(run.status, 1);
    ck_assert_msg(strstr(run.err, "--prefault: 198 MiB plus page tables") != NULL &&
                      strstr(run.err, "try: --mem ") != NULL,
                  "%s", run.err);
    outcome_free(&run);
    leave(&group);
}
END_TEST

START_TEST(oversubscription_is_reported)
{
    for (unsigned i = 0; i < 2; i++) {
        struct outcome run = program_run(programs[i], "--mem", "64M", "--vcpus", "2", "--pin", "0",
                                         "--bench", "none", "--report", "json", NULL);

        ck_assert_msg(run.status == 0, "%s", run.err);
        ck_assert(warns(run.json, "oversubscribed"));
        ck_assert(!warns(run.json, "unpinned"));
        outcome_free(&run);
    }
}
END_TEST

START_TEST(a_disks_thread_beside_a_vcpu_is_reported)
{
    struct outcome run = program_run("minivmm", "--mem", "64M", "--pin", "0", "--bench", "blk.read",
                                     "--args", "bs=4k iodepth=1", "--quick", "--disk",
                                     "engine=null,size=1M,cpu=0", "--report", "json", NULL);

    ck_assert_msg(run.status == 0, "%s", run.err);
    ck_assert(warns(run.json, "disk_beside_vcpu"));
    ck_assert(!warns(run.json, "page_cache"));
    ck_assert(json_is_false(json_at(run.json, "benches.0.page_cache")));
    outcome_free(&run);
}
END_TEST

START_TEST(the_page_cache_is_reported)
{
    for (unsigned i = 0; i < 2; i++) {
        struct outcome run =
            program_run(programs[i], "--mem", "64M", "--bench", "blk.read", "--args",
                        "bs=4k iodepth=1", "--quick", "--report", "json", NULL);

        ck_assert_msg(run.status == 0, "%s", run.err);
        ck_assert(warns(run.json, "page_cache"));
        ck_assert(json_is_true(json_at(run.json, "benches.0.page_cache")));
        outcome_free(&run);
    }
}
END_TEST

/* Hide /proc and /sys, as in a chroot. Returns whether that is possible. */
static bool hide(void)
{
    return !suite_mount("/sys", NULL) && !suite_mount("/proc", NULL);
}

START_TEST(values_hidden_in_a_chroot_are_omitted)
{
    static const char *const absent[] = {"host.steal_pct",
                                         "host.memory_bytes",
                                         "host.memory_limit_bytes",
                                         "host.cpus",
                                         "host.numa_nodes",
                                         "host.cpu_limit",
                                         "host.cpu_throttled",
                                         "host.mitigations",
                                         "memory",
                                         "host.kvm_module",
                                         "config.host_page_used_bytes",
                                         "benches.0.time_ns.runqueue",
                                         "benches.0.time_ns.asleep",
                                         "vcpus.0.time_ns.runqueue"};

    struct host_caches caches = host_caches_cpuid();
    const char *guest = program_path("bench.elf");

#ifdef __SANITIZE_ADDRESS__
    suite_skip_part("a sanitizer needs /proc");
    return;
#endif
    if (!hide()) {
        suite_skip_part("nothing can be mounted here");
        return;
    }
    for (unsigned i = 0; i < 2; i++) {
        struct outcome run = i ? program_run("bench-native", "--mem", "64M", "--bench", "fma",
                                             "--quick", "--report", "json", NULL)
                               : program_run("minivmm", "--guest", guest, "--mem", "64M", "--bench",
                                             "fma", "--quick", "--report", "json", NULL);

        ck_assert_msg(run.status == 0, "%s", run.err);
        for (unsigned k = 0; k < sizeof(absent) / sizeof(absent[0]); k++)
            ck_assert_msg(!json_has(run.json, absent[k]), "%s of %s", absent[k], programs[i]);
        ck_assert_int_gt(json_int_at(run.json, "benches.0.time_ns.on_cpu"), 0);
        ck_assert_str_ne(json_text_at(run.json, "host.cpu"), "");
        /* Caches may be known from CPUID, so that working sets do not change. */
        if (caches.llc)
            ck_assert_int_eq(json_int_at(run.json, "host.caches_bytes.llc"), caches.llc);
        ck_assert(warns(run.json, "time_unknown"));
        ck_assert(!warns(run.json, "steal"));
        outcome_free(&run);
    }
    umount("/proc");
    umount("/sys");
}
END_TEST

START_TEST(a_native_run_has_no_ring_3_time)
{
    struct outcome run =
        program_run("bench-native", "--mem", "64M", "--bench", "none", "--report", "json", NULL);

    ck_assert_int_eq(run.status, 0);
    ck_assert(json_has(run.json, "startup.main_to_entry_ns"));
    ck_assert(!json_has(run.json, "startup.entry_to_user_ns"));
    outcome_free(&run);
}
END_TEST

SUITE_MAIN_KVM("host", a_cpu_quota_is_reported, a_cpu_quota_is_reported_in_a_namespace,
               without_a_quota_none_is_reported, the_suggested_memory_fits,
               oversubscription_is_reported, a_disks_thread_beside_a_vcpu_is_reported,
               the_page_cache_is_reported, values_hidden_in_a_chroot_are_omitted,
               a_native_run_has_no_ring_3_time)
