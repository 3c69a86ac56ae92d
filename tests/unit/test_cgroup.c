/* SPDX-License-Identifier: MIT */
/* Directories of a process's groups, in trees like those of hosts and containers. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "tests/unit/fixture.h"
#include "vmm/core/host/cgroup.h"

static char root[FIXTURE_PATH_MAX];

/* The visited directories without the root, each with its version: "1:/a 1:/ ". */
static char visited[4096];

static void visit(void *ctx, const struct cgroup_group *group)
{
    (void)ctx;
    ck_assert(!strncmp(group->folder, root, strlen(root)));
    snprintf(visited + strlen(visited), sizeof(visited) - strlen(visited), "%d:%s ", group->version,
             group->folder + strlen(root));
}

static void check_visits(const char *controller, const char *expected)
{
    visited[0] = '\0';
    cgroup_each(root, controller, visit, NULL);
    ck_assert_str_eq(visited, expected);
}

static void set_up(const char *groups, const char *mounts)
{
    fixture_tree(root);
    fixture_add(root, "/proc/self/cgroup", "%s", groups);
    fixture_add(root, "/proc/self/mountinfo", "%s", mounts);
}

START_TEST(each_version_1_controller_has_its_own_path)
{
    set_up("4:memory:/user\n3:cpu,cpuacct:/batch/job:7\n1:name=systemd:/init\n",
           "25 1 0:20 / /sys rw - sysfs sysfs rw\n"
           "32 25 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup "
           "rw,cpu,cpuacct\n"
           "33 25 0:30 / /elsewhere/mem rw - cgroup cgroup rw,memory\n");
    check_visits("cpu", "1:/sys/fs/cgroup/cpu,cpuacct/batch/job:7 "
                        "1:/sys/fs/cgroup/cpu,cpuacct/batch 1:/sys/fs/cgroup/cpu,cpuacct ");
    check_visits("cpuacct", "1:/sys/fs/cgroup/cpu,cpuacct/batch/job:7 "
                            "1:/sys/fs/cgroup/cpu,cpuacct/batch 1:/sys/fs/cgroup/cpu,cpuacct ");
    check_visits("memory", "1:/elsewhere/mem/user 1:/elsewhere/mem ");
    /* Part of a controller's name does not match. */
    check_visits("cpua", "");
    check_visits("cpuset", "");
    fixture_remove(root);
}
END_TEST

START_TEST(version_2_has_one_path)
{
    set_up("0::/user.slice/a.scope\n", "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    check_visits("cpu", "2:/sys/fs/cgroup/user.slice/a.scope 2:/sys/fs/cgroup/user.slice "
                        "2:/sys/fs/cgroup ");
    fixture_remove(root);
}
END_TEST

START_TEST(a_hybrid_host_has_both)
{
    set_up("1:cpu:/a\n0::/b\n", "32 31 0:29 / /cg/cpu rw - cgroup cgroup rw,cpu\n"
                                "41 31 0:38 / /cg/unified rw - cgroup2 cgroup2 rw\n");
    check_visits("cpu", "1:/cg/cpu/a 1:/cg/cpu 2:/cg/unified/b 2:/cg/unified ");
    check_visits("memory", "2:/cg/unified/b 2:/cg/unified ");
    fixture_remove(root);
}
END_TEST

/* The mount's root is the container's group; /proc/self/cgroup still has the full path. */
START_TEST(a_container_sees_its_subtree)
{
    set_up("2:cpu:/docker/4711/sub\n1:memory:/docker/4711\n",
           "32 31 0:29 /docker/4711 /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n"
           "33 31 0:30 /docker/4711 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n");
    check_visits("cpu", "1:/sys/fs/cgroup/cpu/sub 1:/sys/fs/cgroup/cpu ");
    check_visits("memory", "1:/sys/fs/cgroup/memory ");
    fixture_remove(root);
    /* The mount of another container has none of this process's groups. */
    set_up("2:cpu:/docker/4711\n", "32 31 0:29 /docker/47 /cg/cpu rw - cgroup cgroup rw,cpu\n");
    check_visits("cpu", "");
    fixture_remove(root);
}
END_TEST

START_TEST(a_cgroup_namespace_has_its_own_root)
{
    set_up("2:cpu:/sub\n", "32 31 0:29 / /cg/cpu ro - cgroup cgroup rw,cpu\n");
    check_visits("cpu", "1:/cg/cpu/sub 1:/cg/cpu ");
    fixture_remove(root);
}
END_TEST

