/* SPDX-License-Identifier: MIT */
/* The --numa option, the host's nodes, and binding of memory and threads. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/suite.h"
#include "vmm/core/host/numa.h"
#include "vmm/core/host/placement.h"

static struct config config;

START_TEST(a_number_of_nodes_is_enough)
{
    static const struct {
        const char *text;
        unsigned nodes;
        bool unbound;
    } good[] = {{"2", 2, false},
                {"nodes=3", 3, false},
                {"1,unbound", 1, true},
                {"nodes=16,unbound", 16, true}};
    static const char number[] = "the number of nodes must be 1 to 16";
    static const char rest[] = "only ,unbound may follow the number of nodes";
    static const char empty[] = "empty list item", example[] = "2, or 2,unbound";
    static const struct {
        const char *text, *why, *hint;
    } bad[] = {
        {"", empty, example},
        {",", empty, example},
        {"0", number, example},
        {"17", number, example},
        {"-1", number, example},
        {"+", number, example},
        {"two", number, example},
        {"2x", number, example},
        {"nodes=", "nodes: missing value", "nodes=2"},
        {"node=2", number, example},
        {"unbound", number, example},
        {"4294967297", number, example},
        {"unbound,2", number, example},
        {"18446744073709551617", number, example},
        {"2,", empty, example},
        {"2,2", rest, example},
        {"2,nodes=2", rest, example},
        {"2,bound", rest, example},
        {"2,unbound,", empty, example},
        {"2,unbound,unbound", "duplicate key", "give it once"},
        {"2,unbound=1", "unbound=1: takes no value", "unbound"},
        {"2,UNBOUND", rest, example},
        {"0000000000000000000000000000000000002", "too long", example},
    };
    struct config_numa numa;
    struct err err = {0};

    for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        ck_assert_msg(!numa_parse(&numa, good[i].text, &err), "%s", good[i].text);
        ck_assert_uint_eq(numa.nodes, good[i].nodes);
        ck_assert_int_eq(numa.unbound, good[i].unbound);
    }
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(numa_parse(&numa, bad[i].text, &err) == -1, "%s", bad[i].text);
        ck_assert_int_eq(err.code, ERR_USAGE);
        ck_assert_msg(strstr(err.text, bad[i].why) != NULL, "%s: %s", bad[i].text, err.text);
        ck_assert_str_eq(err.hint, bad[i].hint);
    }
}
END_TEST

START_TEST(vcpus_and_memory_are_split_evenly)
{
    struct err err = {0};

    config_init(&config);
    config.vcpus = 6;
    ck_assert_uint_eq(config_node(&config, 5), 0);
    config.numa.nodes = 3;
    config.mem_bytes = 3 * CONFIG_PAGE_2M;
    ck_assert_int_eq(config_validate(&config, &err), 0);
    for (unsigned vcpu = 0; vcpu < 6; vcpu++)
        ck_assert_uint_eq(config_node(&config, vcpu), vcpu / 2);
    config.vcpus = 8;
    ck_assert_int_eq(config_validate(&config, &err), -1);
    ck_assert_str_eq(err.text, "--numa 3: 8 vCPUs cannot be split evenly");
    ck_assert_str_eq(err.hint, "--vcpus 9");
    config.vcpus = 1;
    ck_assert_int_eq(config_validate(&config, &err), -1);
    ck_assert_str_eq(err.text, "--numa 3: 1 vCPU cannot be split evenly");
    config.vcpus = 3;
    config.mem_bytes = 4 * CONFIG_PAGE_2M;
    ck_assert_int_eq(config_validate(&config, &err), -1);
    ck_assert_str_eq(err.text, "--numa 3: 8 MiB of memory cannot be split evenly");
    ck_assert_str_eq(err.hint, "--mem 12M");
    /* In multiples of 1 GiB with --hugepages 1G. */
    config.mem_bytes = 4 * CONFIG_PAGE_1G;
    config.hugepage_bytes = CONFIG_PAGE_1G;
    ck_assert_int_eq(config_validate(&config, &err), -1);
    ck_assert_str_eq(err.hint, "--mem 6144M");
}
END_TEST

