/* SPDX-License-Identifier: MIT */
/* This process's cgroup in each hierarchy, and its limits. */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "tools/virtcost/env/cgroup.h"
#include "tools/virtcost/env/hierarchy.h"
#include "tools/virtcost/env/oom.h"

START_TEST(our_cgroups_are_created_under_the_limits)
{
    static const struct {
        int version;
        const char *own, *parent, *path;
    } cases[] = {
        {1, "/top/a/b", "/top/a/b", "/a/b"},
        {2, "/top/a/b", "/top/a", "/a/b"},
        {2, "/top/a", "/top", "/a"},
        {2, "/top", "/top", ""},
        {1, "/top", "/top", ""},
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct hierarchy hierarchy = {.version = cases[i].version, .top = "/top"};
        char parent[PATH_MAX];

        snprintf(hierarchy.own, sizeof(hierarchy.own), "%s", cases[i].own);
        hierarchy_parent(&hierarchy, parent);
        ck_assert_str_eq(parent, cases[i].parent);
        ck_assert_str_eq(hierarchy_own(&hierarchy), cases[i].path);
    }
}
END_TEST

static int write_in(const char *folder, const char *name, const char *text)
{
    char path[PATH_MAX + 64];
    int fd, failed;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    failed = fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text);
    if (fd >= 0)
        close(fd);
    return failed;
}

/* Create two cgroups, one below the other. Returns whether that is possible. */
static bool make_two(const struct hierarchy *home, char outer[PATH_MAX], char inner[PATH_MAX + 8])
{
    snprintf(outer, PATH_MAX, "%.4000s/test-%d", home->own, (int)getpid());
    snprintf(inner, PATH_MAX + 8, "%s/inner", outer);
    return home->version == 1 && !mkdir(outer, 0755) && !mkdir(inner, 0755);
}

/* The tightest limit of a cgroup and those above it. */
START_TEST(the_tightest_limit_applies)
{
    struct hierarchy cpu, memory, now;
    char outer[PATH_MAX], inner[PATH_MAX + 8], place[PATH_MAX], id[32];
    struct err err;

    if (hierarchy_find(&cpu, "cpu") || !make_two(&cpu, outer, inner)) {
        suite_skip_part("no cgroup of version 1 can be made");
        return;
    }
    ck_assert(!write_in(outer, "cpu.cfs_quota_us", "30000"));
    ck_assert(!write_in(inner, "cpu.cfs_period_us", "10000"));
    ck_assert(!write_in(inner, "cgroup.procs", "0"));
    ck_assert_uint_eq(allowance_read().quota_us, 30000);
    ck_assert_uint_eq(allowance_read().period_us, 100000);
    ck_assert(!write_in(inner, "cpu.cfs_quota_us", "2000"));
    ck_assert_uint_eq(allowance_read().quota_us, 2000);
    ck_assert_uint_eq(allowance_read().period_us, 10000);
    ck_assert_int_eq(hierarchy_find(&now, "cpu"), 0);
    ck_assert_str_eq(now.own, inner);

    /* A container's path is below all of them: relative in each, as they differ now. */
    snprintf(id, sizeof(id), "virtcost-%d", (int)getpid());
    ck_assert_int_eq(cgroup_place(place, id, NULL, true, &err), 0);
    ck_assert_str_eq(place, id);
    ck_assert_int_eq(cgroup_place(place, id, "virtcost-1-all", true, &err), 0);
    ck_assert_int_eq(strncmp(place, "virtcost-1-all/virtcost-", 24), 0);
    ck_assert(!write_in(cpu.own, "cgroup.procs", "0"));
    ck_assert_int_eq(rmdir(inner) | rmdir(outer), 0);

    ck_assert_int_eq(hierarchy_find(&memory, "memory"), 0);
    if (!make_two(&memory, outer, inner))
        return;
    ck_assert(!write_in(outer, "memory.limit_in_bytes", "67108864"));
    ck_assert(!write_in(inner, "cgroup.procs", "0"));
    ck_assert_uint_eq(allowance_read().memory_bytes, 64 << 20);
    ck_assert(!write_in(memory.own, "cgroup.procs", "0"));
    ck_assert_int_eq(rmdir(inner) | rmdir(outer), 0);
}
END_TEST

/* In a cgroup namespace with the outer one's mounts, their roots are above the namespace's. */
START_TEST(a_cgroup_namespace_hides_no_hierarchy)
{
    struct hierarchy cpu, now;
    char outer[PATH_MAX], inner[PATH_MAX + 8], stray[PATH_MAX];

    if (hierarchy_find(&cpu, "cpu") || !make_two(&cpu, outer, inner)) {
        suite_skip_part("no cgroup of version 1 can be made");
        return;
    }
    ck_assert(!write_in(outer, "cpu.cfs_quota_us", "30000"));
    ck_assert(!write_in(inner, "cgroup.procs", "0"));
    ck_assert_int_eq(unshare(CLONE_NEWCGROUP), 0);
    ck_assert_int_eq(hierarchy_find(&now, "cpu"), 0);
    ck_assert_str_eq(now.own, inner);
    ck_assert_uint_eq(allowance_read().quota_us, 30000);

    /* A runtime takes the root of the namespace for the root of the mounts. */
    snprintf(stray, sizeof(stray), "%.4000s/virtcost-%d", cpu.top, (int)getpid());
    ck_assert_int_eq(mkdir(stray, 0755), 0);
    cgroup_sweep(getpid());
    ck_assert_int_eq(access(stray, F_OK), -1);
    ck_assert(!write_in(cpu.own, "cgroup.procs", "0"));
    ck_assert_int_eq(rmdir(inner) | rmdir(outer), 0);
}
END_TEST

/* Only those created by this process, by the number in their name, with those below. */
START_TEST(a_sweep_removes_only_our_cgroups)
{
    struct hierarchy memory;
    char ours[PATH_MAX], below[PATH_MAX + 8], other[PATH_MAX];

    if (hierarchy_find(&memory, "memory") || memory.version != 1) {
        suite_skip_part("no memory cgroup of version 1");
        return;
    }
    snprintf(ours, sizeof(ours), "%.4000s/virtcost-%d-x", memory.own, (int)getpid());
    snprintf(below, sizeof(below), "%s/below", ours);
    snprintf(other, sizeof(other), "%.4000s/virtcost-%d0", memory.own, (int)getpid());
    if (mkdir(ours, 0755)) {
        suite_skip_part("no cgroup can be made");
        return;
    }
    ck_assert_int_eq(mkdir(below, 0755) | mkdir(other, 0755), 0);
    cgroup_sweep(getpid());
    ck_assert_int_eq(access(ours, F_OK), -1);
    ck_assert_int_eq(rmdir(other), 0);
}
END_TEST

START_TEST(nobody_is_killed_without_reason)
{
    struct oom before = oom_now();
    char text[128];

    ck_assert(before.known);
    ck_assert(!oom_since(&before, 0, text, sizeof(text)));
    ck_assert(!oom_since(&before, 1 << 20, text, sizeof(text)));
}
END_TEST

SUITE_MAIN("hierarchy", our_cgroups_are_created_under_the_limits, the_tightest_limit_applies,
           a_cgroup_namespace_hides_no_hierarchy, a_sweep_removes_only_our_cgroups,
           nobody_is_killed_without_reason)