/* As after unshare(1) -C: the mount's root is above the namespace's, with unknown names. */
START_TEST(a_group_without_a_name_is_found_by_its_members)
{
    set_up("2:cpu:/\n1:memory:/sub\n0::/../c\n",
           "32 31 0:29 /../.. /cg/cpu rw - cgroup cgroup rw,cpu\n"
           "33 31 0:30 /../.. /cg/memory rw - cgroup cgroup rw,memory\n"
           "34 31 0:31 /../.. /cg/two rw - cgroup2 cgroup2 rw\n");
    fixture_add(root, "/cg/cpu/cgroup.procs", "1\n");
    fixture_add(root, "/cg/cpu/a/x/cgroup.procs", "%d1\n", (int)getpid());
    fixture_add(root, "/cg/cpu/b/y/cgroup.procs", "17\n%d\n", (int)getpid());
    fixture_add(root, "/cg/memory/a/y/sub/cgroup.procs", "%d\n", (int)getpid());
    check_visits("cpu", "1:/cg/cpu/b/y 1:/cg/cpu/b 1:/cg/cpu ");
    check_visits("memory", "1:/cg/memory/a/y/sub 1:/cg/memory/a/y 1:/cg/memory/a 1:/cg/memory ");
    fixture_add(root, "/cg/two/n/c/cgroup.procs", "%d\n", (int)getpid());
    check_visits("cpuset", "2:/cg/two/n/c 2:/cg/two/n 2:/cg/two ");
    fixture_remove(root);
    /* The process was moved out of the mounted subtree. */
    set_up("2:cpu:/../../c\n", "32 31 0:29 /.. /cg/cpu rw - cgroup cgroup rw,cpu\n");
    check_visits("cpu", "");
    fixture_remove(root);
}
END_TEST

START_TEST(names_may_have_blanks)
{
    set_up("2:cpu:/a b/..c\n", "32 31 0:29 / /my\\040groups/cpu rw - cgroup cgroup rw,cpu\n");
    check_visits("cpu", "1:/my groups/cpu/a b/..c 1:/my groups/cpu/a b 1:/my groups/cpu ");
    fixture_remove(root);
}
END_TEST

START_TEST(invalid_lines_are_ignored)
{
    char deep[2 * PATH_MAX];

    set_up("\n:\n1:cpu\n5:cpu:relative\n3:cpu:/a\n3:cpu:/b\n",
           "\n- \n1 - cgroup\n2 - cgroup cgroup\n32 31 0:29 / - cgroup cgroup rw,cpu\n"
           "32 31 0:29 / /cg rw - cgroup cgroup\n"
           "32 31 0:29 / /cg rw - cgroup cgroup rw,cpu\n");
    check_visits("cpu", "1:/cg/a 1:/cg ");
    fixture_remove(root);
    for (size_t i = 0; i < sizeof(deep); i++)
        deep[i] = i % 200 ? 'a' : '/';
    deep[sizeof(deep) - 1] = '\0';
    fixture_tree(root);
    fixture_add(root, "/proc/self/cgroup", "1:cpu:%s\n", deep);
    fixture_add(root, "/proc/self/mountinfo",
                "32 31 0:29 / /cg rw - cgroup cgroup rw,cpu\n"
                "32 31 0:29 / %s rw - cgroup cgroup rw,cpu\n"
                "32 31 0:29 /.. /cg rw - cgroup cgroup rw,cpu\n",
                deep);
    fixture_add(root, "/cg/x/y", "%s", "");
    check_visits("cpu", "");
    fixture_remove(root);
}
END_TEST

START_TEST(without_proc_no_group_is_visited)
{
    fixture_tree(root);
    check_visits("cpu", "");
    fixture_add(root, "/proc/self/cgroup", "1:cpu:/\n");
    check_visits("cpu", "");
    fixture_remove(root);
    set_up("", "32 31 0:29 / /cg rw - cgroup cgroup rw,cpu\n");
    check_visits("cpu", "");
    fixture_remove(root);
}
END_TEST

SUITE_MAIN("cgroup", each_version_1_controller_has_its_own_path, version_2_has_one_path,
           a_hybrid_host_has_both, a_container_sees_its_subtree,
           a_cgroup_namespace_has_its_own_root, a_group_without_a_name_is_found_by_its_members,
           names_may_have_blanks, invalid_lines_are_ignored, without_proc_no_group_is_visited)