START_TEST(the_host_has_a_node)
{
    unsigned nodes[4], count = numa_nodes(nodes, 4);

    ck_assert_uint_ge(count, 1);
    for (unsigned i = 1; i < count; i++)
        ck_assert_uint_gt(nodes[i], nodes[i - 1]);
    ck_assert_uint_eq(numa_nodes(nodes, 1), 1);
    ck_assert(numa_distance(nodes[0], nodes[0]) == 10 || !numa_distance(nodes[0], nodes[0]));
    ck_assert_uint_eq(numa_distance(1000, 1001), 0);
}
END_TEST

START_TEST(placement_of_bound_memory_is_reported)
{
    struct backing backing;
    struct placement_node node = {0};
    struct err err = {0};
    uint64_t here, elsewhere;

    config_init(&config);
    config.thp = CONFIG_OFF;
    config.mem_bytes = 8 * CONFIG_PAGE_2M;
    config.numa.nodes = 1;
    ck_assert_msg(!backing_alloc(&backing, &config, NULL, &err), "%s", err.text);
    ck_assert_uint_eq(backing.nodes, 1);
    memset(backing.base, 1, CONFIG_PAGE_2M);
    if (placement_query(&backing, &node)) {
        suite_skip_part("no /proc/self/numa_maps");
    } else {
        ck_assert_uint_eq(node.host, backing.host_node[0]);
        ck_assert_uint_eq(node.here, CONFIG_PAGE_2M);
        ck_assert_uint_eq(node.elsewhere, 0);
        /* Relative to another node. */
        ck_assert_int_eq(
            numa_resident(backing.base, backing.bytes, node.host + 1, &here, &elsewhere), 0);
        ck_assert_uint_eq(here, 0);
        ck_assert_uint_eq(elsewhere, CONFIG_PAGE_2M);
    }
    backing_free(&backing);
}
END_TEST

START_TEST(missing_nodes_are_refused)
{
    struct backing backing;
    struct err err = {0};
    unsigned nodes[CONFIG_NODES_MAX];

    config_init(&config);
    config.numa.nodes = config.vcpus = CONFIG_NODES_MAX;
    config.mem_bytes = CONFIG_NODES_MAX * CONFIG_PAGE_2M;
    if (numa_nodes(nodes, CONFIG_NODES_MAX) == CONFIG_NODES_MAX)
        return;
    ck_assert_int_eq(backing_alloc(&backing, &config, NULL, &err), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_msg(strstr(err.text, "--numa 16: this host has ") != NULL, "%s", err.text);
    ck_assert_msg(strstr(err.hint, "--numa 16,unbound") != NULL, "%s", err.hint);
    config.numa.unbound = true;
    ck_assert_msg(!backing_alloc(&backing, &config, NULL, &err), "%s", err.text);
    ck_assert_uint_eq(backing.nodes, 0);
    backing_free(&backing);
}
END_TEST

START_TEST(binding_to_a_missing_node_fails)
{
    struct err err = {0};
    void *page = aligned_alloc(4096, 4096);

    ck_assert(page != NULL);
    ck_assert_int_eq(numa_bind(page, 4096, 1000, &err), -1);
    ck_assert_msg(strstr(err.text, "host node 1000") != NULL, "%s", err.text);
    ck_assert_int_eq(numa_bind(page, 4096, 5000, &err), -1);
    free(page);
}
END_TEST

START_TEST(a_thread_runs_on_a_nodes_cpus)
{
    unsigned node;
    struct err err = {0};

    numa_nodes(&node, 1);
    ck_assert_msg(!numa_run_on(node, &err), "%s", err.text);
    /* A node without CPUs is not an error. */
    ck_assert_msg(!numa_run_on(1000, &err), "%s", err.text);
}
END_TEST

SUITE_MAIN("numa", a_number_of_nodes_is_enough, vcpus_and_memory_are_split_evenly,
           the_host_has_a_node, placement_of_bound_memory_is_reported, missing_nodes_are_refused,
           binding_to_a_missing_node_fails, a_thread_runs_on_a_nodes_cpus)
