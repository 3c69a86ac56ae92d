/* SPDX-License-Identifier: MIT */
/* NUMA nodes: the topology that the guest sees, and the placement of its memory. */
#include <stdio.h>
#include <string.h>

#include "tests/support/program.h"
#include "tests/support/suite.h"

/* The host's nodes with memory. */
static unsigned host_nodes(void)
{
    FILE *file = fopen("/sys/devices/system/node/has_memory", "r");
    unsigned first = 0, last = 0;

    /* "0", "0-3"; gaps are not considered. */
    if (file && fscanf(file, "%u-%u", &first, &last) < 2)
        last = first;
    if (file)
        fclose(file);
    return last - first + 1;
}

static struct outcome run_numa(const char *numa, const char *vcpus, const char *mem,
                               const char *option)
{
    struct outcome run =
        program_run("minivmm", "--guest", program_path("numa.elf"), "--mem", mem, "--vcpus", vcpus,
                    "--report", "json", "--timeout", "100", "--numa", numa, option, NULL);

    ck_assert_msg(run.status == 0, "--numa %s: status %d\n%s", numa, run.status, run.err);
    return run;
}

static void check_said(const struct outcome *run, const char *line)
{
    char whole[80];

    snprintf(whole, sizeof(whole), "%s\n", line);
    ck_assert_msg(strstr(run->err, whole) != NULL, "'%s' is not in:\n%s", line, run->err);
}

START_TEST(the_guest_sees_its_nodes)
{
    struct outcome run = run_numa("nodes=2,unbound", "4", "64M", NULL);

    check_said(&run, "cpu 0 node 0");
    check_said(&run, "cpu 1 node 0");
    check_said(&run, "cpu 2 node 1");
    check_said(&run, "cpu 3 node 1");
    check_said(&run, "memory 0 2000000 node 0");
    check_said(&run, "memory 2000000 2000000 node 1");
    check_said(&run, "distance 0 0 a");
    check_said(&run, "distance 0 1 14");
    check_said(&run, "distance 1 0 14");
    check_said(&run, "distance 1 1 a");
    ck_assert(json_is_false(json_at(run.json, "config.numa.bound")));
    ck_assert_int_eq(json_int_at(run.json, "config.numa.nodes"), 2);
    ck_assert_int_eq(json_int_at(run.json, "config.numa.node.1.vcpus"), 2);
    ck_assert_int_eq(json_int_at(run.json, "config.numa.node.1.mem_bytes"), 32 << 20);
    ck_assert(!json_has(run.json, "config.numa.node.1.host_node"));
    outcome_free(&run);
}
END_TEST

START_TEST(without_numa_no_nodes_are_reported)
{
    struct outcome run = program_run("minivmm", "--guest", program_path("numa.elf"), "--mem", "64M",
                                     "--report", "json", NULL);

    ck_assert_msg(run.status == 0, "%s", run.err);
    check_said(&run, "cpu 0 node -1");
    check_said(&run, "memory 0 4000000 node -1");
    ck_assert(!strstr(run.err, "distance "));
    ck_assert(!json_has(run.json, "config.numa"));
    outcome_free(&run);
}
END_TEST

static size_t touched(const struct outcome *run)
{
    const char *at = strstr(run->err, "touched ");
    size_t mib = 0, all = 0;

    ck_assert_msg(at && sscanf(at, "touched %zu MiB of %zu", &mib, &all) == 2, "%s", run->err);
    ck_assert_uint_eq(all, 64);
    return mib;
}

START_TEST(a_guest_without_numa_has_all_memory)
{
    struct outcome one = run_numa("1", "1", "64M", NULL);
    struct outcome four = run_numa("4,unbound", "4", "64M", NULL);

    /* Minus a stack per vCPU. */
    ck_assert_uint_ge(touched(&four) + 2, touched(&one));
    outcome_free(&one);
    outcome_free(&four);
}
END_TEST

static void check_bound(const char *option)
{
    struct outcome run = run_numa("2", "2", "128M", option);

    ck_assert(json_is_true(json_at(run.json, "config.numa.bound")));
    for (unsigned i = 0; i < 2; i++) {
        char path[64];
        json_int_t here;

        snprintf(path, sizeof(path), "config.numa.node.%u.host_node", i);
        ck_assert_int_eq(json_int_at(run.json, path), i);
        snprintf(path, sizeof(path), "config.numa.node.%u.resident_bytes", i);
        here = json_int_at(run.json, path);
        ck_assert_msg(here >= 48 << 20 && here <= 64 << 20, "%s: %lld", path, (long long)here);
        snprintf(path, sizeof(path), "config.numa.node.%u.resident_elsewhere_bytes", i);
        ck_assert_int_eq(json_int_at(run.json, path), 0);
    }
    ck_assert(!strstr(run.out, "\"numa_misplaced\""));
    outcome_free(&run);
}

/* Needs a host with two nodes, such as the testbed. */
START_TEST(memory_is_on_the_bound_host_nodes)
{
    if (host_nodes() < 2) {
        expect_failure(2,
                       "--numa 2: this host has 1 node with memory; try: --numa 2,unbound, which",
                       "--guest", program_path("hello.elf"), "--mem", "64M", "--vcpus", "2",
                       "--numa", "2", NULL);
        suite_skip_part("needs a host with two NUMA nodes");
        return;
    }
    check_bound(NULL);
    check_bound("--prefault");
}
END_TEST

START_TEST(one_node_can_be_bound)
{
    struct outcome run = run_numa("1", "1", "64M", NULL);

    ck_assert_int_ge(json_int_at(run.json, "config.numa.node.0.resident_bytes"), 48 << 20);
    ck_assert_int_eq(json_int_at(run.json, "config.numa.node.0.resident_elsewhere_bytes"), 0);
    outcome_free(&run);
}
END_TEST

START_TEST(uneven_splits_are_refused)
{
    expect_failure(2, "--numa 2: 3 vCPUs cannot be split evenly; try: --vcpus 4", "--vcpus", "3",
                   "--numa", "2", NULL);
    expect_failure(2, "--numa 4: 62 MiB of memory cannot be split evenly; try: --mem 64M", "--mem",
                   "62M", "--vcpus", "4", "--numa", "4", NULL);
    expect_failure(2, "--numa 17: the number of nodes must be 1 to 16", "--numa", "17", NULL);
}
END_TEST

SUITE_MAIN_KVM("numa", the_guest_sees_its_nodes, without_numa_no_nodes_are_reported,
               a_guest_without_numa_has_all_memory, memory_is_on_the_bound_host_nodes,
               one_node_can_be_bound, uneven_splits_are_refused)
